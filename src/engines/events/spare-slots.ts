// Asks the kernel how many breakpoints a thread has: it takes placeholders until it says that there is no room.
//
// The kernel does not tell what a thread has inherited, but it counts: with the same strangers on all threads, a thread that takes N more
// breakpoints on a CPU than one that is known to have all of ours lacks N of ours there. And as they are always opened in one order, on each CPU, and
// inherited as far as the parent had them, they are the last N.
import type { EventTarget } from '../../linux/perf-event.js';
import { roomFor } from './open-event.js';

/** Complete threads that are asked, so that a stranger on one of them does not count as ours. */
const WITNESSES = 3;

export class SpareSlots {
  readonly #placeholder: Uint8Array;
  readonly #slots: number;
  /** Room that threads with all breakpoints have left, per CPU. */
  readonly #left = new Map<number, number>();

  /** `placeholder`: attributes of a breakpoint that never fires. `slots`: address registers of a CPU. */
  constructor(placeholder: Uint8Array, slots: number) {
    this.#placeholder = placeholder;
    this.#slots = slots;
  }

  /**
   * How many of our breakpoints the thread lacks on the CPU; null where it has ended. `complete`: threads that have all; where none of them is
   * there any more, nothing is known and everything counts as lacking.
   */
  lacking(target: EventTarget, complete: () => Iterable<number>): number | null {
    const room = roomFor(this.#placeholder, target, this.#slots);
    if (room === null) return null;
    const left = this.#leftByComplete(target.cpu, complete);
    return Math.max(0, room - left);
  }

  #leftByComplete(cpu: number, complete: () => Iterable<number>): number {
    const known = this.#left.get(cpu);
    if (known !== undefined) return known;
    let left = this.#slots;
    let asked = 0;
    for (const tid of complete()) {
      const room = roomFor(this.#placeholder, { tid, cpu }, this.#slots);
      if (room === null) continue;
      left = Math.min(left, room);
      if (++asked === WITNESSES) break;
    }
    if (asked > 0) this.#left.set(cpu, left);
    return asked > 0 ? left : 0;
  }
}
