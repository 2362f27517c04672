// What who and stat have counted so far: by the session, or, where hits have to be looked at one by one, here.
import type { SharedHit } from '../servers/share/index.js';
import { Tally, type TallyRow, type WatchOptions } from '../session/index.js';
import type { CommonOptions } from './watch-options.js';

/** What a sampled count stands for. */
export interface Sampling {
  /** The part of the time that was watched, 0 to 1. */
  readonly watched: number;
}

export interface CountedRun {
  rows(): TallyRow[];
  /** Null where everything was counted. */
  sampling(): Sampling | null;
}

export class Counted {
  /** What the session is to keep. */
  readonly keep: NonNullable<WatchOptions['keep']>;
  readonly #own = new Tally();
  #run: CountedRun | null = null;

  /** With --limit hits are looked at one by one, so that it is exactly so many. */
  constructor({ limit }: CommonOptions, keep: 'counts' | 'values') {
    this.keep = limit === null ? keep : 'each';
  }

  begin(run: CountedRun): void {
    this.#run = run;
  }

  hit(hit: SharedHit): void {
    this.#own.add(hit);
  }

  rows(): TallyRow[] {
    return this.keep === 'each' ? this.#own.rows() : (this.#run?.rows() ?? []);
  }

  sampling(): Sampling | null {
    return this.#run?.sampling() ?? null;
  }
}
