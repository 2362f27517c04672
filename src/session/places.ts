// From an instruction pointer to a place in the code, remembered by address, because a hot place is asked for with every hit.
import { addressKey, joinU64 } from '../base/u64.js';
import type { Place } from '../model/place.js';

/** Looks one address up; slow. */
export type PlaceLookup = (address: bigint, kernel: boolean) => Place;

/** A cache over {@link PlaceLookup}; forgets all when the program changes. */
export class PlaceCache {
  readonly #lookup: PlaceLookup;
  readonly #places = new Map<number, Place>();

  constructor(lookup: PlaceLookup) {
    this.#lookup = lookup;
  }

  /** The place of the instruction at the address given as halves. */
  at(lo: number, hi: number, kernel: boolean): Place {
    const key = addressKey(lo, hi);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#lookup(joinU64(lo, hi), kernel);
    this.#places.set(key, place);
    return place;
  }

  clear(): void {
    this.#places.clear();
  }
}
