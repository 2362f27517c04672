// The events that report births, ends and names of threads: one per armed thread and CPU, opened before its breakpoints, kept until the end.
import { isErrno } from '../../linux/errno.js';
import { PerfEvent } from '../../linux/perf-event.js';
import type { Inherit } from '../../model/access.js';
import { trackerAttributes } from './layout.js';
import type { Rings } from './rings.js';

export class Trackers implements Disposable {
  readonly #rings: Rings;
  readonly #inherit: Inherit;
  #attributes: Uint8Array;
  readonly #events: PerfEvent[] = [];
  readonly #tracked = new Set<number>();

  constructor(rings: Rings, inherit: Inherit) {
    this.#rings = rings;
    this.#inherit = inherit;
    this.#attributes = trackerAttributes(inherit, inherit !== 'none');
  }

  /** Whether the thread has trackers of its own. */
  has(tid: number): boolean {
    return this.#tracked.has(tid);
  }

  /** Opens trackers on a thread unless it has some; false where it has ended. Throws LinuxError. */
  add(tid: number): boolean {
    if (this.#tracked.has(tid)) return true;
    try {
      for (const cpu of this.#rings.cpus) this.#events.push(this.#open(tid, cpu));
      this.#tracked.add(tid);
      return true;
    } catch (error) {
      if (isErrno(error, 'ESRCH')) return false;
      throw error;
    }
  }

  #open(tid: number, cpu: number): PerfEvent {
    const output = this.#rings.leader(cpu);
    try {
      return PerfEvent.open(this.#attributes, { tid, cpu }, output);
    } catch (error) {
      if (!isErrno(error, 'EINVAL')) throw error;
      this.#attributes = trackerAttributes(this.#inherit, false);
      return PerfEvent.open(this.#attributes, { tid, cpu }, output);
    }
  }

  /** The thread has ended; its id may be given to another. */
  forget(tid: number): void {
    this.#tracked.delete(tid);
  }

  [Symbol.dispose](): void {
    for (const event of this.#events) event[Symbol.dispose]();
    this.#events.length = 0;
  }
}
