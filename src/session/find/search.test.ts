// Every search finds what a look at every place finds, in memory of all kinds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Step, searchFor } from './search.js';

function found(bytes: Uint8Array, pattern: Uint8Array, step: Step): number[] {
  const out = new Uint32Array(bytes.length + 8);
  return [...out.subarray(0, searchFor(pattern, step)(bytes, out))];
}

function expected(bytes: Uint8Array, pattern: Uint8Array, step: Step): number[] {
  const places = Array.from({ length: Math.max(0, bytes.length - pattern.length + 1) }, (_, at) => at);
  return places.filter((at) => at % step === 0 && pattern.every((byte, k) => bytes[at + k] === byte));
}

/** Few values, so that patterns occur; sometimes mostly zeros, as memory is. */
const memory = fc.oneof(
  fc.uint8Array({ maxLength: 200, min: 0, max: 2 }),
  fc.uint8Array({ maxLength: 200, min: 0xfe }),
  fc.uint8Array({ maxLength: 64 }),
  fc.array(fc.nat({ max: 40 }), { maxLength: 20 }).map((gaps) => Uint8Array.from(gaps.flatMap((gap) => [...Array(gap).fill(0), 1]))),
);

test.each([
  [8, 8],
  [4, 4],
  [2, 2],
  [1, 1],
  [1, 2],
  [1, 3],
  [1, 4],
  [1, 5],
  [1, 8],
  [1, 11],
] as const)('at multiples of %i, %i bytes', (step, length) => {
  const pattern = fc.oneof(
    fc.uint8Array({ minLength: length, maxLength: length, min: 0, max: 2 }),
    fc.uint8Array({ minLength: length, maxLength: length }),
  );
  fc.assert(
    fc.property(memory, pattern, fc.nat(), (bytes, wanted, at) => {
      expect(found(bytes, wanted, step)).toEqual(expected(bytes, wanted, step));
      // And one that is there.
      const there = bytes.slice(bytes.length < length ? 0 : at % (bytes.length - length + 1)).slice(0, length);
      if (there.length === length) expect(found(bytes, there, step)).toEqual(expected(bytes, there, step));
    }),
    { seed: 20070222, numRuns: 300 },
  );
});

test.each([
  [8, [0, 0, 0, 0, 0, 0, 0, 0]],
  [4, [0, 0, 0, 0]],
  [2, [0, 0]],
  [1, [0]],
  [1, [0, 0, 0, 0, 0]],
] as const)('at multiples of %i, when memory holds nothing else', (step, pattern) => {
  const bytes = new Uint8Array(40_003);
  expect(found(bytes, Uint8Array.from(pattern), step)).toHaveLength(Math.floor((bytes.length - pattern.length) / step) + 1);
});

test('text that is everywhere', () => {
  const text = new TextEncoder().encode('abcd'.repeat(3000));
  expect(found(text, new TextEncoder().encode('abcd'), 1)).toHaveLength(3000);
});
