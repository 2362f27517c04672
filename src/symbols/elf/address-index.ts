// From an address to the symbol that contains it: symbols sorted by address, binary search, and rules for what overlaps.
//
// Of several symbols at one address one is kept: typed before untyped, sized before size 0, not local before local, then the one with
// fewer leading underscores (`write`, not `__write`), strong before weak. Inside nested symbols the innermost sized one wins. A symbol
// of size 0 (an assembler's label) reaches to the next symbol, but never wins over a sized one around it.
import { addressKey, addressKeyOf } from '../../base/u64.js';
import { sortedOrder } from './sorted-order.js';
import { bindingOf, SECTION_INDEX, SYMBOL_BINDING, SYMBOL_BYTES, SYMBOL_TYPE, sectionOf, typeOf, WORDS_PER_SYMBOL } from './symbol.js';

const UNDERSCORE = 0x5f;
/** Nested symbols looked through before giving up; real files nest two or three deep. */
const MOST_STEPS = 256;

export class AddressIndex {
  /** Start addresses as {@link addressKey}, ascending, no two equal. */
  readonly #starts: Float64Array;
  /** The index in the table of the symbol at each start. */
  readonly #symbols: Uint32Array;
  readonly #ends: Float64Array;
  /** The largest end up to and including each position: where it is not beyond the address, nothing further down contains it. */
  readonly #reach: Float64Array;

  constructor(words: Uint32Array, names: Uint8Array) {
    const best = distinctStarts(words, names, placedSymbols(words));
    this.#symbols = best;
    this.#starts = Float64Array.from(best, (index) => startOf(words, index));
    this.#ends = Float64Array.from(best, (index) => startOf(words, index) + sizeOf(words, index));
    this.#reach = this.#ends.slice();
    for (let i = 1; i < this.#reach.length; i++) this.#reach[i] = Math.max(this.#reach[i] ?? 0, this.#reach[i - 1] ?? 0);
  }

  /** Index in the table of the symbol that contains `address`, or null. */
  find(address: bigint): number | null {
    const key = addressKeyOf(address);
    const at = this.#lastStartUpTo(key);
    if (at < 0) return null;
    for (let i = at; i >= 0 && at - i < MOST_STEPS && (this.#reach[i] ?? 0) > key; i--) {
      if ((this.#ends[i] ?? 0) > key) return this.#symbols[i] ?? null;
    }
    const unsized = this.#ends[at] === this.#starts[at];
    return unsized ? (this.#symbols[at] ?? null) : null;
  }

  #lastStartUpTo(key: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Indices of all named symbols that stand for a place in memory, in table order. */
function placedSymbols(words: Uint32Array): Uint32Array {
  const count = Math.floor((words.length * 4) / SYMBOL_BYTES);
  const placed = new Uint32Array(count);
  let length = 0;
  for (let index = 1; index < count; index++) {
    const word = words[index * WORDS_PER_SYMBOL + 1] ?? 0;
    if (isPlaced(word) && (words[index * WORDS_PER_SYMBOL] ?? 0) !== 0) placed[length++] = index;
  }
  return placed.subarray(0, length);
}

function isPlaced(word: number): boolean {
  const type = typeOf(word);
  const section = sectionOf(word);
  const code = type === SYMBOL_TYPE.function || type === SYMBOL_TYPE.indirect;
  const placedType = code || type === SYMBOL_TYPE.object || type === SYMBOL_TYPE.untyped;
  return placedType && section !== SECTION_INDEX.undefined && section !== SECTION_INDEX.absolute && section !== SECTION_INDEX.common;
}

/** The best symbol at each address, by ascending address. */
function distinctStarts(words: Uint32Array, names: Uint8Array, placed: Uint32Array): Uint32Array {
  const keys = Float64Array.from(placed, (index) => startOf(words, index));
  const best = new Uint32Array(placed.length);
  let length = 0;
  let lastKey = -1;
  for (const position of sortedOrder(keys)) {
    const index = placed[position] ?? 0;
    const key = keys[position] ?? 0;
    if (key !== lastKey) best[length++] = index;
    else if (rank(words, names, index) > rank(words, names, best[length - 1] ?? 0)) best[length - 1] = index;
    lastKey = key;
  }
  return best.subarray(0, length);
}

/** Higher is preferred. */
function rank(words: Uint32Array, names: Uint8Array, index: number): number {
  const word = words[index * WORDS_PER_SYMBOL + 1] ?? 0;
  const binding = bindingOf(word);
  const typed = typeOf(word) === SYMBOL_TYPE.untyped ? 0 : 1;
  const sized = sizeOf(words, index) > 0 ? 1 : 0;
  const shared = binding === SYMBOL_BINDING.local ? 0 : 1;
  const plain = 3 - Math.min(3, leadingUnderscores(names, words[index * WORDS_PER_SYMBOL] ?? 0));
  const strong = binding === SYMBOL_BINDING.weak ? 0 : 1;
  return typed * 64 + sized * 32 + shared * 16 + plain * 4 + strong;
}

function leadingUnderscores(names: Uint8Array, start: number): number {
  let count = 0;
  while (names[start + count] === UNDERSCORE) count++;
  return count;
}

function startOf(words: Uint32Array, index: number): number {
  const base = index * WORDS_PER_SYMBOL;
  return addressKey(words[base + 2] ?? 0, words[base + 3] ?? 0);
}

function sizeOf(words: Uint32Array, index: number): number {
  const base = index * WORDS_PER_SYMBOL;
  return (words[base + 5] ?? 0) * 0x1_0000_0000 + (words[base + 4] ?? 0);
}
