// Asks the kernel how many breakpoints a thread has: it takes placeholders until it says that there is no room.
//
// The kernel does not tell what a thread has inherited, but it counts: with the same strangers on all threads, a thread that takes N more
// breakpoints on a CPU than one that is known to have all of ours lacks N of ours there. And as they are always opened in one order, on each CPU, and
// inherited as far as the parent had them, they are the last N.
import type { EventTarget } from '../../linux/perf-event.js';
import { roomFor } from './open-event.js';

/** Complete threads that are asked, so that a stranger on one of them does not count as ours. */
const WITNESSES = 3;

/** What it works with. */
export interface SpareSlotsParts {
  /** Attributes of a breakpoint that never fires. */
  readonly placeholder: Uint8Array;
  /** Address registers of a CPU. */
  readonly slots: number;
  /**
   * Whom strangers, who have breakpoints on some threads and not on others, may mislead. `twice`: by the complete thread that has least room,
   * others seem to lack one, and get one twice. `missing`: by the one that has most, a thread with a stranger of its own may seem to have one
   * more than it has.
   */
  readonly errs: 'twice' | 'missing';
}

export class SpareSlots {
  readonly #parts: SpareSlotsParts;
  /** Room that threads with all breakpoints have left, per CPU. */
  readonly #left = new Map<number, number>();

  constructor(parts: SpareSlotsParts) {
    this.#parts = parts;
  }

  /**
   * How many of our breakpoints the thread lacks on the CPU; null where it has ended. `complete`: threads that have all; where none of them is
   * there any more, nothing is known and everything counts as lacking.
   */
  lacking(target: EventTarget, complete: () => Iterable<number>): number | null {
    const room = this.#roomOf(target);
    if (room === null) return null;
    const left = this.#leftByComplete(target.cpu, complete);
    return Math.max(0, room - left);
  }

  #roomOf(target: EventTarget): number | null {
    return roomFor(this.#parts.placeholder, target, this.#parts.slots);
  }

  #leftByComplete(cpu: number, complete: () => Iterable<number>): number {
    const known = this.#left.get(cpu);
    if (known !== undefined) return known;
    const rooms = this.#roomsOf(cpu, complete());
    if (rooms.length === 0) return 0;
    const { errs } = this.#parts;
    const left = errs === 'twice' ? Math.min(...rooms) : Math.max(...rooms);
    // A single one may be the one with the stranger.
    if (errs === 'twice' || rooms.length > 1) this.#left.set(cpu, left);
    return left;
  }

  /** The room of some threads, the last ones first: those that were there first may have ended. */
  #roomsOf(cpu: number, tids: Iterable<number>): number[] {
    const rooms: number[] = [];
    for (const tid of [...tids].reverse()) {
      const room = this.#roomOf({ tid, cpu });
      if (room !== null) rooms.push(room);
      if (rooms.length === WITNESSES) break;
    }
    return rooms;
  }
}
