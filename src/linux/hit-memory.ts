// Reads what a hit has left, and a word of the kernel's about the thread beside it, with one system call and no object but the answer.
import { addressOfBytes, processVmReadvAt } from './libc.js';

/** The longest range. */
const MOST_BYTES = 32;
const WORD_BYTES = 4n;

/** Bytes to be read at a hit: the address by halves, and how many (0 to 32). */
export interface HitRange {
  readonly lo: number;
  readonly hi: number;
  readonly length: number;
}

export class HitMemory {
  readonly #value = new Uint8Array(MOST_BYTES);
  readonly #word = new Uint32Array(1);
  /** Vectors for process_vm_readv, and where they lie. */
  readonly #local: BigUint64Array;
  readonly #localAt: number;
  readonly #remote = new BigUint64Array(4);
  readonly #remoteAt = Number(addressOfBytes(new Uint8Array(this.#remote.buffer)));
  readonly #localHalves: Uint32Array;
  readonly #remoteHalves = new Uint32Array(this.#remote.buffer);
  /** Views on the value, by length. */
  readonly #views: readonly Uint8Array[];

  constructor() {
    const word = new Uint8Array(this.#word.buffer);
    this.#local = BigUint64Array.of(addressOfBytes(this.#value), 0n, addressOfBytes(word), WORD_BYTES);
    this.#localAt = Number(addressOfBytes(new Uint8Array(this.#local.buffer)));
    this.#localHalves = new Uint32Array(this.#local.buffer);
    this.#views = Array.from({ length: MOST_BYTES + 1 }, (_, length) => this.#value.subarray(0, length));
  }

  /** The word that the last {@link read} has brought; 0 where it was not asked for or cannot be read. */
  get word(): number {
    return this.#word[0] ?? 0;
  }

  /**
   * The bytes of a range of process `pid`, the reader's only until the next call; null where they cannot be read, or are none. `wordAt`: null: no
   * word.
   */
  read(pid: number, { lo, hi, length }: HitRange, wordAt: bigint | null): Uint8Array | null {
    const parts = wordAt === null ? 1 : 2;
    this.#word[0] = 0;
    if (length === 0 && wordAt === null) return null;
    const halves = this.#remoteHalves;
    this.#localHalves[2] = length;
    halves[0] = lo;
    halves[1] = hi;
    halves[2] = length;
    if (wordAt !== null) {
      this.#remote[2] = wordAt;
      this.#remote[3] = WORD_BYTES;
    }
    const got = processVmReadvAt(pid, this.#localAt, parts, this.#remoteAt, parts, 0);
    return length > 0 && got >= length ? (this.#views[length] ?? null) : null;
  }
}
