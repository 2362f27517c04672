// One mapped perf ring: copies what the kernel has written into ordinary memory and gives the space back at once.
//
//   page 0                      pages 1 .. N (N a power of two)
//  +--------------------------+-----------------------------------------+
//  | ... data_head @1024 (k)  | records; head and tail count bytes for  |
//  |     data_tail @1032 (us) | ever, the position is modulo N pages    |
//  +--------------------------+-----------------------------------------+
import { Mapping, PAGE_SIZE } from './mapping.js';

const DATA_HEAD = 1024;
const DATA_TAIL = 1032;

/** Bytes copied out of a ring: whole records back to back, 8-byte aligned. Grows as needed and is reused. */
export class RecordBuffer {
  #bytes: Uint8Array;
  #words: Uint32Array;
  #length = 0;

  constructor(capacity = 64 * 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#words = new Uint32Array(this.#bytes.buffer);
  }

  /** The records as 32-bit little-endian words; only the first `length / 4` count. Valid until the next append or consume. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Bytes held. */
  get length(): number {
    return this.#length;
  }

  append(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed + (-needed & 7), this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
      this.#words = new Uint32Array(grown.buffer);
    }
    this.#bytes.set(part, this.#length);
    this.#length = needed;
  }

  /** Forgets the first `count` bytes. */
  consume(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}

/** The ring of one perf event and of all events redirected into it. */
export class PerfRing extends Mapping {
  /** Bytes for records. */
  readonly size: number;
  #head: BigUint64Array | null;
  #tail: BigUint64Array | null;
  #data: Uint8Array | null;

  /** Maps the ring of `fd` with `pages` data pages (a power of two). Throws LinuxError (EPERM: over the locked-memory limit). */
  constructor(fd: number, pages: number) {
    super((1 + pages) * PAGE_SIZE, fd);
    this.size = pages * PAGE_SIZE;
    this.#head = new BigUint64Array(this.view(), DATA_HEAD, 1);
    this.#tail = new BigUint64Array(this.view(), DATA_TAIL, 1);
    this.#data = new Uint8Array(this.view(), PAGE_SIZE, this.size);
  }

  /** Moves all records that are in the ring to the end of `into`; returns the number of bytes moved. */
  drain(into: RecordBuffer): number {
    const head = this.#head;
    const tail = this.#tail;
    const data = this.#data;
    if (head === null || tail === null || data === null) return 0;
    // Atomics gives the acquire and release order that the kernel's ring asks of its reader.
    const end = Atomics.load(head, 0);
    const start = Atomics.load(tail, 0);
    if (end === start) return 0;
    const length = Number(end - start);
    const from = Number(start % BigInt(this.size));
    const first = Math.min(length, this.size - from);
    into.append(data.subarray(from, from + first));
    if (first < length) into.append(data.subarray(0, length - first));
    Atomics.store(tail, 0, end);
    return length;
  }

  protected release(): void {
    this.#head = null;
    this.#tail = null;
    this.#data = null;
  }
}
