// Typed text and a type become the bytes that memory must hold.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadValueError } from './errors.js';
import { type FindType, soughtText, soughtValue } from './sought.js';

function bytes(text: string, type: FindType | null): number[] {
  return [...soughtValue(text, type).bytes];
}

test.each([
  ['100', 'int32', [100, 0, 0, 0]],
  ['-1', 'int32', [0xff, 0xff, 0xff, 0xff]],
  ['2147483647', 'int32', [0xff, 0xff, 0xff, 0x7f]],
  ['2147483648', 'u32', [0, 0, 0, 0x80]],
  ['0xdeadbeef', 'u32', [0xef, 0xbe, 0xad, 0xde]],
  ['-2147483649', 'int64', [0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff]],
  ['0xffffffffffffffff', 'u64', Array(8).fill(0xff)],
  ['1.5', 'f64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]],
  ['1e3', 'f64', [0, 0, 0, 0, 0, 0x40, 0x8f, 0x40]],
] as const)('%s is taken as %s', (text, type, expected) => {
  expect(soughtValue(text, null)).toEqual({ type, bytes: Uint8Array.from(expected) });
});

test.each([
  ['-1', 'int8', [0xff]],
  ['255', 'u8', [255]],
  ['0b101', 'u16', [5, 0]],
  ['5', 'f32', [0, 0, 0xa0, 0x40]],
  ['-inf', 'f32', [0, 0, 0x80, 0xff]],
  ['größe', 'text', [...new TextEncoder().encode('größe')]],
  ['de ad:be,EF', 'bytes', [0xde, 0xad, 0xbe, 0xef]],
  ['0x0001', 'bytes', [0, 1]],
] as const)('%s as %s', (text, type, expected) => {
  expect(bytes(text, type)).toEqual(expected);
});

test('whole numbers come back as they were written', () => {
  const types = ['int8', 'int16', 'int32', 'int64', 'u8', 'u16', 'u32', 'u64'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (type, any) => {
      const bits = Number.parseInt(type.replace(/\D/g, ''), 10);
      const value = type.startsWith('u') ? BigInt.asUintN(bits, any) : BigInt.asIntN(bits, any);
      expect(soughtText(soughtValue(String(value), type).bytes, type)).toBe(String(value));
    }),
    { seed: 20070222 },
  );
});

describe('refuses, and says why:', () => {
  test.each([
    ['300', 'u8', '300 does not fit u8, which goes from 0 to 255'],
    ['-1', 'u32', '-1 does not fit u32'],
    ['-129', 'int8', '-129 does not fit int8'],
    ['1.5', 'int32', '"1.5" is no value of type int32'],
    ['1e39', 'f32', '1e39 does not fit f32'],
    ['one', 'f64', '"one" is no value of type f64'],
    ['0x10000000000000000', null, '0x10000000000000000 does not fit 64 bits'],
    ['health', null, '"health" is not a number'],
    ['', null, '"" is not a number'],
    ['', 'text', 'the value is empty'],
    ['x'.repeat(257), 'text', 'a value of 257 bytes is too long'],
    ['abc', 'bytes', '"abc" is no run of bytes'],
    ['zz', 'bytes', '"zz" is no run of bytes'],
  ] as const)('%s as %s', (text, type, message) => {
    expect(() => soughtValue(text, type)).toThrow(BadValueError);
    expect(() => soughtValue(text, type)).toThrow(message);
  });
});
