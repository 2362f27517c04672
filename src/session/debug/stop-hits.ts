// The hits that have stopped a thread, until the stop itself comes: of each watch the last one.
import type { Hit } from '../../model/hit.js';

/** Hits of watches `W` that stop their threads, by thread. */
export class StopHits<W> {
  readonly #byThread = new Map<number, Map<W, Hit>>();

  /** Returns the one before it, if the thread has not stopped since: that is in no stop. */
  add(watch: W, hit: Hit): Hit | null {
    const hits = this.#byThread.get(hit.tid) ?? new Map<W, Hit>();
    const before = hits.get(watch) ?? null;
    this.#byThread.set(hit.tid, hits.set(watch, hit));
    return before;
  }

  /** What has stopped thread `tid`. */
  take(tid: number): ReadonlyMap<W, Hit> {
    const hits = this.#byThread.get(tid) ?? new Map<W, Hit>();
    this.#byThread.delete(tid);
    return hits;
  }

  /** What is left of `watch`, for which no stop will be told. */
  takeOf(watch: W): Hit[] {
    const left: Hit[] = [];
    for (const hits of this.#byThread.values()) {
      const hit = hits.get(watch);
      if (hit !== undefined) left.push(hit);
      hits.delete(watch);
    }
    return left;
  }
}
