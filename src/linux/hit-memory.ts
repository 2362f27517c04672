// Reads what a hit has left, and a word of the kernel's about the thread beside it, with one system call and no object but the answer.
import { addressOfBytes, processVmReadv } from './libc.js';

/** The longest range. */
const MOST_BYTES = 32;
const WORD_BYTES = 4n;

export class HitMemory {
  readonly #value = new Uint8Array(MOST_BYTES);
  readonly #word = new Uint32Array(1);
  readonly #local: BigUint64Array;
  readonly #remote = new BigUint64Array(4);

  constructor() {
    const word = new Uint8Array(this.#word.buffer);
    this.#local = BigUint64Array.of(addressOfBytes(this.#value), 0n, addressOfBytes(word), WORD_BYTES);
  }

  /** The word that the last {@link read} has brought; 0 where it was not asked for or cannot be read. */
  get word(): number {
    return this.#word[0] ?? 0;
  }

  /** A copy of `length` (0 to 32) bytes at `address` of process `pid`; null where they cannot be read, or are none. `wordAt`: null: no word. */
  read(pid: number, { address, length }: { readonly address: bigint; readonly length: number }, wordAt: bigint | null): Uint8Array | null {
    const parts = wordAt === null ? 1 : 2;
    this.#word[0] = 0;
    if (length === 0 && wordAt === null) return null;
    this.#local[1] = BigInt(length);
    this.#remote[0] = address;
    this.#remote[1] = BigInt(length);
    this.#remote[2] = wordAt ?? 0n;
    this.#remote[3] = WORD_BYTES;
    const got = processVmReadv(pid, this.#local, parts, this.#remote, parts, 0);
    return length > 0 && got >= length ? this.#value.slice(0, length) : null;
  }
}
