// From an instruction pointer to a place in the code, remembered by address, because a hot place is asked for with every hit.
import { addressKey, joinU64 } from '../base/u64.js';
import type { Place } from '../model/place.js';

/** Looks one address up; slow. */
export type PlaceLookup = (address: bigint, kernel: boolean) => Place;

/** Addresses remembered; then all are forgotten. Programs that write code as they run have ever new ones. */
const MOST_PLACES = 65_536;

/** A cache over {@link PlaceLookup}. Two askings for one address give one object, until the cache is cleared. */
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
    if (this.#places.size >= MOST_PLACES) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  /** Forgets all: code was loaded, unloaded or replaced. */
  clear(): void {
    this.#places.clear();
  }
}
