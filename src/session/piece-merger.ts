// Tells when one access is reported twice because it touched two pieces of one watch.
//
// One exception reports every piece that it hit: records that follow each other in the ring of one CPU, of one thread, with one instruction
// pointer and equal registers, and each piece at most once.
import type { RawHit } from '../engines/contract.js';
import { REGISTER_WORDS } from '../instructions/index.js';

/** Reports of several pieces by one exception are written within this time (ns). */
const SAME_EXCEPTION = 100_000;

interface LastAccess {
  tid: number;
  ipLo: number;
  ipHi: number;
  time: number;
  /** The pieces that have reported it. */
  cookies: number[];
  readonly registers: Uint32Array;
}

/** The last access of each CPU to a watch of several pieces. */
export class PieceMerger {
  readonly #byCpu = new Map<number, LastAccess>();

  /** Whether `raw` is a report of the access that was reported last; else it becomes the last. */
  isSameAccess(raw: RawHit, time: number): boolean {
    const last = this.#byCpu.get(raw.cpu);
    if (last === undefined) {
      this.#byCpu.set(raw.cpu, remember(raw, time, { registers: new Uint32Array(REGISTER_WORDS) }));
      return false;
    }
    if (isSame(last, raw, time)) {
      last.cookies.push(raw.cookie);
      return true;
    }
    remember(raw, time, last);
    return false;
  }
}

function isSame(last: LastAccess, raw: RawHit, time: number): boolean {
  if (last.tid !== raw.tid || last.ipLo !== raw.ipLo || last.ipHi !== raw.ipHi) return false;
  if (time - last.time >= SAME_EXCEPTION || last.cookies.includes(raw.cookie)) return false;
  for (let i = 0; i < REGISTER_WORDS; i++) if (last.registers[i] !== raw.registers[raw.registersAt + i]) return false;
  return true;
}

function remember(raw: RawHit, time: number, into: { readonly registers: Uint32Array }): LastAccess {
  const { tid, ipLo, ipHi, cookie, registers, registersAt } = raw;
  into.registers.set(registers.subarray(registersAt, registersAt + REGISTER_WORDS));
  return Object.assign(into, { tid, ipLo, ipHi, time, cookies: [cookie] });
}
