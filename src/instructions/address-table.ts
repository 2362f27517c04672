// A hash table from 64-bit addresses in halves to objects: a Map would need one boxed number per look-up in the hot path.

const FIRST_CAPACITY = 256;

/** Open addressing with linear probing; grows at half load. Entries cannot be removed one by one. */
export class AddressTable<T> {
  #keys = new Uint32Array(2 * FIRST_CAPACITY);
  #values: (T | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #size = 0;

  /** Entries. */
  get size(): number {
    return this.#size;
  }

  /** The value of an address, or undefined. Allocates nothing. */
  get(lo: number, hi: number): T | undefined {
    return this.#values[this.#slot(lo, hi)];
  }

  /** Sets the value of an address. */
  set(lo: number, hi: number, value: T): void {
    const slot = this.#slot(lo, hi);
    if (this.#values[slot] === undefined) {
      this.#size++;
      this.#keys[2 * slot] = lo;
      this.#keys[2 * slot + 1] = hi;
    }
    this.#values[slot] = value;
    if (2 * this.#size > this.#values.length) this.#grow();
  }

  /** Forgets all entries. */
  clear(): void {
    this.#keys = new Uint32Array(2 * FIRST_CAPACITY);
    this.#values = new Array(FIRST_CAPACITY).fill(undefined);
    this.#size = 0;
  }

  /** Where the address is, or the free slot where it would go. */
  #slot(lo: number, hi: number): number {
    const mask = this.#values.length - 1;
    // Fibonacci hashing: the upper bits of the product depend on all bits of both halves.
    let slot = (Math.imul(lo ^ Math.imul(hi, 0x85eb_ca6b), 0x9e37_79b1) >>> 8) & mask;
    while (this.#values[slot] !== undefined && (this.#keys[2 * slot] !== lo || this.#keys[2 * slot + 1] !== hi)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Array(2 * values.length).fill(undefined);
    this.#size = 0;
    for (const [slot, value] of values.entries()) {
      if (value !== undefined) this.set(keys[2 * slot] ?? 0, keys[2 * slot + 1] ?? 0, value);
    }
  }
}
