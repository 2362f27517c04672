// Typed arrays that grow: the tables of this folder have no object per entry.

/** A growing Float64Array, for offsets and addresses. */
export class NumberList {
  #items = new Float64Array(16);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  set(index: number, value: number): void {
    if (index < this.length) this.#items[index] = value;
  }

  /** A copy of exactly the entries. */
  toArray(): Float64Array {
    return this.#items.slice(0, this.length);
  }
}

/** A growing Uint32Array, for hashes, lines and indices. */
export class U32List {
  #items = new Uint32Array(16);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  /** A copy of exactly the entries. */
  toArray(): Uint32Array {
    return this.#items.slice(0, this.length);
  }
}

/** Index of the last entry of the ascending `items` that is <= `value`, or -1. */
export function lastAtMost(items: Float64Array | Uint32Array, value: number, from = 0, to = items.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1 < from ? -1 : low - 1;
}
