// Does something again and again, never twice at once.

/** What a beat asks for: the ms until the next one, or null for none. */
export type Beat = () => Promise<number | null>;

/** Calls `beat` until it says null, throws, or {@link stop} is called. What it throws goes to `failed`. */
export class Pulse {
  readonly #beat: Beat;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #beating = false;
  #stopped = false;

  constructor(beat: Beat, failed: (error: unknown) => void) {
    this.#beat = beat;
    this.#failed = failed;
  }

  /** The next beat comes at once, if none is under way. */
  hurry(): void {
    if (!this.#beating) this.#schedule(0);
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
    try {
      const next = await this.#beat();
      if (next !== null) this.#schedule(next);
    } catch (error) {
      this.stop();
      this.#failed(error);
    } finally {
      this.#beating = false;
    }
  }
}
