import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignDown, comparedBytes, isAligned } from './alignment.js';
import { SLOT_LENGTHS } from './lengths.js';

const address = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const length = fc.constantFrom(...SLOT_LENGTHS);

describe('what a slot compares (R-009)', () => {
  test.each([
    [0x1003n, 1, 0x1003n],
    [0x1003n, 2, 0x1002n],
    [0x1003n, 4, 0x1000n],
    [0x100fn, 8, 0x1008n],
    [0xffff_ffff_ffff_ffffn, 8, 0xffff_ffff_ffff_fff8n],
  ] as const)('address %s with length %i watches from %s on', (given, bytes, start) => {
    expect(comparedBytes(given, bytes)).toEqual({ address: start, length: bytes });
  });

  test('the watched bytes are aligned and contain the address', () => {
    fc.assert(
      fc.property(address, length, (given, bytes) => {
        const watched = comparedBytes(given, bytes);
        expect(watched.address % BigInt(bytes)).toBe(0n);
        expect(watched.address <= given && given < watched.address + BigInt(bytes)).toBe(true);
        expect(isAligned(given, bytes)).toBe(watched.address === given);
        expect(alignDown(given, bytes)).toBe(watched.address);
      }),
      { seed: 20070222 },
    );
  });
});
