import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitNumbers, bitWords, hex, isU64 } from './bits.js';

describe('bits in words', () => {
  test.each([
    [[12], 'bit 12'],
    [[12, 14, 15], 'bits 12, 14-15'],
    [[32, 33, 34, 63], 'bits 32-34, 63'],
  ])('%j is "%s"', (numbers, words) => {
    expect(bitWords(numbers)).toBe(words);
  });

  test('bitNumbers lists exactly the bits that are 1', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 63 })), (bits) => {
        const mask = bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
        expect(bitNumbers(mask)).toEqual(bits.toSorted((a, b) => a - b));
      }),
      { seed: 20070222 },
    );
  });

  test('hex keeps the sign, isU64 knows both ends', () => {
    expect([hex(0n), hex(0xffff_0ff0n), hex(-16n)]).toEqual(['0x0', '0xffff0ff0', '-0x10']);
    expect([-1n, 0n, 2n ** 64n - 1n, 2n ** 64n].map(isU64)).toEqual([false, true, true, false]);
  });
});
