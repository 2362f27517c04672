import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROPERTY } from '../../test/machine/processor.js';
import { copyMemory, isMapped, type MemoryLayout, newMemory, readMemory, wrapValue, writeMemory } from './memory.js';

const LAYOUT: MemoryLayout = {
  regions: [
    { name: 'a', address: 0x1000, length: 8, value: 0x1122_3344 },
    { name: 'c', address: 0x2000, length: 16, value: -1 },
    { name: 'b', address: 0x1008, length: 8, value: 0 },
    { name: 'kernel', address: -16, length: 16, value: 5 },
  ],
};

describe('memory', () => {
  test('begins as the layout says, little-endian', () => {
    const memory = newMemory(LAYOUT);
    expect([...memory.bytes.subarray(0, 8)]).toEqual([0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0]);
    expect(readMemory(memory, LAYOUT, 0x1000, 2)).toBe(0x3344);
    expect(readMemory(memory, LAYOUT, 0x1001, 2)).toBe(0x2233);
    expect([...memory.bytes.subarray(8, 24)]).toEqual(Array.from({ length: 16 }, () => 0xff));
    expect(readMemory(memory, LAYOUT, -16, 8)).toBe(5);
  });

  test('an access goes over from a region to its neighbour, however they are declared', () => {
    const memory = newMemory(LAYOUT);
    expect(writeMemory(memory, LAYOUT, { at: 0x1006, length: 4, value: 0x0102_0304 })).toBe(true);
    expect([0x1006, 0x1007, 0x1008, 0x1009].map((at) => readMemory(memory, LAYOUT, at, 1))).toEqual([4, 3, 2, 1]);
  });

  test.each([
    [0xfff, 1],
    [0xfff, 2],
    [0x1010, 1],
    [0x100f, 2],
    [-1, 2],
    [Number.NaN, 1],
  ])('a page fault at %i, %i bytes: nothing is written', (at, length) => {
    const memory = newMemory(LAYOUT);
    expect(isMapped(LAYOUT, at, length)).toBe(false);
    expect(readMemory(memory, LAYOUT, at, length)).toBeNull();
    expect(writeMemory(memory, LAYOUT, { at, length, value: 1 })).toBe(false);
    expect(memory).toEqual(newMemory(LAYOUT));
  });

  test('a copy has its own bytes', () => {
    const memory = newMemory(LAYOUT);
    const copy = copyMemory(memory);
    writeMemory(copy, LAYOUT, { at: 0x1000, length: 1, value: 0 });
    expect([memory.bytes[0], copy.bytes[0]]).toEqual([0x44, 0]);
  });

  test('any safe integer is read back modulo its length, in 8 bytes exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 16), (value, length) => {
        const memory = newMemory(LAYOUT);
        writeMemory(memory, LAYOUT, { at: 0x2000, length, value });
        const back = readMemory(memory, LAYOUT, 0x2000, length);
        expect(back).toBe(wrapValue(value, length));
        const modulus = 2n ** BigInt(8 * length);
        expect(((BigInt(back ?? 0) % modulus) + modulus) % modulus).toBe(((BigInt(value) % modulus) + modulus) % modulus);
      }),
      PROPERTY,
    );
  });

  test('a write touches its own bytes only', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.constantFrom(1, 2, 4, 8), fc.maxSafeInteger(), (offset, length, value) => {
        const memory = newMemory(LAYOUT);
        const before = newMemory(LAYOUT);
        const written = writeMemory(memory, LAYOUT, { at: 0x2000 + offset, length, value });
        expect(written).toBe(offset + length <= 16);
        for (let index = 0; index < memory.bytes.length; index++) {
          const inside = index >= 8 + offset && index < 8 + offset + length;
          if (!inside) expect(memory.bytes[index]).toBe(before.bytes[index]);
        }
      }),
      PROPERTY,
    );
  });
});
