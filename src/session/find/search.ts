// Finds every place in a run of bytes that holds a pattern, at several GB a second, whatever the memory is full of.
//
// Several ways, because each is slow somewhere (measured, GB a second: indexOf on aligned words 12.9, a loop over pairs of words 4.9 to 10, one over
// all four alignments 1.8; Buffer.indexOf 20 on text, but 0.2 for a pattern with zeros in memory full of zeros).

/** Where a search puts what it found: offsets of places from the start of the bytes. Returns how many. */
export type Search = (bytes: Uint8Array, out: Uint32Array) => number;

/** Distance of the places that are looked at. */
export type Step = 1 | 2 | 4 | 8;

/**
 * A search for `pattern` (1 byte or more) at multiples of `step`; `step` above 1 is the pattern's length. The bytes must begin at a multiple of 8
 * of their buffer; `out` must have room for all that can be found.
 */
export function searchFor(pattern: Uint8Array, step: Step): Search {
  const [low, high] = [wordAt(pattern, 0), wordAt(pattern, 4)];
  // What is looked for goes to the loops as an argument: read from a closure it costs half the speed from the second search on.
  switch (step) {
    case 8:
      return (bytes, out) => findPair(bytes, out, [low, high]);
    case 4:
      return (bytes, out) => findWord(bytes, out, low);
    case 2:
      return (bytes, out) => findHalf(bytes, out, low & 0xffff);
    case 1:
      return pattern.length < 4 ? (bytes, out) => findShort(bytes, out, pattern) : longSearch(pattern);
  }
}

/** The little-endian word at `at`, signed as Int32Array has it. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}

/** After so many finds a call for each costs more than looking at everything. */
const DENSE = 1024;

function findWord(bytes: Uint8Array, out: Uint32Array, word: number): number {
  const words = wordsOf(bytes);
  let count = 0;
  let at = words.indexOf(word);
  for (; at >= 0 && count < DENSE; at = words.indexOf(word, at + 1)) out[count++] = at * 4;
  if (at < 0) return count;
  for (let i = at; i < words.length; i++) if (words[i] === word) out[count++] = i * 4;
  return count;
}

function findHalf(bytes: Uint8Array, out: Uint32Array, half: number): number {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
  let count = 0;
  let at = halves.indexOf(half);
  for (; at >= 0 && count < DENSE; at = halves.indexOf(half, at + 1)) out[count++] = at * 2;
  if (at < 0) return count;
  for (let i = at; i < halves.length; i++) if (halves[i] === half) out[count++] = i * 2;
  return count;
}

function findPair(bytes: Uint8Array, out: Uint32Array, [low, high]: readonly [number, number]): number {
  const words = wordsOf(bytes);
  const end = words.length & ~1;
  let count = 0;
  for (let i = 0; i < end; i += 2) if (words[i] === low && words[i + 1] === high) out[count++] = i * 4;
  return count;
}

/** One to three bytes anywhere: words that have the first of them somewhere are looked at closely. */
function findShort(bytes: Uint8Array, out: Uint32Array, pattern: Uint8Array): number {
  const words = wordsOf(bytes);
  const first = pattern[0] ?? 0;
  const four = Math.imul(first, ONES);
  const single = pattern.length === 1;
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    const differing = word ^ four;
    // Not 0 where one of the four bytes is 0: only from such a byte does the subtraction borrow into a top bit that was clear.
    if (((differing - ONES) & ~differing & TOPS) === 0) continue;
    const at = i * 4;
    if ((word & 0xff) === first && (single || goesOn(bytes, at, pattern))) out[count++] = at;
    if (((word >>> 8) & 0xff) === first && (single || goesOn(bytes, at + 1, pattern))) out[count++] = at + 1;
    if (((word >>> 16) & 0xff) === first && (single || goesOn(bytes, at + 2, pattern))) out[count++] = at + 2;
    if (word >>> 24 === first && (single || goesOn(bytes, at + 3, pattern))) out[count++] = at + 3;
  }
  for (let at = words.length * 4; at < bytes.length; at++) if (bytes[at] === first && goesOn(bytes, at, pattern)) out[count++] = at;
  return count;
}

/** Whether all but the first byte of `pattern` follow at `at`; behind the end nothing does. */
function goesOn(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  for (let i = 1; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}

const ONES = 0x01010101;
const TOPS = 0x80808080;

/** Bytes that memory is full of. */
const COMMON_BYTES: readonly number[] = [0x00, 0xff];

function longSearch(pattern: Uint8Array): Search {
  if (pattern.some((byte) => COMMON_BYTES.includes(byte))) return (bytes, out) => findAnywhere(bytes, out, pattern);
  return (bytes, out) => findRare(bytes, out, pattern);
}

function findRare(bytes: Uint8Array, out: Uint32Array, pattern: Uint8Array): number {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (let at = haystack.indexOf(pattern); at >= 0; at = haystack.indexOf(pattern, at + 1)) {
    if (count === DENSE) return findAnywhere(bytes, out, pattern);
    out[count++] = at;
  }
  return count;
}

/** Looks at the four places that begin in each word. */
function findAnywhere(bytes: Uint8Array, out: Uint32Array, pattern: Uint8Array): number {
  const wanted = wordAt(pattern, 0);
  const words = wordsOf(bytes);
  const last = words.length - 1;
  let count = 0;
  let low = words[0] ?? 0;
  for (let i = 0; i < last; i++) {
    const high = words[i + 1] ?? 0;
    const at = i * 4;
    if (low === wanted && goesOnFrom4(bytes, at, pattern)) out[count++] = at;
    if (((low >>> 8) | (high << 24)) === wanted && goesOnFrom4(bytes, at + 1, pattern)) out[count++] = at + 1;
    if (((low >>> 16) | (high << 16)) === wanted && goesOnFrom4(bytes, at + 2, pattern)) out[count++] = at + 2;
    if (((low >>> 24) | (high << 8)) === wanted && goesOnFrom4(bytes, at + 3, pattern)) out[count++] = at + 3;
    low = high;
  }
  for (let at = Math.max(0, last * 4); at < bytes.length; at++)
    if (bytes[at] === pattern[0] && goesOn(bytes, at, pattern)) out[count++] = at;
  return count;
}

function goesOnFrom4(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  for (let i = 4; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}
