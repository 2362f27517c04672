// Finds out that a thread is not in the middle of creating another one: it sleeps, or it is caught running code of its own.
import type { PerfEvent } from '../../linux/perf-event.js';
import { threadState } from '../../linux/procfs/thread-state.js';
import { pulseAttributes } from './layout.js';
import type { NewsReader } from './news.js';

/** Opens an event on a thread and CPU, into the ring of that CPU; null where the thread has ended. */
export type OpenEvent = (attributes: Uint8Array, tid: number, cpu: number) => PerfEvent | null;

/** Watches running threads with clock events, which it closes with itself. */
export class Pulses implements Disposable {
  readonly #open: OpenEvent;
  readonly #cpus: readonly number[];
  readonly #news: NewsReader;
  readonly #attributes = pulseAttributes();
  readonly #events = new Map<number, PerfEvent[]>();

  constructor(parts: { open: OpenEvent; cpus: readonly number[]; news: NewsReader }) {
    this.#open = parts.open;
    this.#cpus = parts.cpus;
    this.#news = parts.news;
  }

  /** Whether the thread is, or since the first call has been, somewhere else than in clone(2). */
  atRest(pid: number, tid: number): boolean {
    // Running, or waiting for the disk: clone(2) itself waits like that, for memory.
    if (!this.#news.hasPulse(tid) && ['R', 'D'].includes(threadState(pid, tid) ?? 'X')) {
      this.#watch(tid);
      return false;
    }
    this.#close(tid);
    return true;
  }

  #watch(tid: number): void {
    if (this.#events.has(tid)) return;
    const events: PerfEvent[] = [];
    this.#events.set(tid, events);
    for (const cpu of this.#cpus) {
      const event = this.#open(this.#attributes, tid, cpu);
      if (event === null) return;
      events.push(event);
      this.#news.expectPulse(event.id(), tid);
    }
  }

  #close(tid: number): void {
    for (const event of this.#events.get(tid) ?? []) event[Symbol.dispose]();
    this.#events.delete(tid);
  }

  [Symbol.dispose](): void {
    for (const tid of [...this.#events.keys()]) this.#close(tid);
  }
}
