// Does something again and again, never twice at once, and more often while there is something to do.

/** What a beat asks for: the ms until the next one, or null for none. */
export type Beat = () => Promise<number | null>;

/** Calls `beat` until it says null, throws, or {@link stop} is called. What it throws goes to `failed`. */
export class Pulse {
  readonly #beat: Beat;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #beating = false;
  #stopped = false;
  #urged = false;

  constructor(beat: Beat, failed: (error: unknown) => void) {
    this.#beat = beat;
    this.#failed = failed;
  }

  /** The next beat comes soon, if none is under way. */
  hurry(): void {
    if (!this.#beating) this.#schedule(0);
  }

  /** A beat comes before anything else that waits, and another one after that which is under way. A timer would take a millisecond. */
  urge(): void {
    if (this.#urged) return;
    this.#urged = true;
    if (!this.#beating) setImmediate(() => this.#runUrged());
  }

  #runUrged(): void {
    if (this.#stopped || this.#beating) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    void this.#run();
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), milliseconds);
  }

  async #run(): Promise<void> {
    this.#timer = null;
    this.#beating = true;
    this.#urged = false;
    try {
      const next = await this.#beat();
      if (next !== null) this.#schedule(next);
    } catch (error) {
      this.stop();
      this.#failed(error);
    } finally {
      this.#beating = false;
      if (this.#urged) setImmediate(() => this.#runUrged());
    }
  }
}

/** ms to the next beat while there is something to do, just after, when there was nothing for long, and while nothing is wanted. */
const PAUSE = { busy: 2, quiet: 5, idle: 20, unwanted: 50 } as const;
/** ms. */
const LONG_QUIET = 1000;

/** How often to beat: often while that is of use, seldom when it costs only. */
export class Pace {
  #lastBusy = Number.NEGATIVE_INFINITY;

  /** ms to the next beat. `busy`: the last one had something to do; `wanted`: the next one may have. */
  pause(busy: boolean, wanted: boolean, now = performance.now()): number {
    if (busy) this.#lastBusy = now;
    if (busy) return PAUSE.busy;
    if (!wanted) return PAUSE.unwanted;
    return now - this.#lastBusy < LONG_QUIET ? PAUSE.quiet : PAUSE.idle;
  }
}
