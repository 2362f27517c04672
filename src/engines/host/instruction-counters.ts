// How far threads get: the instructions they run in user mode, by the processor's own counters where there are any.
import { isErrno } from '../../linux/errno.js';
import { PerfEvent, packInstructionCounter } from '../../linux/perf-event.js';

/** Threads counted at most: each takes a descriptor and, where it runs, some microseconds for each reading. */
const MOST_THREADS = 64;

export class InstructionCounters implements Disposable {
  readonly #events = new Map<number, PerfEvent>();
  readonly #attributes = packInstructionCounter();
  /** No counters here (many virtual machines), or not for us. */
  #unavailable = false;

  /** These threads are there now: counts them from now on, and others no more. */
  follow(tids: Iterable<number>): void {
    const now = new Set(tids);
    for (const tid of this.#events.keys()) if (!now.has(tid)) this.#close(tid);
    for (const tid of now) if (!this.#events.has(tid)) this.#open(tid);
  }

  #open(tid: number): void {
    if (this.#unavailable || this.#events.size >= MOST_THREADS) return;
    try {
      this.#events.set(tid, PerfEvent.open(this.#attributes, { tid, cpu: -1 }));
    } catch (error) {
      // A thread that has ended meanwhile says nothing about the others.
      this.#unavailable ||= !isErrno(error, 'ESRCH');
    }
  }

  #close(tid: number): void {
    this.#events.get(tid)?.[Symbol.dispose]();
    this.#events.delete(tid);
  }

  /** The threads that are counted. */
  get tids(): Iterable<number> {
    return this.#events.keys();
  }

  /** How many instructions one of them has run since it is counted; also when it has ended. */
  read(tid: number): number {
    return this.#events.get(tid)?.count() ?? 0;
  }

  [Symbol.dispose](): void {
    for (const tid of [...this.#events.keys()]) this.#close(tid);
  }
}
