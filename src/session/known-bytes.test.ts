import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreeIn, bytesFrom, putValue } from './known-bytes.js';

const SEED = { seed: 20070222 };
const place = fc.record({ offset: fc.integer({ min: -16, max: 40 }), size: fc.integer({ min: 1, max: 16 }) });
const length = fc.integer({ min: 1, max: 32 });

function inMask(mask: number, index: number): boolean {
  return (mask & (1 << index)) !== 0;
}

test('a mask has the bytes of the place that lie in the range, up to all 32', () => {
  expect(bytesFrom(0, 32, 32)).toBe(-1);
  expect(bytesFrom(31, 1, 32)).toBe(1 << 31);
  fc.assert(
    fc.property(place, length, ({ offset, size }, total) => {
      const mask = bytesFrom(offset, size, total);
      for (let i = 0; i < 32; i++) expect(inMask(mask, i)).toBe(i >= offset && i < offset + size && i < total);
    }),
    SEED,
  );
});

test('a value is written byte by byte, little-endian, and cut off at both ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -8, max: 10 }),
      fc.integer({ min: 1, max: 8 }),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      (offset, size, value) => {
        const target = new Uint8Array(10).fill(0xee);
        putValue(target, { lo: Number(value & 0xffff_ffffn), hi: Number(value >> 32n) }, offset, size);
        const expected = Array.from({ length: 10 }, (_, i) =>
          i >= offset && i < offset + size ? Number((value >> BigInt(8 * (i - offset))) & 0xffn) : 0xee,
        );
        expect([...target]).toEqual(expected);
      },
    ),
    SEED,
  );
});

test('agreement looks at the bytes of the mask only', () => {
  const [a, b] = [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 9, 3)];
  expect(agreeIn(a, b, 0b101)).toBe(true);
  expect(agreeIn(a, b, 0b010)).toBe(false);
  expect(agreeIn(a, b, 0)).toBe(true);
});
