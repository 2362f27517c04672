import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DwarfError } from '../error.js';
import { Cursor } from './cursor.js';

const SEED = 20070222;

/** The usual encodings, minimal length. */
function uleb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

function sleb(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const last = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

function reader(...bytes: readonly number[]): Cursor {
  return new Cursor(Uint8Array.from(bytes));
}

describe('LEB128', () => {
  test('reads what was encoded, unsigned', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 0xffff_ffff_ffff_ffffn), (value) => {
        expect(reader(...uleb(value)).ulebBig()).toBe(value);
        if (value <= BigInt(Number.MAX_SAFE_INTEGER)) expect(reader(...uleb(value)).uleb()).toBe(Number(value));
      }),
      { seed: SEED },
    );
  });

  test('reads what was encoded, signed', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        expect(reader(...sleb(value)).slebBig()).toBe(value);
      }),
      { seed: SEED },
    );
  });

  test('accepts padding, as assemblers write it to keep room', () => {
    expect(reader(0x85, 0x80, 0x80, 0x00).uleb()).toBe(5);
    expect(reader(...Array.from({ length: 40 }, () => 0x80), 0).uleb()).toBe(0);
    expect(reader(0xff, 0xff, 0x7f).sleb()).toBe(-1);
  });

  test('refuses numbers that JavaScript cannot hold exactly', () => {
    expect(() => reader(...uleb(2n ** 53n)).uleb()).toThrow(DwarfError);
    expect(() => reader(...sleb(-(2n ** 54n))).sleb()).toThrow(DwarfError);
  });

  test('refuses to run over the end', () => {
    expect(() => reader(0x80, 0x80).uleb()).toThrow(DwarfError);
    expect(() => reader().slebBig()).toThrow(DwarfError);
  });
});

describe('fixed sizes', () => {
  test('are little-endian', () => {
    const cursor = reader(0x01, 0xfe, 0x34, 0x12, 0x56, 0x34, 0x12, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8);
    expect([cursor.u8(), cursor.s8(), cursor.u16(), cursor.u24(), cursor.u32()]).toEqual([1, -2, 0x1234, 0x123456, 0xffff_ffff]);
    expect(cursor.u64()).toBe(0x0807_0605_0403_0201n);
    expect(cursor.done).toBe(true);
  });

  test('stop at the end of the part they were given', () => {
    const cursor = new Cursor(Uint8Array.of(1, 2, 3, 4, 5), 1, 3);
    expect(cursor.u16()).toBe(0x0302);
    for (const read of [() => cursor.u8(), () => cursor.u32(), () => cursor.skip(1), () => cursor.block(1), () => cursor.string()]) {
      expect(read).toThrow(DwarfError);
    }
  });

  test('refuse offsets beyond 2^53', () => {
    expect(() => reader(0, 0, 0, 0, 0, 0, 0x20, 0).size64()).toThrow(DwarfError);
    expect(reader(1, 0, 0, 0, 1, 0, 0, 0).offset(8)).toBe(0x1_0000_0001);
  });
});

describe('address keys', () => {
  test('are the address itself in user space and keep the order up to the kernel', () => {
    const user = reader(0x78, 0x56, 0x34, 0x12, 0xff, 0x7f, 0, 0).addressKey(8);
    const kernel = reader(0, 0, 0, 0x81, 0xff, 0xff, 0xff, 0xff).addressKey(8);
    const kernelNext = reader(1, 0, 0, 0x81, 0xff, 0xff, 0xff, 0xff).addressKey(8);
    expect(user).toBe(0x7fff_1234_5678);
    expect(kernel).toBeGreaterThan(user);
    expect(kernelNext).toBe(kernel + 1);
  });
});

describe('initial length', () => {
  test('tells the 32-bit from the 64-bit format', () => {
    expect(reader(0x10, 0, 0, 0).initialLength()).toEqual({ length: 16, offsetSize: 4 });
    expect(reader(0xff, 0xff, 0xff, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0).initialLength()).toEqual({ length: 16, offsetSize: 8 });
  });

  test('refuses reserved values', () => {
    expect(() => reader(0xf0, 0xff, 0xff, 0xff).initialLength()).toThrow(/reserved/);
  });
});

test('strings end at their NUL and must have one', () => {
  const cursor = reader(0x61, 0x62, 0, 0x63);
  expect(cursor.string()).toBe(0);
  expect(cursor.pos).toBe(3);
  expect(() => cursor.string()).toThrow(DwarfError);
});
