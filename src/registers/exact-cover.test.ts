import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverExact, exactSlots } from './exact-cover.js';
import { InvalidRangeError } from './range-errors.js';

const TOP = 2n ** 64n;
const seed = { seed: 20070222 };

/** A range anywhere, the end of the address space included. */
const range = fc
  .tuple(fc.bigInt({ min: 0n, max: TOP - 1n }), fc.integer({ min: 1, max: 200 }), fc.boolean())
  .map(([address, length, atTop]) => ({ address: atTop || address + BigInt(length) > TOP ? TOP - BigInt(length) : address, length }));

/** The fewest aligned runs inside [0, length) + offset that together are all of it, by trying all, overlapping ones too. */
function fewestByTrying(offset: number, length: number): number {
  const full = (1 << length) - 1;
  const known = new Map<number, number>([[full, 0]]);
  const from = (covered: number): number => {
    const before = known.get(covered);
    if (before !== undefined) return before;
    const firstOpen = Math.log2(~covered & (covered + 1));
    let best = Number.POSITIVE_INFINITY;
    for (const size of [1, 2, 4, 8]) {
      const start = Math.floor((offset + firstOpen) / size) * size - offset;
      if (start < 0 || start + size > length) continue;
      best = Math.min(best, 1 + from(covered | (((1 << size) - 1) << start)));
    }
    known.set(covered, best);
    return best;
  };
  return from(0);
}

describe('coverExact', () => {
  test.each([
    [0x1000n, 8, [8]],
    [0x1001n, 8, [1, 2, 4, 1]],
    [0x1004n, 8, [4, 4]],
    [0x1003n, 1, [1]],
    [0x1000n, 32, [8, 8, 8, 8]],
    [0x1007n, 2, [1, 1]],
    [TOP - 3n, 3, [1, 2]],
  ])('%s, %i bytes: pieces of %j', (address, length, lengths) => {
    expect(coverExact(address, length).map((piece) => piece.length)).toEqual(lengths);
  });

  test('is exactly the range: aligned pieces, one after the other, from its first byte to its last', () => {
    fc.assert(
      fc.property(range, ({ address, length }) => {
        let at = address;
        for (const piece of coverExact(address, length)) {
          expect(piece.address).toBe(at);
          expect(piece.address % BigInt(piece.length)).toBe(0n);
          at += BigInt(piece.length);
        }
        expect(at).toBe(address + BigInt(length));
      }),
      seed,
    );
  });

  test('no cover has fewer pieces: every range of up to 20 bytes from each offset, against trying all covers', () => {
    for (let offset = 0; offset < 8; offset++) {
      for (let length = 1; length <= 20; length++) {
        expect(coverExact(BigInt(0x4000 + offset), length).length, `offset ${offset}, ${length} bytes`).toBe(
          fewestByTrying(offset, length),
        );
      }
    }
  });

  test('exactSlots counts the same pieces', () => {
    fc.assert(
      fc.property(range, ({ address, length }) => {
        expect(exactSlots(address, length)).toBe(coverExact(address, length).length);
      }),
      { ...seed, numRuns: 1000 },
    );
    expect(exactSlots(0n, Number.MAX_SAFE_INTEGER)).toBe(2 ** 50 - 1 + 3);
  });
});

describe('ranges that are none', () => {
  test.each([
    [-1n, 1, 'address'],
    [TOP, 1, 'address'],
    [0x1000n, 0, 'length'],
    [0x1000n, -4, 'length'],
    [0x1000n, 1.5, 'length'],
    [0x1000n, Number.NaN, 'length'],
    [0x1000n, 2 ** 60, 'length'],
    [TOP - 1n, 2, 'wraps'],
  ] as const)('%s, length %d: %s', (address, length, reason) => {
    for (const cover of [coverExact, exactSlots]) {
      expect(() => cover(address, length)).toThrow(InvalidRangeError);
      expect(() => cover(address, length)).toThrow(expect.objectContaining({ code: 'invalid-range', address, length, reason }));
    }
  });
});
