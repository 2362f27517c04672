// Tells of which hits on one piece of memory the order is not certain, because another CPU hit at nearly the same time.

/**
 * Two CPUs hitting within this time (ns): the order of their stamps is not the order of their stores. Measured: wrong by up to 5 us, once in 10,000.
 *
 * Nor does what the engine read in the trap belong to the hit then. Measured with two threads on two virtual CPUs of a busy machine, a trap being
 * 3.2 us: of 1,080,000 values read in the trap 152,962 were the other thread's, all of them with a hit of that one within 20 us, all but 2 within
 * 10 us; the hit whose value was read was 1.6 us away (median), 3.2 us (99 %), 31.6 us (most). Where a trap leaves the guest (17 us) all that is longer.
 */
export const RACE_WINDOW = 60_000;

/** Who made a hit: all that decides whether it can be out of order with another one. */
export interface Maker {
  readonly cpu: number;
  readonly tid: number;
}

/** Whether the hits of two makers have no order but that of their stamps. Each CPU has an idle thread of its own, and all of them are thread 0. */
export function areApart(a: Maker, b: Maker): boolean {
  return a.cpu !== b.cpu && (a.tid !== b.tid || a.tid === 0);
}

/** The last hits on one piece of memory. Times are ns of CLOCK_MONOTONIC as numbers. */
export class Race {
  readonly #last = { cpu: -1, tid: -1 };
  #lastTime = Number.NEGATIVE_INFINITY;
  /** The last hit that was by another thread on another CPU than the hits since. */
  #otherTime = Number.NEGATIVE_INFINITY;
  #blindUntil = Number.NEGATIVE_INFINITY;

  /** When the last hit was, and by which thread. */
  get last(): { readonly time: number; readonly tid: number } {
    return { time: this.#lastTime, tid: this.#last.tid };
  }

  /**
   * A hit by `maker` comes. True where it is contested: it may have been before the hits that others made within {@link RACE_WINDOW},
   * or hits are missing around it.
   */
  arrive(time: number, maker: Maker): boolean {
    if (areApart(maker, this.#last)) this.#otherTime = this.#lastTime;
    this.#lastTime = time;
    this.#last.cpu = maker.cpu;
    this.#last.tid = maker.tid;
    return time - this.#otherTime < RACE_WINDOW || time <= this.#blindUntil;
  }

  /** Hits up to `time` are missing. */
  blind(time: number): void {
    this.#blindUntil = Math.max(this.#blindUntil, time + RACE_WINDOW);
  }
}
