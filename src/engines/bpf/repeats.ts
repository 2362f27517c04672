// Tells when one access is reported twice, by a thread that has two events for one piece: an inherited one and one of its own (see
// events/duplicates.ts for how that can be).
//
// A program does not learn which event runs it. But both events report within one exception: next to each other on one CPU, with equal registers,
// and closer in time than any two exceptions can be.
import { REGISTER_WORDS } from '../../instructions/index.js';
import type { RawHit } from '../reports.js';

/** ns. Two programs in one exception come 0.3 us after each other; an exception with its return takes 0.9 us at least, 3 us in a guest. */
const ONE_EXCEPTION = 600;

interface Last {
  tid: number;
  cookie: number;
  time: number;
  readonly registers: Uint32Array;
}

export class RepeatFilter {
  readonly #byCpu = new Map<number, Last>();
  #active = false;
  #dropped = 0;

  /** There can be repetitions from now on. */
  activate(): void {
    this.#active = true;
  }

  /** Reports dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether `hit` repeats the one before it. */
  drops(hit: RawHit): boolean {
    if (!this.#active) return false;
    const time = hit.timeHi * 0x1_0000_0000 + hit.timeLo;
    const last = this.#byCpu.get(hit.cpu);
    const repeats = last !== undefined && time - last.time < ONE_EXCEPTION && isSame(last, hit);
    if (repeats) this.#dropped++;
    else this.#remember(hit, time, last);
    return repeats;
  }

  #remember({ tid, cookie, cpu, registers, registersAt }: RawHit, time: number, last: Last | undefined): void {
    const into = last ?? { tid, cookie, time, registers: new Uint32Array(REGISTER_WORDS) };
    Object.assign(into, { tid, cookie, time });
    into.registers.set(registers.subarray(registersAt, registersAt + REGISTER_WORDS));
    this.#byCpu.set(cpu, into);
  }
}

function isSame(last: Last, { tid, cookie, registers, registersAt }: RawHit): boolean {
  return last.tid === tid && last.cookie === cookie && last.registers.every((word, i) => word === registers[registersAt + i]);
}
