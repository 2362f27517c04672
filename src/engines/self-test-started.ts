// The self-test of an engine that starts its targets, as nobody can trace himself: it fires every slot on the stack of a program that ends at once.
//
// At its exec such a program stands at the very beginning of its loader, which calls functions: what lies just below its stack is written.
import type { Access } from '../model/access.js';
import type { EngineSession, EngineSink } from './contract.js';
import { armDirectly, type Piece } from './direct.js';
import type { StartedTarget, StartsTargets } from './host/started-target.js';
import { DEAF } from './reports.js';

/** Of these, one is everywhere. */
const PROGRAM = '/bin/true';
/** ms that it may take. */
const PATIENCE = 2000;
const WORD = 8;
/** rsp in struct user_regs_struct. */
const STACK_POINTER = 19;

/** Arms `slots` words of a program's stack, lets it run to its end, and returns which of them were reported. Throws what arming throws. */
export async function fireStarted(engine: StartsTargets, slots: number, access: Access): Promise<Set<number>> {
  const started = engine.start({ argv: [PROGRAM], environment: {}, surroundings: undefined }, 'threads');
  if ('kind' in started) throw new Error(`${PROGRAM} cannot be started: status ${started.status}`);
  const { session, lifecycle } = started;
  await using closing = session;
  try {
    return fire(started, { session: closing, slots, access });
  } finally {
    lifecycle.abandon();
  }
}

interface Firing {
  readonly session: EngineSession;
  readonly slots: number;
  readonly access: Access;
}

function fire({ pid, lifecycle }: StartedTarget, { session, slots, access }: Firing): Set<number> {
  const seen = new Set<number>();
  let stands = false;
  const sink: EngineSink = {
    ...DEAF,
    hit: ({ cookie }) => void seen.add(cookie),
    stopped: () => {
      stands = true;
    },
  };
  const { control } = session;
  control?.stop([pid]);
  lifecycle.release();
  collectUntil(session, sink, () => stands);
  const stack = control?.registers(pid)[STACK_POINTER] ?? 0n;
  const pieces = Array.from(
    { length: slots },
    (_, slot): Piece => ({ cookie: slot, address: stack - BigInt(WORD * (slot + 1)), length: WORD, access }),
  );
  armDirectly(session, pieces);
  control?.resume([pid], 0);
  collectUntil(session, sink, () => lifecycle.poll() !== null);
  session.collect(sink, true);
  return seen;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function collectUntil(session: EngineSession, sink: EngineSink, isDone: () => boolean): void {
  const deadline = performance.now() + PATIENCE;
  for (session.collect(sink, false); !isDone(); session.collect(sink, false)) {
    if (performance.now() > deadline) throw new Error(`${PROGRAM} has not come to its end`);
    Atomics.wait(sleeper, 0, 0, 1);
  }
}
