// A ring of 32-bit words in memory that two threads share: one writes records, the other reads them, in order and without locks.
//
//   control   0 head: words written, modulo 2^32 | 1 tail: words read | 2 threads that are told of
//   record    size in words << 8 | type, then its body; it never wraps around: what is left of the ring's end is a record of type 0

const HEAD = 0;
const TAIL = 1;
const TELLERS = 2;
const CONTROL_WORDS = 3;
/** The type of the filling at the ring's end. */
const FILLING = 0;

/** Words; a power of two. */
const RING_WORDS = 1 << 19;
/** The longest record, in words. */
export const MOST_RECORD_WORDS = 1 << 13;

/** The shared memory of one ring. */
export interface RingMemory {
  readonly control: Int32Array;
  readonly words: Uint32Array;
}

export function newRingMemory(): RingMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS)),
    words: new Uint32Array(new SharedArrayBuffer(4 * RING_WORDS)),
  };
}

/** Bytes of a ring's memory, its control words included. */
export const RING_BYTES = 64 + 4 * RING_WORDS;

/** A ring in the first {@link RING_BYTES} from `offset` on. */
export function ringMemoryIn(buffer: ArrayBuffer, offset: number): RingMemory {
  return { control: new Int32Array(buffer, offset, CONTROL_WORDS), words: new Uint32Array(buffer, offset + 64, RING_WORDS) };
}

/** Waits, with the whole thread, until word `at` is no more `value`, or for so many milliseconds. */
export type WaitForWord = (words: Int32Array, at: number, value: number, milliseconds: number) => void;

/** Header of a record of `size` words, itself included. */
function header(type: number, size: number): number {
  return ((size << 8) | type) >>> 0;
}

/** The writing end. What does not fit waits in memory of its own, so that nothing is lost; {@link isFull} tells. */
export class RingWriter {
  readonly #memory: RingMemory;
  readonly #wait: WaitForWord;
  readonly #waiting: Uint32Array[] = [];
  /** The head, which nobody else writes, and the tail as it was when it was last looked up. */
  #head: number;
  #tail: number;
  #tellers = 0;

  /** `wait`: as Atomics.wait. */
  constructor(memory: RingMemory, wait: WaitForWord) {
    this.#memory = memory;
    this.#wait = wait;
    this.#head = Atomics.load(memory.control, HEAD);
    this.#tail = Atomics.load(memory.control, TAIL);
  }

  /** Whether something waits for room. */
  get isFull(): boolean {
    return this.#waiting.length > 0;
  }

  /** Nothing was written that is not read yet. */
  get isRead(): boolean {
    return isRead(this.#memory) && !this.isFull;
  }

  /** Writes a record: `record`'s first word is for its header, `size` words count. `type`: 1 to 255. */
  write(type: number, record: Uint32Array, size: number): void {
    record[0] = header(type, size);
    if (this.#waiting.length > 0 || !this.#tryWrite(record, size)) this.#waiting.push(record.slice(0, size));
  }

  /** The ring's words, for a record at a place that {@link reserve} has given. */
  get words(): Uint32Array {
    return this.#memory.words;
  }

  /** Where a record of `size` words may be put together in place, to be handed on by {@link commit}; -1: nowhere, a copy has to be written. */
  reserve(size: number): number {
    const at = (this.#head >>> 0) % RING_WORDS;
    return !this.isFull && size <= RING_WORDS - at && this.#hasRoom(size) ? at : -1;
  }

  /** Hands on the record of `size` words at `at`, of which only the header is missing. */
  commit(type: number, at: number, size: number): void {
    this.#memory.words[at] = header(type, size);
    this.#advance(size);
  }

  #advance(size: number): void {
    this.#head = (this.#head + size) | 0;
    Atomics.store(this.#memory.control, HEAD, this.#head);
  }

  /** The reader's place is looked up only where the last one that is known leaves too little. */
  #hasRoom(size: number): boolean {
    const { control } = this.#memory;
    if (RING_WORDS - ((this.#head - this.#tail) >>> 0) >= size) return true;
    this.#tail = Atomics.load(control, TAIL);
    return RING_WORDS - ((this.#head - this.#tail) >>> 0) >= size;
  }

  /** So many threads are told of; where there is but one, its reports are in order of time. */
  setTellers(count: number): void {
    // What more have told has to be read first.
    if (count < this.#tellers ? !this.isRead : count === this.#tellers) return;
    this.#tellers = count;
    Atomics.store(this.#memory.control, TELLERS, count);
  }

  /** Writes what waits, as far as there is room now. */
  flush(): void {
    while (this.#waiting.length > 0) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#tryWrite(next, next.length)) return;
      this.#waiting.shift();
    }
  }

  /** Waits at most `milliseconds` until the reader has read something. */
  waitForReader(milliseconds: number): void {
    const { control } = this.#memory;
    this.#wait(control, TAIL, Atomics.load(control, TAIL), milliseconds);
  }

  #tryWrite(record: Uint32Array, size: number): boolean {
    const { words } = this.#memory;
    const at = (this.#head >>> 0) % RING_WORDS;
    const toEnd = RING_WORDS - at;
    const filling = size > toEnd ? toEnd : 0;
    if (!this.#hasRoom(size + filling)) return false;
    if (filling > 0) words[at] = header(FILLING, filling);
    words.set(size === record.length ? record : record.subarray(0, size), filling > 0 ? 0 : at);
    this.#advance(filling + size);
    return true;
  }
}

/** Whether all that was written has been read. */
export function isRead({ control }: RingMemory): boolean {
  return Atomics.load(control, HEAD) === Atomics.load(control, TAIL);
}

/** How many threads are told of. */
export function tellers({ control }: RingMemory): number {
  return Atomics.load(control, TELLERS);
}

/** Called with each record: its type, the ring's words, and where in them its header is. */
export type ReadRecord = (type: number, words: Uint32Array, at: number) => void;

/** Reads all records there are now, each of which is the reader's only until `read` returns. */
export function readRing({ control, words }: RingMemory, read: ReadRecord): void {
  let tail = Atomics.load(control, TAIL);
  const head = Atomics.load(control, HEAD);
  if (tail === head) return;
  while (tail !== head) {
    const at = (tail >>> 0) % RING_WORDS;
    const first = words[at] ?? 0;
    const type = first & 0xff;
    if (type !== FILLING) read(type, words, at);
    tail = (tail + (first >>> 8)) | 0;
    Atomics.store(control, TAIL, tail);
  }
  Atomics.notify(control, TAIL);
}
