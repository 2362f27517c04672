// Which of many, possibly nested, ranges of addresses contain an address.
import { lastAtMost, NumberList } from '../bytes/growable.js';

/** Ranges looked at for one address: real programs nest functions a few deep, broken files without bound. */
const MOST_LOOKED_AT = 4096;

/** Ranges `low <= address < high` with a number each. Add all, then {@link seal}, then look up. */
export class IntervalMap {
  readonly #addedLow = new NumberList();
  readonly #addedHigh = new NumberList();
  readonly #addedValue = new NumberList();
  #low = new Float64Array(0);
  #high = new Float64Array(0);
  #value = new Float64Array(0);
  /** `reach[i]`: the highest end of the ranges 0 to i: where it is not above an address, no earlier range contains it. */
  #reach = new Float64Array(0);

  add(low: number, high: number, value: number): void {
    this.#addedLow.push(low);
    this.#addedHigh.push(high);
    this.#addedValue.push(value);
  }

  get size(): number {
    return this.#addedLow.length;
  }

  seal(): void {
    const low = this.#addedLow;
    const high = this.#addedHigh;
    // Of two ranges with the same start the longer one comes first, so that the innermost is found first from behind.
    const order = Uint32Array.from({ length: low.length }, (_, i) => i).sort((a, b) => low.at(a) - low.at(b) || high.at(b) - high.at(a));
    this.#low = Float64Array.from(order, (i) => low.at(i));
    this.#high = Float64Array.from(order, (i) => high.at(i));
    this.#value = Float64Array.from(order, (i) => this.#addedValue.at(i));
    let reach = 0;
    this.#reach = this.#high.map((end) => {
      reach = Math.max(reach, end);
      return reach;
    });
  }

  /** Gives every range to `sink`, ascending by start. */
  each(sink: (low: number, high: number) => void): void {
    for (let i = 0; i < this.#low.length; i++) sink(this.#low[i] ?? 0, this.#high[i] ?? 0);
  }

  /** Index of the innermost range that contains `address` and is before index `before`, or -1. */
  find(address: number, before = this.#low.length): number {
    const last = lastAtMost(this.#low, address, 0, before);
    for (let i = last; i >= 0 && i > last - MOST_LOOKED_AT && (this.#reach[i] ?? 0) > address; i--) {
      if ((this.#high[i] ?? 0) > address) return i;
    }
    return -1;
  }

  /** The number given with the range at `index`. */
  value(index: number): number {
    return this.#value[index] ?? 0;
  }
}
