// What it costs to register and to withdraw a breakpoint in a crowd: 64 threads with two requests each, and four of the kernel's.
import type { RequestSpec, Scope } from '#hwbkpt/facility/index.js';
import { type Facility, newFacility, PRIORITY, step } from '#hwbkpt/facility/index.js';
import { median } from './statistics.js';

export interface FacilityRow {
  readonly what: string;
  /** A request with its `done`, or a withdrawal with its `done`; median over batches. */
  readonly nanoseconds: number;
}

const THREADS = 64;
const BATCH = 5_000;
const BATCHES = 41;
/** The one that comes and goes. */
const GUEST = 1000;

function spec(id: number, scope: Scope, priority: number): RequestSpec {
  const pieces = [{ address: 64 * id, length: 8 }];
  return { id, pieces, access: 'write', scope, inherit: 'none', priority, callbacks: true, answer: 'passed', inKernel: true };
}

/** Takes an event, and has all effects done at once. Returns how many there were. */
function settle(state: Facility, event: Parameters<typeof step>[1]): number {
  let count = 0;
  const events = [event];
  for (let next = events.shift(); next !== undefined; next = events.shift()) {
    for (const effect of step(state, next)) {
      if (effect.type === 'tell' || effect.type === 'refuse') continue;
      count++;
      events.push({ type: 'done', effect: effect.effect });
    }
  }
  return count;
}

function crowd(): Facility {
  const state = newFacility();
  for (let at = 0; at < 4; at++) settle(state, { type: 'request', request: spec(1 + at, { kind: 'kernel' }, PRIORITY.normal) });
  for (let tid = 0; tid < THREADS; tid++) {
    const scope = { kind: 'thread', pid: 1, tid: 100 + tid } as const;
    for (const at of [0, 1]) settle(state, { type: 'request', request: spec(10 + 2 * tid + at, scope, PRIORITY.ptrace) });
  }
  return state;
}

/** Times one request that comes and goes, again and again. */
function measure(state: Facility, request: RequestSpec): { asked: number; withdrawn: number } {
  const asked: number[] = [];
  const withdrawn: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    let asking = 0n;
    let withdrawing = 0n;
    for (let at = 0; at < BATCH; at++) {
      const start = process.hrtime.bigint();
      const armed = settle(state, { type: 'request', request });
      const middle = process.hrtime.bigint();
      const disarmed = settle(state, { type: 'withdraw', id: request.id });
      withdrawing += process.hrtime.bigint() - middle;
      asking += middle - start;
      if (armed !== 1 || disarmed !== 1) throw new Error(`${armed} armed, ${disarmed} disarmed, not one each`);
    }
    asked.push(Number(asking) / BATCH);
    withdrawn.push(Number(withdrawing) / BATCH);
  }
  return { asked: median(asked), withdrawn: median(withdrawn) };
}

/** What the clock itself takes. */
function clockCost(): number {
  const start = process.hrtime.bigint();
  for (let at = 0; at < 100_000; at++) process.hrtime.bigint();
  return Number(process.hrtime.bigint() - start) / 100_000;
}

export function measureFacility(): FacilityRow[] {
  const clock = clockCost();
  const state = crowd();
  // A 65th thread: nobody need make room.
  const own = measure(state, spec(GUEST, { kind: 'thread', pid: 1, tid: 99 }, PRIORITY.ptrace));
  // The kernel's of the lowest rank leaves its slots, so that one that comes finds room and those that wait do not.
  settle(state, { type: 'withdraw', id: 3 });
  settle(state, { type: 'withdraw', id: 4 });
  settle(state, { type: 'withdraw', id: 2 });
  const kernel = measure(state, spec(GUEST, { kind: 'kernel' }, PRIORITY.normal));
  const rounded = (nanoseconds: number): number => Math.round(nanoseconds - clock);
  return [
    { what: 'request of a thread, armed', nanoseconds: rounded(own.asked) },
    { what: 'withdrawal of a thread, disarmed', nanoseconds: rounded(own.withdrawn) },
    { what: 'request of the kernel, armed', nanoseconds: rounded(kernel.asked) },
    { what: 'withdrawal of the kernel, disarmed', nanoseconds: rounded(kernel.withdrawn) },
  ];
}
