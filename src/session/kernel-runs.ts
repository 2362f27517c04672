// Folds what the kernel reports of one copy into user memory: a copy loop traps once for every step that touches the watched bytes.
//
// One copy runs at one depth of the kernel stack, upwards in memory: each report has the same RSP, and a destination (RDI) that is higher, or
// the same with a higher instruction pointer (an unrolled loop). The next copy starts again at a lower destination.

import type { RawHit } from '../engines/contract.js';
import { REGISTER } from '../instructions/registers.js';
import type { HitRecord } from './hit-record.js';

/** A copy that pauses longer than this (ns), for a page fault say, is reported as two. */
const LONGEST_PAUSE = 3_000_000;

interface Run {
  readonly hit: HitRecord;
  time: number;
  ip: number;
  destination: number;
  readonly stackPointer: number;
}

function register(raw: RawHit, name: 'di' | 'sp'): number {
  const at = raw.registersAt + 2 * REGISTER[name];
  // The upper half of a kernel stack pointer does not matter here, and user addresses fit a number exactly.
  return ((raw.registers[at + 1] ?? 0) & 0x1f_ffff) * 0x1_0000_0000 + (raw.registers[at] ?? 0);
}

/** The unfinished copies of one watch, by thread. Keeps the hit of each open (`settledAfter`) as long as the copy may go on. */
export class KernelRuns {
  readonly #runs = new Map<number, Run>();

  /** If `raw` goes on with a copy already reported, counts it there and returns that hit. */
  continued(raw: RawHit, time: number): HitRecord | null {
    const run = this.#runs.get(raw.tid);
    if (run === undefined || run.hit.closed) return null;
    const destination = register(raw, 'di');
    const ip = raw.ipLo;
    const onward = destination > run.destination || (destination === run.destination && ip > run.ip);
    if (!onward || register(raw, 'sp') !== run.stackPointer || time - run.time > LONGEST_PAUSE) return null;
    run.hit.repeat++;
    run.time = time;
    run.destination = destination;
    run.ip = ip;
    run.hit.settledAfter = time - run.hit.at + LONGEST_PAUSE;
    return run.hit;
  }

  /** `raw` is the first report of a copy, shown as `hit`. */
  begin(raw: RawHit, time: number, hit: HitRecord): void {
    this.#runs.set(raw.tid, { hit, time, ip: raw.ipLo, destination: register(raw, 'di'), stackPointer: register(raw, 'sp') });
    hit.settledAfter = LONGEST_PAUSE;
  }

  /** The thread did something else on this watch, or has ended. */
  end(tid: number): void {
    if (this.#runs.size > 0) this.#runs.delete(tid);
  }
}
