// Tells of which hits on one piece of memory the order is not certain, because another CPU hit at nearly the same time.

/**
 * Two CPUs hitting within this time (ns): the order of their stamps is not the order of their stores. Measured: wrong by up to 5 us, once in 10,000.
 *
 * Nor does what the engine read in the trap belong to the hit then. Measured with two threads on two virtual CPUs of a busy machine, a trap being
 * 3.2 us: of 1,080,000 values read in the trap 152,962 were the other thread's, all of them with a hit of that one within 20 us, all but 2 within
 * 10 us; the hit whose value was read was 1.6 us away (median), 3.2 us (99 %), 31.6 us (most). Where a trap leaves the guest (17 us) all that is longer.
 */
export const RACE_WINDOW = 60_000;

/**
 * A hit is stamped after its store is visible, so a hit this long (ns) after a read may still be what the read saw.
 * Measured in a virtual machine: 3 us; one in 10,000 above 25 us; at most 2 ms, with more busy threads than CPUs.
 */
export const GUARD = 2_000_000;

/** What the stamps of hits say of the order of their stores. Times in ns. */
export interface Stamps {
  /** Hits of two threads this close together have no order but that of their stamps. */
  readonly window: number;
  /** Hits of one CPU have an order. */
  readonly orderOnCpu: boolean;
  /** A hit this long after memory was read may still be what that has shown. */
  readonly guard: number;
  /** What the engine reads of memory for a hit it may read this long after it. */
  readonly readDelay: number;
}

/** Stamped and read in the trap. */
export const STAMPED_IN_TRAP: Stamps = { window: RACE_WINDOW, orderOnCpu: true, guard: GUARD, readDelay: 0 };

/** Stamped in the trap, and read when the tracer gets round to the thread. */
const READ_WHEN_SERVED: Stamps = { ...STAMPED_IN_TRAP, readDelay: 5_000_000 };

/**
 * Stamped when a tracer gets round to the thread that stands: wait4 gives threads that have stopped in the order of its list, not in that in which they stopped.
 * Measured with four threads that write 10,000 times a second: 30 to 240 us apart, milliseconds on a machine that is busy otherwise.
 */
export const STAMPED_WHEN_SERVED: Stamps = { window: 5_000_000, orderOnCpu: false, guard: 50_000_000, readDelay: 5_000_000 };

/** The stamps of an engine. */
export function stampsOf({ stopsTarget, stampsLate = false }: { readonly stopsTarget: boolean; readonly stampsLate?: boolean }): Stamps {
  if (stampsLate) return STAMPED_WHEN_SERVED;
  return stopsTarget ? READ_WHEN_SERVED : STAMPED_IN_TRAP;
}

/** Who made a hit: all that decides whether it can be out of order with another one. */
export interface Maker {
  readonly cpu: number;
  readonly tid: number;
}

/** Whether the hits of two makers have no order but that of their stamps. Each CPU has an idle thread of its own, and all of them are thread 0. */
export function areApart(a: Maker, b: Maker, { orderOnCpu }: Stamps = STAMPED_IN_TRAP): boolean {
  return (a.cpu !== b.cpu || !orderOnCpu) && (a.tid !== b.tid || (a.tid === 0 && a.cpu !== b.cpu));
}

/** The last hits on one piece of memory. Times are ns of CLOCK_MONOTONIC as numbers. */
export class Race {
  readonly #stamps: Stamps;
  readonly #last = { cpu: -1, tid: -1 };
  #lastTime = Number.NEGATIVE_INFINITY;
  /** The last hit that was by another thread on another CPU than the hits since. */
  #otherTime = Number.NEGATIVE_INFINITY;
  #blindUntil = Number.NEGATIVE_INFINITY;

  constructor(stamps: Stamps = STAMPED_IN_TRAP) {
    this.#stamps = stamps;
  }

  /** Whether a hit by `maker` at `time` comes so soon after one of another thread that memory may have been read for that one after this. */
  mayBeRead(time: number, maker: Maker): boolean {
    return maker.tid !== this.#last.tid && time - this.#lastTime < this.#stamps.readDelay;
  }

  /** When the last hit was, and by which thread. */
  get last(): { readonly time: number; readonly tid: number } {
    return { time: this.#lastTime, tid: this.#last.tid };
  }

  /**
   * A hit by `maker` comes. True where it is contested: it may have been before the hits that others made within the window of its stamps,
   * or hits are missing around it.
   */
  arrive(time: number, maker: Maker): boolean {
    if (areApart(maker, this.#last, this.#stamps)) this.#otherTime = this.#lastTime;
    this.#lastTime = time;
    this.#last.cpu = maker.cpu;
    this.#last.tid = maker.tid;
    return time - this.#otherTime < this.#stamps.window || time <= this.#blindUntil;
  }

  /** Hits up to `time` are missing. */
  blind(time: number): void {
    this.#blindUntil = Math.max(this.#blindUntil, time + this.#stamps.window);
  }
}
