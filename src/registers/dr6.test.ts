import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DR6_RESERVED, DR6_RESET, type Dr6Fields, decodeDr6, dr6OfPositive, encodeDr6, positiveDr6 } from './dr6.js';
import { RegisterValueError } from './register-value-error.js';

const writable = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const any64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const seed = { seed: 20070222 };

const quiet: Dr6Fields = {
  hits: [false, false, false, false],
  busLock: false,
  registerAccess: false,
  singleStep: false,
  taskSwitch: false,
  transaction: false,
  reserved: 0n,
};

const fields: fc.Arbitrary<Dr6Fields> = fc.record({
  hits: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
  busLock: fc.boolean(),
  registerAccess: fc.boolean(),
  singleStep: fc.boolean(),
  taskSwitch: fc.boolean(),
  transaction: fc.boolean(),
  reserved: writable.map((bits) => bits & DR6_RESERVED),
});

describe('decodeDr6', () => {
  test('the reset value gives no reason', () => {
    expect(decodeDr6(DR6_RESET)).toEqual({ ...quiet, writable: true });
  });

  test.each([
    ['slot 0', 0xffff_0ff1n, { hits: [true, false, false, false] }],
    ['slots 0 and 3', 0xffff_0ff9n, { hits: [true, false, false, true] }],
    ['single step', 0xffff_4ff0n, { singleStep: true }],
    ['single step and slot 0', 0xffff_4ff1n, { singleStep: true, hits: [true, false, false, false] }],
    ['debug register access', 0xffff_2ff0n, { registerAccess: true }],
    ['task switch', 0xffff_8ff0n, { taskSwitch: true }],
    ['bus lock, active low', 0xffff_07f0n, { busLock: true }],
    ['transaction, active low', 0xfffe_0ff0n, { transaction: true }],
  ])('%s (R-020, R-531)', (_, value, reasons) => {
    expect(decodeDr6(value)).toEqual({ ...quiet, ...reasons, writable: true });
    expect(encodeDr6({ ...quiet, ...reasons } as Dr6Fields)).toBe(value);
  });

  test('reserved holds the bits that do not read as they should: 12 set, 4 and 31 clear', () => {
    expect(decodeDr6(DR6_RESET | 0x1000n).reserved).toBe(0x1000n);
    expect(decodeDr6(DR6_RESET & ~0x8000_0010n).reserved).toBe(0x8000_0010n);
  });

  test('a value is writable unless one of the upper 32 bits is set (R-003)', () => {
    fc.assert(
      fc.property(any64, (value) => {
        expect(decodeDr6(value).writable).toBe(value < 2n ** 32n);
      }),
      seed,
    );
    expect(decodeDr6(DR6_RESET | (1n << 32n)).writable).toBe(false);
  });

  test.each([-1n, 2n ** 64n])('refuses %s', (value) => {
    expect(() => decodeDr6(value)).toThrow(expect.objectContaining({ code: 'register-value', register: 'dr6', value }));
  });
});

describe('encodeDr6', () => {
  test('gives back every writable value, reserved bits included', () => {
    fc.assert(
      fc.property(writable, (value) => {
        expect(encodeDr6(decodeDr6(value))).toBe(value);
      }),
      { ...seed, numRuns: 2000 },
    );
    for (const value of [0n, DR6_RESET, 0xffff_ffffn]) expect(encodeDr6(decodeDr6(value))).toBe(value);
  });

  test('loses no field', () => {
    fc.assert(
      fc.property(fields, (given) => {
        expect(decodeDr6(encodeDr6(given))).toEqual({ ...given, writable: true });
      }),
      seed,
    );
  });

  test('refuses what would raise #GP, and what no bits stand for', () => {
    expect(() => encodeDr6(decodeDr6(DR6_RESET | (3n << 62n)))).toThrow(RegisterValueError);
    expect(() => encodeDr6(decodeDr6(DR6_RESET | (3n << 62n)))).toThrow('dr6: bits 62-63 must be 0: writing a 1 there raises #GP');
    expect(() => encodeDr6({ ...quiet, reserved: 1n })).toThrow('dr6: 0x1 has bits that are not reserved');
  });
});

describe('positive polarity (R-026)', () => {
  test('0 is no reason, and the way back is the same', () => {
    expect(positiveDr6(DR6_RESET)).toBe(0n);
    expect(positiveDr6(0xffff_4ff1n)).toBe(0x4001n);
    fc.assert(
      fc.property(any64, (value) => {
        expect(dr6OfPositive(positiveDr6(value))).toBe(value);
      }),
      seed,
    );
  });
});
