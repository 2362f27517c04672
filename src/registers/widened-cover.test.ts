import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Piece } from './alignment.js';
import { InvalidRangeError } from './range-errors.js';
import { coverWidened, fewestSlots } from './widened-cover.js';

const TOP = 2n ** 64n;

/** Extra bytes, number of pieces and lowest byte of the best cover of [offset, offset + length) with `slots` pieces, by trying all. */
function bestByTrying(offset: number, length: number, slots: number): readonly [extra: number, pieces: number, lowest: number] | undefined {
  let best: readonly [number, number, number] | undefined;
  const search = (covered: ReadonlySet<number>, used: number): void => {
    let open = offset;
    while (covered.has(open)) open++;
    if (open >= offset + length) {
      const found = [covered.size - length, used, Math.min(...covered)] as const;
      const differs = found.findIndex((part, i) => part !== best?.[i]);
      if (best === undefined || (found[differs] ?? 0) < (best[differs] ?? 0)) best = found;
      return;
    }
    if (used === slots) return;
    for (const size of [1, 2, 4, 8]) {
      const start = Math.floor(open / size) * size;
      search(new Set([...covered, ...Array.from({ length: size }, (_, i) => start + i)]), used + 1);
    }
  };
  search(new Set(), 0);
  return best;
}

function expectCovers(pieces: readonly Piece[], address: bigint, length: number): void {
  let end = 0n;
  for (const piece of pieces) {
    expect(piece.address % BigInt(piece.length)).toBe(0n);
    expect(piece.address >= end, 'rising and disjoint').toBe(true);
    end = piece.address + BigInt(piece.length);
  }
  for (let byte = address; byte < address + BigInt(length); byte++) {
    const holders = pieces.filter((piece) => piece.address <= byte && byte < piece.address + BigInt(piece.length));
    expect(holders, `byte ${byte}`).toHaveLength(1);
  }
}

describe('coverWidened', () => {
  test.each([
    ['fits without widening', 0x1000n, 8, 4, [[0x1000n, 8]]],
    [
      '8 unaligned bytes with 2 slots',
      0x1001n,
      8,
      2,
      [
        [0x1000n, 8],
        [0x1008n, 1],
      ],
    ],
    [
      '2 bytes too many at either end: the lower end',
      0x1002n,
      12,
      3,
      [
        [0x1000n, 8],
        [0x1008n, 4],
        [0x100cn, 2],
      ],
    ],
    [
      'the largest range from an odd address',
      0x1001n,
      31,
      4,
      [
        [0x1000n, 8],
        [0x1008n, 8],
        [0x1010n, 8],
        [0x1018n, 8],
      ],
    ],
    ['one slot', 0x1003n, 3, 1, [[0x1000n, 8]]],
  ] as const)('%s', (_, address, length, slots, pieces) => {
    expect(coverWidened(address, length, slots)?.map((piece) => [piece.address, piece.length])).toEqual(pieces);
  });

  test('contains the range, is disjoint, keeps to the slots, and exists exactly when the words of 8 fit', () => {
    const range = fc
      .tuple(fc.bigInt({ min: 0n, max: TOP - 1n }), fc.integer({ min: 1, max: 40 }), fc.boolean())
      .map(([address, length, atTop]) => ({ address: atTop || address + BigInt(length) > TOP ? TOP - BigInt(length) : address, length }));
    fc.assert(
      fc.property(range, fc.integer({ min: 0, max: 6 }), ({ address, length }, slots) => {
        const words = new Set(Array.from({ length }, (_, i) => (address + BigInt(i)) >> 3n)).size;
        expect(fewestSlots(address, length)).toBe(words);
        const pieces = coverWidened(address, length, slots);
        expect(pieces !== undefined).toBe(words <= Math.min(slots, 4));
        if (pieces === undefined) return;
        expect(pieces.length).toBeLessThanOrEqual(Math.min(slots, 4));
        expectCovers(pieces, address, length);
      }),
      { seed: 20070222, numRuns: 1000 },
    );
  });

  test('no cover watches fewer bytes beside the range, as few with fewer slots, or both from a lower address on: every short range, against trying all', () => {
    for (let offset = 0; offset < 8; offset++) {
      for (let length = 1; length <= 33; length++) {
        for (let slots = 1; slots <= 4; slots++) {
          const pieces = coverWidened(BigInt(0x4000 + offset), length, slots);
          const watched = pieces?.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
          const found = pieces && [watched - length, pieces.length, Number(pieces[0]?.address) - 0x4000];
          expect(found, `offset ${offset}, ${length} bytes, ${slots} slots`).toEqual(bestByTrying(offset, length, slots));
        }
      }
    }
  });

  test('a very long range is refused without a search', () => {
    expect(coverWidened(1n, Number.MAX_SAFE_INTEGER, 4)).toBeUndefined();
  });

  test('a range that wraps or is empty is an error', () => {
    expect(() => coverWidened(TOP - 1n, 2, 4)).toThrow(InvalidRangeError);
    expect(() => coverWidened(0n, 0, 4)).toThrow(InvalidRangeError);
    expect(() => fewestSlots(0n, 0)).toThrow(InvalidRangeError);
  });
});
