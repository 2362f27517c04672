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
  switch (step) {
    case 8:
      return pairSearch(wordAt(pattern, 0), wordAt(pattern, 4));
    case 4:
      return wordSearch(wordAt(pattern, 0));
    case 2:
      return halfSearch(((pattern[0] ?? 0) | ((pattern[1] ?? 0) << 8)) & 0xffff);
    case 1:
      return pattern.length < 4 ? shortSearch(pattern) : longSearch(pattern);
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

function wordSearch(word: number): Search {
  return (bytes, out) => {
    const words = wordsOf(bytes);
    let count = 0;
    let at = words.indexOf(word);
    for (; at >= 0 && count < DENSE; at = words.indexOf(word, at + 1)) out[count++] = at * 4;
    if (at < 0) return count;
    for (let i = at; i < words.length; i++) if (words[i] === word) out[count++] = i * 4;
    return count;
  };
}

function halfSearch(half: number): Search {
  return (bytes, out) => {
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
    let count = 0;
    let at = halves.indexOf(half);
    for (; at >= 0 && count < DENSE; at = halves.indexOf(half, at + 1)) out[count++] = at * 2;
    if (at < 0) return count;
    for (let i = at; i < halves.length; i++) if (halves[i] === half) out[count++] = i * 2;
    return count;
  };
}

function pairSearch(low: number, high: number): Search {
  return (bytes, out) => {
    const words = wordsOf(bytes);
    const end = words.length & ~1;
    let count = 0;
    for (let i = 0; i < end; i += 2) if (words[i] === low && words[i + 1] === high) out[count++] = i * 4;
    return count;
  };
}

/** One to three bytes anywhere: words that have the first of them somewhere are looked at closely. */
function shortSearch(pattern: Uint8Array): Search {
  const [first = 0] = pattern;
  const four = Math.imul(first, ONES);
  return (bytes, out) => {
    const words = wordsOf(bytes);
    const last = bytes.length - pattern.length;
    let count = 0;
    const take = (from: number, end: number): void => {
      for (let at = from; at < end && at <= last; at++) if (bytes[at] === first && holdsAt(bytes, at, pattern)) out[count++] = at;
    };
    for (let i = 0; i < words.length; i++) {
      const differing = (words[i] ?? 0) ^ four;
      // Not 0 where one of the four bytes is 0: only from such a byte does the subtraction borrow into a top bit that was clear.
      if (((differing - ONES) & ~differing & TOPS) !== 0) take(i * 4, i * 4 + 4);
    }
    take(words.length * 4, bytes.length);
    return count;
  };
}

const ONES = 0x01010101;
const TOPS = 0x80808080;

/** Bytes that memory is full of. */
const COMMON_BYTES: readonly number[] = [0x00, 0xff];

function longSearch(pattern: Uint8Array): Search {
  const everywhere = allAlignments(pattern);
  return pattern.some((byte) => COMMON_BYTES.includes(byte)) ? everywhere : rareSearch(pattern, everywhere);
}

function rareSearch(pattern: Uint8Array, everywhere: Search): Search {
  const needle = Buffer.from(pattern);
  return (bytes, out) => {
    const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let count = 0;
    for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
      if (count === DENSE) return everywhere(bytes, out);
      out[count++] = at;
    }
    return count;
  };
}

/** Looks at the four places that begin in each word. */
function allAlignments(pattern: Uint8Array): Search {
  const wanted = wordAt(pattern, 0);
  return (bytes, out) => {
    const words = wordsOf(bytes);
    const last = bytes.length - pattern.length;
    let count = 0;
    const take = (at: number): void => {
      if (at <= last && holdsAt(bytes, at, pattern)) out[count++] = at;
    };
    let low = words[0] ?? 0;
    for (let i = 1; i < words.length; i++) {
      const high = words[i] ?? 0;
      const at = (i - 1) * 4;
      if (low === wanted) take(at);
      if (((low >>> 8) | (high << 24)) === wanted) take(at + 1);
      if (((low >>> 16) | (high << 16)) === wanted) take(at + 2);
      if (((low >>> 24) | (high << 8)) === wanted) take(at + 3);
      low = high;
    }
    for (let at = Math.max(0, (words.length - 1) * 4); at <= last; at++) take(at);
    return count;
  };
}

function holdsAt(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}
