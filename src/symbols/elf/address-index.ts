// From an address to the symbol that contains it: symbols sorted by address, binary search, and rules for what overlaps.
//
// Of several symbols at one address one is kept: typed before untyped, larger before smaller, not local before local, then the one
// with fewer leading underscores (`write`, not `__write`), strong before weak. Inside nested symbols the innermost sized one wins. A symbol
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
    this.#starts = startsOf(words, best);
    this.#ends = new Float64Array(best.length);
    this.#reach = new Float64Array(best.length);
    let reach = 0;
    for (let i = 0; i < best.length; i++) {
      const end = (this.#starts[i] ?? 0) + sizeOf(words, best[i] ?? 0);
      reach = Math.max(reach, end);
      this.#ends[i] = end;
      this.#reach[i] = reach;
    }
  }

  /** Index in the table of the symbol that contains `address`, or null. */
  find(address: bigint): number | null {
    const key = addressKeyOf(address);
    const at = this.#lastStartUpTo(key);
    if (at < 0) return null;
    for (let i = at; i >= 0 && at - i < MOST_STEPS && (this.#reach[i] ?? 0) > key; i--) {
      if ((this.#ends[i] ?? 0) > key) return this.#symbols[i] ?? null;
    }
    // A label inside a symbol ends with it; one that stands alone has reached nowhere beyond its own start.
    const stands = this.#reach[at] === this.#starts[at];
    return stands ? (this.#symbols[at] ?? null) : null;
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
  const keys = startsOf(words, placed);
  const order = sortedOrder(keys);
  const best = new Uint32Array(placed.length);
  let length = 0;
  let lastKey = -1;
  for (let i = 0; i < order.length; i++) {
    const position = order[i] ?? 0;
    const index = placed[position] ?? 0;
    const key = keys[position] ?? 0;
    if (key !== lastKey) best[length++] = index;
    else if (isBetter(words, names, [index, best[length - 1] ?? 0])) best[length - 1] = index;
    lastKey = key;
  }
  return best.subarray(0, length);
}

/** Whether the first symbol is to be kept rather than the second, which has the same address. */
function isBetter(words: Uint32Array, names: Uint8Array, [index, other]: readonly [number, number]): boolean {
  const typed = typedness(words, index) - typedness(words, other);
  if (typed !== 0) return typed > 0;
  const size = sizeOf(words, index) - sizeOf(words, other);
  return size === 0 ? rank(words, names, index) > rank(words, names, other) : size > 0;
}

function typedness(words: Uint32Array, index: number): 0 | 1 {
  return typeOf(words[index * WORDS_PER_SYMBOL + 1] ?? 0) === SYMBOL_TYPE.untyped ? 0 : 1;
}

/** Higher is preferred. */
function rank(words: Uint32Array, names: Uint8Array, index: number): number {
  const binding = bindingOf(words[index * WORDS_PER_SYMBOL + 1] ?? 0);
  const shared = binding === SYMBOL_BINDING.local ? 0 : 1;
  const plain = 3 - Math.min(3, leadingUnderscores(names, words[index * WORDS_PER_SYMBOL] ?? 0));
  const strong = binding === SYMBOL_BINDING.weak ? 0 : 1;
  return shared * 16 + plain * 4 + strong;
}

function leadingUnderscores(names: Uint8Array, start: number): number {
  let count = 0;
  while (names[start + count] === UNDERSCORE) count++;
  return count;
}

function startsOf(words: Uint32Array, symbols: Uint32Array): Float64Array {
  const starts = new Float64Array(symbols.length);
  for (let i = 0; i < symbols.length; i++) {
    const base = (symbols[i] ?? 0) * WORDS_PER_SYMBOL;
    starts[i] = addressKey(words[base + 2] ?? 0, words[base + 3] ?? 0);
  }
  return starts;
}

function sizeOf(words: Uint32Array, index: number): number {
  const base = index * WORDS_PER_SYMBOL;
  return (words[base + 5] ?? 0) * 0x1_0000_0000 + (words[base + 4] ?? 0);
}
