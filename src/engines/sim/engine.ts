// The sim engine: watches programs of the simulated machine, where a machine of one's own has no debug registers to offer, or to see exactly.
import type { Inherit } from '../../model/access.js';
import type { Capabilities, Engine, EngineSession, EngineTarget } from '../contract.js';
import type { Ending, Lifecycle } from '../host/lifecycle.js';
import type { OwnTarget, OwnTargets } from '../own-target.js';
import { SimSession } from './session.js';
import { SimulationError } from './simulation-error.js';
import { World } from './world.js';

const CAPABILITIES: Capabilities = {
  name: 'sim',
  stopsTarget: false,
  kernelWrites: true,
  slots: 4,
  values: 'rebuilt',
  accesses: ['write', 'readwrite', 'execute'],
  inherits: ['none', 'threads'],
  blindTo: [],
};

/** Numbers of signals that end simulated threads. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGTRAP: 5, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGTERM: 15, SIGIO: 29 };

export class SimEngine implements Engine, OwnTargets {
  readonly capabilities = CAPABILITIES;

  /** There is nothing to attach to: simulated programs exist only as long as they are watched. */
  open(target: EngineTarget): EngineSession {
    throw new SimulationError(`process ${target.pid}`, 'is not a simulated one', 'Give the sim engine a scenario file: -- counter.scn');
  }

  launch(argv: readonly string[], inherit: Inherit): OwnTarget {
    const [path = '', ...rest] = argv;
    if (rest.length > 0) throw new SimulationError(path, 'takes no arguments', 'Give the sim engine one scenario file.');
    const world = new World(path);
    const session = new SimSession(world, { pid: 1, tid: null, inherit }, CAPABILITIES);
    return {
      pid: 1,
      session,
      lifecycle: lifecycleOf(world, session),
      names: world,
      threadIds: (pid) => world.machine.state.threads.filter((thread) => thread.pid === pid - 1).map(({ tid }) => tid + 1),
      threadName: (_pid, tid) => world.threadName(tid - 1),
    };
  }
}

function lifecycleOf(world: World, session: SimSession): Lifecycle {
  return {
    get held() {
      return !session.isReleased;
    },
    release: () => session.release(),
    abandon: () => undefined,
    // Nothing is loaded later: all names are there from the start.
    advance: () => undefined,
    poll: () => endingOf(world, session),
  };
}

/** The process has ended with its first thread, once no other of it is left. */
function endingOf({ machine }: World, session: SimSession): Ending | null {
  if (!session.isReleased) return null;
  const own = machine.state.threads.filter(({ pid }) => pid === 0);
  if (own.some(({ status }) => status !== 'exited')) return null;
  const [first] = own;
  if (first === undefined) return { kind: 'gone' };
  if (first.killedBy !== null) return { kind: 'killed', signal: SIGNAL_NUMBERS[first.killedBy] ?? 9 };
  return { kind: 'exited', status: first.exitStatus };
}
