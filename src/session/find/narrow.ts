// Keeps of many places those whose value did what somebody saw it do, and remembers what they hold now.
import { assertNever } from '../../base/assert.js';
import { sameBytes } from '../../model/format-value.js';
import type { MemorySource, Monitor } from './memory-source.js';
import { type Block, countPlaces, type Places } from './places.js';

/** What a place must have done since it was last looked at. */
export type Test =
  /** Held `was` then (null: anything), and holds `now`. */
  | { readonly kind: 'now'; readonly was: Uint8Array | null; readonly now: Uint8Array }
  | { readonly kind: 'changed' }
  | { readonly kind: 'unchanged' };

/** What is left. */
export interface Narrowed {
  readonly places: Places;
  /** Places whose memory could not be read any more: they are not left. */
  readonly gone: number;
}

/** How long (ms) this works before others get a turn. */
const TURN_MS = 25;

/** Throws what source and monitor throw. */
export async function narrow(source: MemorySource, places: Places, test: Test, monitor: Monitor): Promise<Narrowed> {
  const total = countPlaces(places) * places.size;
  const kept: Block[] = [];
  let [gone, done, turn] = [0, 0, performance.now()];
  for (const block of places.blocks) {
    const result = new BlockNarrowing(source, { places, block, test }).run();
    gone += result.gone;
    done += block.offsets.length * places.size;
    if (result.block !== null) kept.push(result.block);
    if (performance.now() - turn < TURN_MS) continue;
    await monitor.progress(done, total);
    turn = performance.now();
  }
  return {
    places: { size: places.size, blocks: kept, common: test.kind === 'now' ? test.now : test.kind === 'unchanged' ? places.common : null },
    gone,
  };
}

/** One block, in as few reads as there are chunks. */
class BlockNarrowing {
  readonly #source: MemorySource;
  readonly #places: Places;
  readonly #block: Block;
  readonly #rule: Rule;
  readonly #offsets: Uint32Array;
  readonly #values: Uint8Array | null;
  #kept = 0;
  #gone = 0;

  constructor(source: MemorySource, { places, block, test }: { readonly places: Places; readonly block: Block; readonly test: Test }) {
    this.#source = source;
    this.#places = places;
    this.#block = block;
    this.#rule = ruleOf(test, places);
    this.#offsets = new Uint32Array(block.offsets.length);
    const differ = test.kind === 'changed' || (test.kind === 'unchanged' && places.common === null);
    this.#values = differ ? new Uint8Array(block.offsets.length * places.size) : null;
  }

  run(): { readonly block: Block | null; readonly gone: number } {
    const { offsets, base } = this.#block;
    for (let first = 0; first < offsets.length; ) {
      // Chunks begin where a place does, rounded down so that the bytes are aligned.
      const from = (offsets[first] ?? 0) & ~7;
      const next = this.#endOfChunk(first, from);
      const length = (offsets[next - 1] ?? 0) + this.#places.size - from;
      const got = this.#source.visit(base + BigInt(from), length, (bytes) => this.#examine(bytes, { first, next, from }));
      if (got === length) first = next;
      else first = this.#skipUnreadable(first, from + got);
    }
    const block = {
      base,
      offsets: this.#offsets.slice(0, this.#kept),
      values: this.#values?.slice(0, this.#kept * this.#places.size) ?? null,
    };
    return { block: this.#kept === 0 ? null : block, gone: this.#gone };
  }

  /** Index of the first place, from `first` on, that does not fit into a chunk that begins at `from`. */
  #endOfChunk(first: number, from: number): number {
    const { offsets } = this.#block;
    const end = from + this.#source.chunkBytes - this.#places.size;
    let next = first + 1;
    while (next < offsets.length && (offsets[next] ?? 0) <= end) next++;
    return next;
  }

  #examine(bytes: Uint8Array, { first, next, from }: { readonly first: number; readonly next: number; readonly from: number }): void {
    const { size } = this.#places;
    const { offsets, values: last } = this.#block;
    const { now, same, was } = this.#rule;
    // In locals, because this loop runs once for each of up to millions of places.
    const [kept, values] = [this.#offsets, this.#values];
    let count = this.#kept;
    for (let i = first; i < next; i++) {
      const offset = offsets[i] ?? 0;
      const at = offset - from;
      if (at + size > bytes.length) break;
      const isSame = now !== null ? equal(bytes, at, now, 0, size) : last !== null && equal(bytes, at, last, i * size, size);
      if (isSame !== same || (was !== null && (last === null || !equal(last, i * size, was, 0, size)))) continue;
      if (values !== null) for (let k = 0; k < size; k++) values[count * size + k] = bytes[at + k] ?? 0;
      kept[count++] = offset;
    }
    this.#kept = count;
  }

  /** The first place behind the page that could not be read, which begins at or around `end`. */
  #skipUnreadable(first: number, end: number): number {
    const { offsets, base } = this.#block;
    const { size } = this.#places;
    const page = Number((base + BigInt(end)) & 0xfffn);
    const behind = end - page + PAGE;
    let next = first;
    while (next < offsets.length && (offsets[next] ?? 0) + size <= end) next++;
    while (next < offsets.length && (offsets[next] ?? 0) < behind) {
      next++;
      this.#gone++;
    }
    return next;
  }
}

const PAGE = 4096;

/** Whether `size` bytes of `a` from `at` on are those of `b` from `from` on. */
function equal(a: Uint8Array, at: number, b: Uint8Array, from: number, size: number): boolean {
  for (let k = 0; k < size; k++) if (a[at + k] !== b[from + k]) return false;
  return true;
}

/** What is compared at each place. */
interface Rule {
  /** With these bytes; null: with what the place held when last seen. */
  readonly now: Uint8Array | null;
  /** Whether they must be the same. */
  readonly same: boolean;
  /** What the place must have held when last seen; null: anything, or what all did. Where all held something else there are no values, and none passes. */
  readonly was: Uint8Array | null;
}

function ruleOf(test: Test, { common }: Places): Rule {
  switch (test.kind) {
    case 'now':
      return { now: test.now, same: true, was: common !== null && test.was !== null && sameBytes(common, test.was) ? null : test.was };
    case 'changed':
      return { now: common, same: false, was: null };
    case 'unchanged':
      return { now: common, same: true, was: null };
    default:
      return assertNever(test);
  }
}
