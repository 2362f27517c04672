// The order of many numbers by a radix sort: a hundred thousand addresses in a few milliseconds, where a comparing sort takes fifty.

const DIGIT_BITS = 11;
const DIGIT_VALUES = 1 << DIGIT_BITS;

/** Positions of `keys` (integers from 0 to 2^53 - 1) in ascending order of key; equal keys stay in their order. */
export function sortedOrder(keys: Float64Array): Uint32Array {
  const low = new Uint32Array(keys.length);
  const high = new Uint32Array(keys.length);
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? 0;
    low[i] = key >>> 0;
    high[i] = Math.floor(key / 0x1_0000_0000);
    order[i] = i;
  }
  return sortByHalf(high, sortByHalf(low, order));
}

/** `order`, stably sorted by 32-bit `halves`, from the lowest digit up. */
function sortByHalf(halves: Uint32Array, order: Uint32Array): Uint32Array {
  let sorted = order;
  let next: Uint32Array = new Uint32Array(order.length);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    const starts = digitStarts(halves, shift);
    if (starts === null) continue;
    for (let i = 0; i < sorted.length; i++) {
      const position = sorted[i] ?? 0;
      const digit = ((halves[position] ?? 0) >>> shift) & (DIGIT_VALUES - 1);
      const to = starts[digit] ?? 0;
      next[to] = position;
      starts[digit] = to + 1;
    }
    [sorted, next] = [next, sorted];
  }
  return sorted;
}

/** Where the numbers with each value of one digit begin, or null where all have the same. */
function digitStarts(halves: Uint32Array, shift: number): Uint32Array | null {
  const starts = new Uint32Array(DIGIT_VALUES);
  for (let i = 0; i < halves.length; i++) {
    const digit = ((halves[i] ?? 0) >>> shift) & (DIGIT_VALUES - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts.includes(halves.length)) return null;
  let start = 0;
  for (let digit = 0; digit < DIGIT_VALUES; digit++) {
    const count = starts[digit] ?? 0;
    starts[digit] = start;
    start += count;
  }
  return starts;
}
