// The memory that each armed piece's program shares with this process: where the watched bytes are, the last value, and counters.
//
//   0 address of the range u64 | 8 address of the value u64 | 16 hits that found no room in the ring | 24 hits that the condition left out
//  32 hits counted | 40 counts that found no room | 48 accesses of our own to the watched bytes | 56 last value u64 | 64 it is known u64
//  72 old value of the last hit that passed a filter u64 | 80 it is known u64
import { highU32, lowU32 } from '../../base/u64.js';
import { type Place, R9, SharedArray } from '../../linux/bpf/index.js';

const BLOCK_BYTES = 128;
/** Pieces armed at once and disarmed ones whose last records are still to be read. */
const BLOCKS = 1024;

const OFFSET = {
  rangeAddress: 0,
  valueAddress: 8,
  full: 16,
  filtered: 24,
  counted: 32,
  uncounted: 40,
  ownAccesses: 48,
  lastValue: 56,
  lastKnown: 64,
  passedOld: 72,
  passedOldKnown: 80,
} as const;

type Field = keyof typeof OFFSET;

/** A field of the block, for programs. */
export function inBlock(field: Field): Place {
  return { base: R9, offset: OFFSET[field] };
}

/** All blocks of a session. */
export class Blocks implements Disposable {
  readonly #memory = new SharedArray('hwbkpt_blocks', BLOCKS * BLOCK_BYTES);
  readonly #free: number[] = Array.from({ length: BLOCKS }, (_, i) => BLOCKS - 1 - i);

  get fd(): number {
    return this.#memory.fd;
  }

  /** Takes a block, all zeros; null where there is none left. */
  take(): number | null {
    const block = this.#free.pop() ?? null;
    if (block !== null) this.#memory.words.fill(0, this.#word(block, 0), this.#word(block, BLOCK_BYTES));
    return block;
  }

  /** No program uses it any more. */
  giveBack(block: number): void {
    this.#free.push(block);
  }

  /** Where the block begins in the array's value. */
  offsetOf(block: number): number {
    return block * BLOCK_BYTES;
  }

  #word(block: number, offset: number): number {
    return (block * BLOCK_BYTES + offset) / 4;
  }

  /** Exact below 2^53. */
  count(block: number, field: Field): number {
    const at = this.#word(block, OFFSET[field]);
    const { words } = this.#memory;
    return (words[at + 1] ?? 0) * 0x1_0000_0000 + (words[at] ?? 0);
  }

  /** The two halves of a word. */
  halves(block: number, field: Field): Uint32Array {
    const at = this.#word(block, OFFSET[field]);
    return this.#memory.words.slice(at, at + 2);
  }

  set(block: number, field: Field, value: bigint): void {
    const at = this.#word(block, OFFSET[field]);
    const { words } = this.#memory;
    words[at + 1] = highU32(value);
    words[at] = lowU32(value);
  }

  [Symbol.dispose](): void {
    this.#memory[Symbol.dispose]();
  }
}
