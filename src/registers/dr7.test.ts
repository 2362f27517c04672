import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DR7_RESERVED, DR7_RESET, type Dr7Fields, decodeDr7, encodeDr7, perSlot } from './dr7.js';
import type { SlotLength } from './lengths.js';
import { RegisterValueError } from './register-value-error.js';

const writable = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
const any64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const seed = { seed: 20070222 };

const slotFields = fc.record({
  local: fc.boolean(),
  global: fc.boolean(),
  access: fc.constantFrom('execute', 'write', 'io', 'readwrite'),
  length: fc.constantFrom<SlotLength[]>(1, 2, 4, 8),
});
const fields: fc.Arbitrary<Dr7Fields> = fc.record({
  slots: fc.tuple(slotFields, slotFields, slotFields, slotFields),
  localExact: fc.boolean(),
  globalExact: fc.boolean(),
  bit10: fc.boolean(),
  rtm: fc.boolean(),
  generalDetect: fc.boolean(),
  reserved: fc.constantFrom(0n, 0x1000n, 0x4000n, 0x8000n, 0xd000n),
});

describe('decodeDr7', () => {
  test('the reset value has every slot off and bit 10 set', () => {
    const off = { local: false, global: false, enabled: false, access: 'execute', length: 1 };
    expect(decodeDr7(DR7_RESET)).toEqual({
      slots: [off, off, off, off],
      localExact: false,
      globalExact: false,
      bit10: true,
      rtm: false,
      generalDetect: false,
      reserved: 0n,
      writable: true,
    });
  });

  test.each(perSlot((slot) => slot))('bits of slot %i, by their numbers (R-005)', (slot) => {
    const at = (bit: number) => 1n << BigInt(bit);
    expect(decodeDr7(at(2 * slot)).slots[slot]).toMatchObject({ local: true, global: false, enabled: true });
    expect(decodeDr7(at(2 * slot + 1)).slots[slot]).toMatchObject({ local: false, global: true, enabled: true });
    expect(decodeDr7(at(16 + 4 * slot)).slots[slot]).toMatchObject({ access: 'write', length: 1, enabled: false });
    expect(decodeDr7(at(17 + 4 * slot)).slots[slot]).toMatchObject({ access: 'io', length: 1 });
    expect(decodeDr7(at(18 + 4 * slot)).slots[slot]).toMatchObject({ access: 'execute', length: 2 });
    expect(decodeDr7(at(19 + 4 * slot)).slots[slot]).toMatchObject({ access: 'execute', length: 8 });
  });

  test.each([
    ['localExact', 8],
    ['globalExact', 9],
    ['bit10', 10],
    ['rtm', 11],
    ['generalDetect', 13],
  ] as const)('%s is bit %i', (name, bit) => {
    expect(decodeDr7(1n << BigInt(bit))[name]).toBe(true);
    expect(decodeDr7(0xffff_ffffn ^ (1n << BigInt(bit)))[name]).toBe(false);
  });

  test('a thread watching 4 bytes for writes in slot 0, as gdb programs it', () => {
    expect(decodeDr7(0xd0101n)).toMatchObject({ localExact: true, slots: [{ local: true, access: 'write', length: 4 }, {}, {}, {}] });
  });

  test('a value is writable unless one of the upper 32 bits is set (R-003)', () => {
    fc.assert(
      fc.property(any64, (value) => {
        const dr7 = decodeDr7(value);
        expect(dr7.writable).toBe(value < 2n ** 32n);
        expect(dr7.reserved).toBe(value & DR7_RESERVED);
      }),
      seed,
    );
    expect(decodeDr7(1n << 32n).writable).toBe(false);
  });

  test.each([-1n, 2n ** 64n])('refuses %s', (value) => {
    expect(() => decodeDr7(value)).toThrow(expect.objectContaining({ code: 'register-value', register: 'dr7', value }));
  });
});

describe('encodeDr7', () => {
  test('gives back every writable value, reserved bits included', () => {
    fc.assert(
      fc.property(writable, (value) => {
        expect(encodeDr7(decodeDr7(value))).toBe(value);
      }),
      { ...seed, numRuns: 2000 },
    );
    for (const value of [0n, DR7_RESET, 0xffff_ffffn]) expect(encodeDr7(decodeDr7(value))).toBe(value);
  });

  test('loses no field', () => {
    fc.assert(
      fc.property(fields, (given) => {
        expect(decodeDr7(encodeDr7(given))).toMatchObject(given);
      }),
      seed,
    );
  });

  test('refuses every value that would raise #GP', () => {
    const faulting = fc.bigInt({ min: 2n ** 32n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(faulting, (value) => {
        expect(() => encodeDr7(decodeDr7(value))).toThrow(RegisterValueError);
      }),
      seed,
    );
    expect(() => encodeDr7(decodeDr7(1n << 40n))).toThrow('dr7: bit 40 must be 0: writing a 1 there raises #GP');
  });

  test('refuses what no bits stand for', () => {
    const reset = decodeDr7(DR7_RESET);
    const [first, ...rest] = reset.slots;
    const strange = (part: object): Dr7Fields => ({ ...reset, slots: [{ ...first, ...part }, ...rest] });
    expect(() => encodeDr7(strange({ length: 3 }))).toThrow('dr7: slot 0 cannot watch 3 bytes, only 1, 2, 4 or 8');
    expect(() => encodeDr7(strange({ access: 'read' }))).toThrow('dr7: slot 0 cannot watch for "read"');
    expect(() => encodeDr7({ ...reset, reserved: 1n })).toThrow('dr7: 0x1 has bits that are not reserved');
  });
});
