// The copy of a thread's stack that came with a hit: words from the stack pointer upwards.

const TWO_32 = 0x1_0000_0000;

/** Where the copy lies; set anew for each hit. Addresses are numbers: those of user programs are below 2^47. */
export class StackCopy {
  #words: Uint32Array = new Uint32Array(0);
  #at = 0;
  #start = 0;
  #end = 0;

  /** The copy begins at word `at` of `words`, holds `length` bytes, and was taken at address `start`. */
  set(words: Uint32Array, at: number, range: { readonly start: number; readonly length: number }): void {
    this.#words = words;
    this.#at = at;
    this.#start = range.start;
    this.#end = range.start + Math.max(0, Math.min(range.length, 4 * (words.length - at)));
  }

  /** First address behind it. */
  get end(): number {
    return this.#end;
  }

  /** The 64-bit word at `address` as a number, exact below 2^53 as addresses are; NaN where it is not in the copy. */
  word(address: number): number {
    const offset = address - this.#start;
    if (!(offset >= 0 && address + 8 <= this.#end)) return Number.NaN;
    if ((offset & 3) !== 0) return this.#unaligned(offset);
    const word = this.#at + offset / 4;
    return (this.#words[word + 1] ?? 0) * TWO_32 + (this.#words[word] ?? 0);
  }

  #unaligned(offset: number): number {
    const view = new DataView(this.#words.buffer, this.#words.byteOffset + 4 * this.#at);
    return view.getUint32(offset + 4, true) * TWO_32 + view.getUint32(offset, true);
  }
}
