import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTable } from './address-table.js';

test('finds every address that was set, with its last value, and no other', () => {
  const half = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half, fc.integer()), { maxLength: 600 }), (entries) => {
      const table = new AddressTable<number>();
      const expected = new Map<string, number>();
      for (const [lo, hi, value] of entries) {
        table.set(lo, hi, value);
        expected.set(`${lo} ${hi}`, value);
      }
      expect(table.size).toBe(expected.size);
      for (const [lo, hi] of entries) expect(table.get(lo, hi)).toBe(expected.get(`${lo} ${hi}`));
      expect(table.get(0xdead_beef, 0xcafe)).toBe(expected.get(`${0xdead_beef} ${0xcafe}`));
    }),
    { seed: 20070222, numRuns: 50 },
  );
});

test('forgets everything', () => {
  const table = new AddressTable<string>();
  for (let address = 0; address < 1000; address++) table.set(16 * address, 0x7f00, 'a');
  table.clear();
  expect(table.size).toBe(0);
  expect(table.get(16, 0x7f00)).toBeUndefined();
});
