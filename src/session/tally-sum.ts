// How many accesses there were, where some were counted only in parts of the time.

/** A stretch of time of which a part was watched. */
export interface SampledWindow {
  /** What one access that was counted in it stands for: its length against that of its watched part. Final when it is over. */
  readonly weight: number;
}

/** One row's sums: accesses in time that was watched throughout, and those in windows, each times its window's weight. */
export class RowSum {
  /** All accesses counted. */
  count = 0;
  /** Of them those in no window. */
  exact = 0;
  #settled = 0;
  /** The last window, whose weight may not be final, and the accesses in it. */
  #window: SampledWindow | null = null;
  #inWindow = 0;

  add(count: number, window: SampledWindow | null): void {
    this.count += count;
    if (window === null) {
      this.exact += count;
      return;
    }
    if (window !== this.#window) {
      this.#settled = this.sampled;
      this.#window = window;
      this.#inWindow = 0;
    }
    this.#inWindow += count;
  }

  /** What those in windows stand for. */
  get sampled(): number {
    return this.#settled + this.#inWindow * (this.#window?.weight ?? 0);
  }
}
