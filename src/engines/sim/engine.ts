// The sim engine: watches programs of the simulated machine, where a machine of one's own has no debug registers to offer, or to see exactly.
import type { Inherit } from '../../model/access.js';
import type { Capabilities, Engine, EngineSession, EngineTarget } from '../contract.js';
import { ArmError } from '../errors.js';
import type { OwnTarget, OwnTargets } from '../own-target.js';
import { SIM_CAPABILITIES } from './capabilities.js';
import { simulatedLifecycle } from './lifecycle.js';
import { inMachine, outside, processInMachine, processOutside } from './numbers.js';
import { SimSession } from './session.js';
import { Simulation } from './simulation.js';
import { SimulationError } from './simulation-error.js';
import { World } from './world.js';

/** The machine's process that is the target. */
const FIRST_PROCESS = 0;

export class SimEngine implements Engine, OwnTargets {
  readonly capabilities: Capabilities = SIM_CAPABILITIES;
  /** What was launched last. */
  #simulation: Simulation | null = null;

  /** Another session on the program that this engine has launched last: there is nothing else to attach to. */
  open(target: EngineTarget): EngineSession {
    const simulation = this.#simulation;
    if (simulation === null)
      throw new SimulationError(`process ${target.pid}`, 'is not a simulated one', 'Give the sim engine a scenario file: -- counter.scn');
    const { pid, tid } = target;
    const isAlive = liveThreads(simulation.world, pid).some((thread) => tid === null || thread === tid);
    if (!isAlive) throw new ArmError('no-process', pid, new Error('it has ended'));
    return new SimSession(simulation, target);
  }

  launch(argv: readonly string[], inherit: Inherit): OwnTarget {
    const [path = '', ...rest] = argv;
    if (rest.length > 0) throw new SimulationError(path, 'takes no arguments', 'Give the sim engine one scenario file.');
    const world = new World(path);
    const simulation = new Simulation(world);
    this.#simulation = simulation;
    const pid = processOutside(world.machine, FIRST_PROCESS);
    return {
      pid,
      session: new SimSession(simulation, { pid, tid: null, inherit }),
      lifecycle: simulatedLifecycle(simulation, FIRST_PROCESS),
      names: world,
      threadIds: (of) => liveThreads(world, of),
      threadName: (_pid, tid) => (world.machine.state.threads[inMachine(tid)] === undefined ? null : world.threadName(inMachine(tid))),
    };
  }
}

/** Threads of process `pid` that have not ended. */
function liveThreads({ machine }: World, pid: number): number[] {
  const own = processInMachine(machine, pid);
  return machine.state.threads.filter((thread) => thread.pid === own && thread.status !== 'exited').map(({ tid }) => outside(tid));
}
