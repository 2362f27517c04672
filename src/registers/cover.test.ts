import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HwbkptError } from '../base/errors.js';
import { type CoverRequest, planCover } from './cover.js';
import { exactSlots } from './exact-cover.js';
import { CoverError, InvalidRangeError } from './range-errors.js';
import { fewestSlots } from './widened-cover.js';

function refusal(request: CoverRequest): CoverError {
  try {
    planCover(request);
  } catch (error) {
    if (error instanceof CoverError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const request: fc.Arbitrary<CoverRequest> = fc.record({
  address: fc.bigInt({ min: 0n, max: 2n ** 64n - 200n }),
  length: fc.integer({ min: 1, max: 60 }),
  slots: fc.integer({ min: 0, max: 4 }),
  access: fc.constantFrom('write', 'readwrite', 'io'),
});

describe('planCover', () => {
  test('is exact where that fits, else widened where that fits, else refused with what would fit', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { address, length, slots } = asked;
        const needed = fewestSlots(address, length);
        if (needed > slots) {
          expect(refusal(asked)).toMatchObject({ code: 'range-too-long', address, length, slotsNeeded: needed, slotsFree: slots });
          return;
        }
        const { kind, pieces } = planCover(asked);
        const watched = pieces.reduce((sum, piece) => sum + piece.length, 0);
        expect(kind).toBe(exactSlots(address, length) <= slots ? 'exact' : 'widened');
        expect(kind === 'exact' ? watched === length : watched > length).toBe(true);
        expect(pieces.length).toBeLessThanOrEqual(slots);
      }),
      { seed: 20070222, numRuns: 1000 },
    );
  });

  test('what a refusal says would fit does fit, and one byte more does not', () => {
    const tooLong = request.map((asked) => ({ ...asked, length: asked.length + 32 })).filter(({ slots }) => slots > 0);
    fc.assert(
      fc.property(tooLong, (asked) => {
        const { fitting } = refusal(asked);
        expect(planCover({ ...asked, length: fitting }).pieces.length).toBeLessThanOrEqual(asked.slots);
        expect(() => planCover({ ...asked, length: fitting + 1 })).toThrow(CoverError);
      }),
      { seed: 20070222 },
    );
  });

  test('more than 4 free slots count as 4', () => {
    expect(refusal({ address: 0x1000n, length: 40, slots: 9, access: 'write' }).slotsFree).toBe(4);
  });

  test('an execute breakpoint is one slot of length 1 at the instruction, whatever the length of the function', () => {
    const plan = planCover({ address: 0x1001n, length: 500, slots: 1, access: 'execute' });
    expect(plan).toEqual({ kind: 'exact', pieces: [{ address: 0x1001n, length: 1 }] });
    expect(refusal({ address: 0x1001n, length: 500, slots: 0, access: 'execute' })).toMatchObject({ slotsNeeded: 1, slotsFree: 0 });
  });
});

describe('a refusal says what to do', () => {
  test('longer than the processor can watch', () => {
    const error = refusal({ address: 0x1004n, length: 100, slots: 4, access: 'write' });
    expect(error).toBeInstanceOf(HwbkptError);
    expect(error.message).toBe('100 bytes from 0x1004 on need 13 debug registers, 4 free');
    expect(error.hint).toBe('The processor has 4 debug registers of at most 8 aligned bytes. What fits now: 28 bytes, 0x1004:28.');
  });

  test('longer than the free slots can watch', () => {
    const error = refusal({ address: 0x1000n, length: 16, slots: 1, access: 'write' });
    expect(error.message).toBe('16 bytes from 0x1000 on need 2 debug registers, 1 free');
    expect(error.hint).toBe('End breakpoints that hold 1 more debug register. What fits now: 8 bytes, 0x1000:8.');
  });

  test('no slot free', () => {
    const error = refusal({ address: 0x1000n, length: 1, slots: 0, access: 'write' });
    expect(error.message).toBe('1 byte from 0x1000 on need 1 debug register, 0 free');
    expect(error.fitting).toBe(0);
    expect(error.hint).toBe('End breakpoints that hold 1 more debug register.');
  });

  test('a range that is none', () => {
    expect(() => planCover({ address: 2n ** 64n - 1n, length: 2, slots: 4, access: 'write' })).toThrow(InvalidRangeError);
    expect(() => planCover({ address: 0n, length: 0, slots: 4, access: 'execute' })).toThrow(InvalidRangeError);
  });
});
