// Collects what was found to be broken, each sentence once and not without bound.
import { DwarfError } from './error.js';

/** Sentences kept; a file broken in more places is not described better by more of them. */
const MOST = 100;

/** What was found to be broken in one file, in the order of discovery. */
export class Problems {
  readonly list: string[] = [];
  readonly #seen = new Set<string>();
  #more = false;

  add(sentence: string): void {
    if (this.#seen.has(sentence)) return;
    if (this.list.length < MOST) {
      this.#seen.add(sentence);
      this.list.push(sentence);
    } else if (!this.#more) {
      this.#more = true;
      this.list.push('more problems of this kind are not listed');
    }
  }

  /** The result of `read`, or `fallback` with a problem noted where the bytes make no sense. `what` names the part, for people. */
  guard<T>(what: () => string, fallback: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
      this.add(`${what()}: ${error.message}`);
      return fallback;
    }
  }
}
