// Numbers that are the same in every run, and look random.

/** mulberry32: each call gives the next number of 0 to 1 (exclusive). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same as whole numbers: each call gives one of 0 to `end` (exclusive). */
export function numbersBelow(seed: number): (end: number) => number {
  const next = randomNumbers(seed);
  return (end) => Math.floor(next() * end);
}
