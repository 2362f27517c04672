// A limit on work that well-formed files never reach: tables of a broken file can overlap, so that each small header makes the reader go through the same bytes again.
import { DwarfError } from './error.js';

/** Counts down; throws DwarfError when more was spent than granted. */
export class Budget {
  readonly #what: string;
  #left: number;

  constructor(what: string, granted: number) {
    this.#what = what;
    this.#left = granted;
  }

  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new DwarfError(`${this.#what} overlap: reading them was given up`);
  }
}
