// When a watch that is too hot is switched on and off, and why the counts that come of it are unbiased.
//
// Time is cut into windows. Before a window begins, its length W and the length L of the part of it that will be watched are fixed, from what
// the windows before have shown. Then that part is put at a random place: it begins at U, uniform in [0, W), and where it would run over the
// window's end it goes on at the window's start:
//
//   0          U        U+L         W        0    U+L-W          U        W
//   |...........##########..........|   or   |######.............#########|
//
// So each moment of the window is watched with probability L/W, the same for all, and an access at that moment is counted with it. Counted
// times W/L it stands, in the mean, for 1. A sum of means is the mean of the sum, whether accesses come one by one or in bursts, at random or by
// the clock; and a window whose W and L follow from the windows before is, given those, no other. Hence the estimate
//
//   sum over windows of (accesses counted in the window) * W / L
//
// is unbiased for what would have been counted by watching throughout (Horvitz and Thompson's estimator). In practice timers are late and
// switching takes a moment, so a window is weighed by its true length against the true length of its watched parts (sampler.ts). Windows that are watched throughout,
// because the watch is not too hot, add their accesses as they are.

/** One window of time. All times in ms from its start. */
export interface WindowPlan {
  readonly length: number;
  /** What part of it is watched, above 0 to 1. */
  readonly share: number;
  /** When, in order; one part or two. */
  readonly parts: readonly { readonly from: number; readonly until: number }[];
}

/** ms. Long enough to hold some accesses and not to be ruled by the time that switching takes. */
const WATCHED_PART = 4;
const SHORTEST_PART = 0.5;
const LONGEST_WINDOW = 500;
/** Length of a window that is watched throughout. */
const FULL_WINDOW = 40;
/** Between this share and 1 there is nothing to be had. */
const MOST_WATCHED = 0.5;
/** ms over which the rate is averaged. */
const MEMORY = 200;
/** The smallest rate that can be kept: accesses a second of a program that does nothing else are some 100,000. */
export const LEAST_RATE = 100;

/** Plans windows so that about `rate` accesses a second are counted. */
export class SamplingPlan {
  readonly #rate: number;
  readonly #random: () => number;
  #counted = 0;
  #watched = 0;
  /** Share of the window under way, as planned, and how many times as long the parts lately were watched: a busy machine is late to stop. */
  #planned = 1;
  #overrun = 1;

  /** `rate`: accesses a second. `random`: uniform in [0, 1). */
  constructor(rate: number, random: () => number) {
    this.#rate = rate;
    this.#random = random;
  }

  /** The next window. */
  next(): WindowPlan {
    const share = this.#share();
    this.#planned = share;
    if (share === 1) return { length: FULL_WINDOW, share, parts: [{ from: 0, until: FULL_WINDOW }] };
    const length = Math.min(WATCHED_PART / share, LONGEST_WINDOW);
    const watched = Math.max(share * length, SHORTEST_PART);
    const from = this.#random() * length;
    const over = from + watched - length;
    const parts =
      over > 0
        ? [
            { from: 0, until: over },
            { from, until: length },
          ]
        : [{ from, until: from + watched }];
    this.#planned = watched / length;
    return { length, share: this.#planned, parts };
  }

  #share(): number {
    if (this.#counted <= (this.#rate / 1000) * this.#watched) return 1;
    return Math.min(((this.#rate / 1000) * this.#watched) / this.#counted / this.#overrun, MOST_WATCHED);
  }

  /** A window of `length` ms is over: in its watched parts, together `watched` ms long, so many accesses were counted. */
  observe({ length, watched, counted }: { readonly length: number; readonly watched: number; readonly counted: number }): void {
    // Of a long window more is forgotten, of what came before.
    const kept = Math.exp(-length / MEMORY);
    this.#counted = this.#counted * kept + counted;
    this.#watched = this.#watched * kept + watched;
    if (length > 0 && this.#planned < 1) this.#overrun = Math.max(1, 0.8 * this.#overrun + 0.2 * (watched / length / this.#planned));
  }
}
