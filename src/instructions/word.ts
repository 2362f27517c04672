// A 64-bit value as two halves that can be overwritten: what the hot path computes with, so that it allocates nothing.

/** Two halves, both 0 to 2^32 - 1. */
export interface Word {
  lo: number;
  hi: number;
}

/** A new {@link Word} with the value 0. */
export function newWord(): Word {
  return { lo: 0, hi: 0 };
}

/** Sets `word` to the lowest `size` bytes (1 to 8) of hi:lo; the halves may be any integers, only their low 32 bits count. */
export function setWord(word: Word, lo: number, hi: number, size: number): void {
  if (size >= 4) {
    word.lo = lo >>> 0;
    word.hi = size >= 8 ? hi >>> 0 : (hi & (2 ** (8 * (size - 4)) - 1)) >>> 0;
  } else {
    word.lo = (lo & (2 ** (8 * size) - 1)) >>> 0;
    word.hi = 0;
  }
}

/** Reverses the byte order of the lowest `size` bytes (2, 4 or 8). */
export function swapBytes(word: Word, size: number): void {
  const { lo, hi } = word;
  if (size === 8) setWord(word, reverse32(hi), reverse32(lo), 8);
  else setWord(word, size === 4 ? reverse32(lo) : reverse32(lo) >>> 16, 0, size);
}

function reverse32(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

/** Byte `index` (0 to 7, lowest first). */
export function byteOf(word: Word, index: number): number {
  return (index < 4 ? word.lo >>> (8 * index) : word.hi >>> (8 * (index - 4))) & 0xff;
}
