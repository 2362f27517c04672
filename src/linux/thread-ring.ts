// The ring of one thread's events, read while that thread stands: the kernel writes it in the thread's own context, so nothing moves meanwhile.
//
//   page 0: data_head @1024, data_tail @1032 (u64, bytes ever written and read) | pages 1 .. N: records, 8-byte aligned, wrapping around
//
// Where {@link PerfRing} hands whole batches on, this one shows record after record where it lies, without a bigint.
import { Mapping, PAGE_SIZE } from './mapping.js';

/** Word positions in page 0. */
const HEAD = 1024 / 4;
const TAIL = 1032 / 4;
const WORD = 0x1_0000_0000;
/** Positions count words, modulo 2^30, as the lower half of the kernel's count of bytes does. */
const POSITIONS = WORD / 4 - 1;

/** Called with each record: the words it lies in, and where it begins. Both are the callee's only until it returns. */
export type ReadRingRecord = (words: Uint32Array, at: number) => void;

export class ThreadRing extends Mapping {
  readonly #size: number;
  #control: Uint32Array | null;
  #data: Uint32Array | null;
  /** A record that wraps around, in one piece. */
  #straight = new Uint32Array(64);
  #tail = 0;

  /** Maps the ring of `fd` with `pages` data pages (a power of two). Throws LinuxError (EPERM: over the locked-memory limit). */
  constructor(fd: number, pages: number) {
    super((1 + pages) * PAGE_SIZE, fd);
    this.#size = (pages * PAGE_SIZE) / 4;
    this.#control = new Uint32Array(this.view(), 0, PAGE_SIZE / 4);
    this.#data = new Uint32Array(this.view(), PAGE_SIZE, this.#size);
  }

  /** Shows all records that are there, and gives their space back. */
  read(show: ReadRingRecord): void {
    const control = this.#control;
    const data = this.#data;
    if (control === null || data === null) return;
    const head = Math.floor((control[HEAD] ?? 0) / 4);
    let from = this.#tail & POSITIONS;
    if (head === from) return;
    while (from !== head) {
      const at = from % this.#size;
      const words = (data[at + 1] ?? 0) >>> 18;
      if (at + words <= this.#size) show(data, at);
      else show(this.#copy(data, at, words), 0);
      from = (from + words) & POSITIONS;
      this.#tail += words;
    }
    const bytes = 4 * this.#tail;
    control[TAIL] = bytes >>> 0;
    control[TAIL + 1] = Math.floor(bytes / WORD);
  }

  /** Whether there are records to be read. */
  get hasRecords(): boolean {
    const control = this.#control;
    return control !== null && Math.floor(Atomics.load(control, HEAD) / 4) !== (this.#tail & POSITIONS);
  }

  /** Shows the oldest record, should there be one, also while the thread runs; it stays there. */
  peek(show: ReadRingRecord): void {
    const control = this.#control;
    const data = this.#data;
    if (control === null || data === null) return;
    const from = this.#tail & POSITIONS;
    if (Math.floor(Atomics.load(control, HEAD) / 4) === from) return;
    const at = from % this.#size;
    const words = (data[at + 1] ?? 0) >>> 18;
    if (at + words <= this.#size) show(data, at);
    else show(this.#copy(data, at, words), 0);
  }

  #copy(data: Uint32Array, at: number, words: number): Uint32Array {
    if (this.#straight.length < words) this.#straight = new Uint32Array(words);
    const first = this.#size - at;
    this.#straight.set(data.subarray(at), 0);
    this.#straight.set(data.subarray(0, words - first), first);
    return this.#straight;
  }

  protected release(): void {
    this.#control = null;
    this.#data = null;
  }
}
