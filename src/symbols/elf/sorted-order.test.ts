// The radix sort against the library's comparing sort.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortedOrder } from './sorted-order.js';

test('the order of any numbers below 2^53, equal ones in their order', () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 2 ** 53 - 1 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 ** 33 }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
      const expected = keys.map((_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
      expect(Array.from(sortedOrder(Float64Array.from(keys)))).toEqual(expected);
    }),
    { seed: 20070222 },
  );
});
