// Drops the second report of one access by a thread that has two events for one piece on one CPU.
//
// Arming opens only what a thread lacks, judged by the room it has left for breakpoints (spare-slots.ts). A stranger who gives breakpoints to some
// threads and not to others can mislead that, and then a thread has an inherited event and a later one of its own, and its children inherit both.
// Which of the two counts does not change: the one opened first. The other is surplus and can be closed, since all who have it have the first too.
import type { ArmedEvent } from './event-table.js';

/** More than any machine has. */
const MOST_CPUS = 65_536;

export class DuplicateFilter {
  /** By thread, then by CPU and piece: the event whose reports count. */
  readonly #counting = new Map<number, Map<number, ArmedEvent>>();
  readonly #surplus = new Set<ArmedEvent>();
  #active = false;
  #dropped = 0;

  /** Threads were completed, so that there can be duplicates from now on. */
  activate(): void {
    this.#active = true;
  }

  get active(): boolean {
    return this.#active;
  }

  /** Reports dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether a report of `armed` by thread `tid` repeats one that has been delivered. */
  isDuplicate(tid: number, armed: ArmedEvent): boolean {
    const key = armed.cookie * MOST_CPUS + armed.cpu + 1;
    let events = this.#counting.get(tid);
    if (events === undefined) {
      events = new Map();
      this.#counting.set(tid, events);
    }
    const counting = events.get(key);
    if (counting === armed) return false;
    if (counting === undefined || counting.id > armed.id) events.set(key, armed);
    if (counting === undefined) return false;
    this.#surplus.add(counting.id > armed.id ? counting : armed);
    this.#dropped++;
    return true;
  }

  /** The thread has ended; its id may be given to another. */
  forget(tid: number): void {
    this.#counting.delete(tid);
  }

  /** Events newly found to be surplus. */
  takeSurplus(): ReadonlySet<ArmedEvent> {
    const surplus = new Set(this.#surplus);
    this.#surplus.clear();
    return surplus;
  }
}
