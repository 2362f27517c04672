import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameBytes, valueToJson, valueToText } from './format-value.js';
import type { JsonValue } from './messages.js';
import type { ValueType } from './value.js';

const SEED = { seed: 20070222 };

function integer(kind: 'signed' | 'unsigned', size: number): ValueType {
  return { kind, size, name: 'made' };
}

function bytesOf(value: bigint, size: number): Uint8Array {
  const unsigned = BigInt.asUintN(size * 8, value);
  return Uint8Array.from({ length: size }, (_, i) => Number((unsigned >> BigInt(8 * i)) & 0xffn));
}

function floatBytes(value: number, size: 4 | 8): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

describe('integers', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 16])('of %i bytes read back as what they are', (size) => {
    const bits = BigInt(size * 8);
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }), (value) => {
        const bytes = bytesOf(value, size);
        const unsigned = BigInt.asUintN(size * 8, value);
        expect(valueToText(bytes, integer('signed', size))).toBe(value.toString());
        expect(valueToText(bytes, integer('unsigned', size))).toBe(unsigned.toString());
        const [json, unsignedJson] = [valueToJson(bytes, integer('signed', size)), valueToJson(bytes, integer('unsigned', size))];
        expect([typeof json, typeof unsignedJson]).toEqual(size <= 6 ? ['number', 'number'] : ['string', 'string']);
        expect([BigInt(String(json)), BigInt(String(unsignedJson))]).toEqual([value, unsigned]);
      }),
      SEED,
    );
  });

  test('of 8 bytes are exact around the largest number', () => {
    for (const value of [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, -(2n ** 63n), 0n, -1n]) {
      expect(valueToJson(bytesOf(value, 8), integer('signed', 8))).toBe(value.toString());
    }
    expect(valueToText(bytesOf(-1n, 8), integer('unsigned', 8))).toBe('18446744073709551615');
  });

  test('are read from the part of a buffer that they are in', () => {
    const inside = Uint8Array.from([9, 9, 1, 0, 0, 0, 9, 9]).subarray(2, 6);
    expect(valueToJson(inside, integer('signed', 4))).toBe(1);
  });
});

describe('bit-fields', () => {
  const field = (shift: number, width: number, signed: boolean): ValueType => ({
    ...{ kind: 'bits', name: 'made', size: Math.ceil((shift + width) / 8), members: new Map() },
    ...{ shift, width, signed },
  });

  test('of any place and width read back as what they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(63), fc.integer({ min: 1, max: 64 }), (bits, shift, wide) => {
        const width = Math.min(wide, 64 - shift);
        const type = field(shift, width, false);
        const bytes = bytesOf(bits, type.size);
        const [unsigned, signed] = [BigInt.asUintN(width, bits >> BigInt(shift)), BigInt.asIntN(width, bits >> BigInt(shift))];
        expect(valueToText(bytes, type)).toBe(unsigned.toString());
        expect(valueToText(bytes, field(shift, width, true))).toBe(signed.toString());
        expect(valueToJson(bytes, type)).toBe(width <= 53 ? Number(unsigned) : unsigned.toString());
      }),
      SEED,
    );
  });

  test('of an enumeration have names', () => {
    const type: ValueType = { ...(field(2, 3, true) as Extract<ValueType, { kind: 'bits' }>), members: new Map([[-1n, 'BLUE']]) };
    expect(valueToText(Uint8Array.of(0x1c), type)).toBe('BLUE');
    expect(valueToJson(Uint8Array.of(0x08), type)).toBe(2);
  });
});

describe('floats', () => {
  const F32: ValueType = { kind: 'float', size: 4, name: 'float' };
  const F64: ValueType = { kind: 'float', size: 8, name: 'double' };

  test('of 4 bytes are the shortest decimals that read back', () => {
    expect(valueToText(floatBytes(0.1, 4), F32)).toBe('0.1');
    expect(valueToJson(floatBytes(16777216, 4), F32)).toBe(16777216);
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = valueToText(floatBytes(value, 4), F32);
        expect(Object.is(Math.fround(Number(text)), value)).toBe(true);
        expect(text.replace(/e.*|^-|\./g, '').replace(/^0+|0+$/g, '').length).toBeLessThanOrEqual(9);
        expect(Object.is(valueToJson(floatBytes(value, 4), F32), Number(text))).toBe(true);
      }),
      SEED,
    );
  });

  test('of 4 bytes need at most 9 digits', () => {
    expect(valueToText(floatBytes(15.3942585, 4), F32)).toBe('15.3942585');
    expect(valueToText(floatBytes(1.1754942e-38, 4), F32)).toBe('1.1754942e-38');
  });

  test('of 8 bytes are as JavaScript writes them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(valueToJson(floatBytes(value, 8), F64), value)).toBe(true);
        expect(Object.is(Number(valueToText(floatBytes(value, 8), F64)), value)).toBe(true);
      }),
      SEED,
    );
  });

  test('that JSON has no numbers for are text', () => {
    expect([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN].map((value) => valueToJson(floatBytes(value, 4), F32))).toEqual(
      ['Infinity', '-Infinity', 'NaN'],
    );
  });

  test('zero keeps its sign', () => {
    expect(valueToText(floatBytes(-0, 4), F32)).toBe('-0');
    expect(valueToJson(floatBytes(-0, 8), F64)).toBe(-0);
  });
});

describe('other types', () => {
  const CHAR: ValueType = { kind: 'character', size: 1, name: 'char', signed: true };
  const COLOR: ValueType = {
    kind: 'enum',
    size: 4,
    name: 'color',
    signed: true,
    members: new Map([
      [5n, 'GREEN'],
      [-1n, 'BLUE'],
    ]),
  };

  test('characters that can be printed are told from numbers', () => {
    expect(valueToJson(Uint8Array.of(0x61), CHAR)).toBe('a');
    expect(valueToJson(Uint8Array.of(0x31), CHAR)).toBe('1');
    expect(valueToJson(Uint8Array.of(1), CHAR)).toBe(1);
    expect(valueToJson(Uint8Array.of(0xff), CHAR)).toBe(-1);
    expect(valueToJson(Uint8Array.of(0xff), { ...CHAR, signed: false })).toBe(255);
    expect([0x27, 0x5c, 0x0a, 0x20].map((code) => valueToText(Uint8Array.of(code), CHAR))).toEqual([`'''`, `'\\'`, '10', `' '`]);
    expect(valueToText(Uint8Array.of(0x61, 0, 0, 0), { ...CHAR, size: 4 })).toBe(`'a'`);
    expect(valueToText(Uint8Array.of(0x61, 1, 0, 0), { ...CHAR, size: 4 })).toBe('353');
  });

  test('an enum is its name, or its number where it has none', () => {
    expect(valueToJson(bytesOf(5n, 4), COLOR)).toBe('GREEN');
    expect(valueToJson(bytesOf(-1n, 4), COLOR)).toBe('BLUE');
    expect(valueToJson(bytesOf(77n, 4), COLOR)).toBe(77);
    expect(valueToText(bytesOf(-77n, 4), COLOR)).toBe('-77');
    expect(valueToJson(bytesOf(2n ** 60n, 8), { ...COLOR, size: 8, signed: false })).toBe((2n ** 60n).toString());
  });

  test('a bool is true where any bit is set', () => {
    const bool: ValueType = { kind: 'bool', size: 4, name: 'bool' };
    expect(valueToJson(Uint8Array.of(0, 0, 0, 0), bool)).toBe(false);
    expect(valueToJson(Uint8Array.of(0, 0, 0, 0x80), bool)).toBe(true);
    expect(valueToText(Uint8Array.of(1, 0, 0, 0), bool)).toBe('true');
  });

  test('a pointer is hexadecimal', () => {
    const pointer: ValueType = { kind: 'pointer', size: 8, name: 'pointer' };
    expect(valueToJson(bytesOf(0x7fff_1234_5678n, 8), pointer)).toBe('0x7fff12345678');
    expect(valueToText(new Uint8Array(8), pointer)).toBe('0x0');
  });

  test('bytes are in the order of memory', () => {
    const type: ValueType = { kind: 'bytes', size: 3, name: 'bytes' };
    expect(valueToJson(Uint8Array.of(1, 0xab, 0), type)).toBe('01 ab 00');
    expect(valueToText(Uint8Array.of(1, 0xab, 0), type)).toBe('01 ab 00');
  });

  test('what is not known is null, and ? for people', () => {
    expect(valueToJson(null, CHAR)).toBeNull();
    expect(valueToText(null, CHAR)).toBe('?');
  });
});

test('equal bytes are the same', () => {
  expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
});

describe('values with parts', () => {
  const int: ValueType = { kind: 'signed', size: 4, name: 'int' };
  const point: ValueType = {
    ...{ kind: 'struct', size: 8, name: 'point' },
    members: [
      { name: 'x', offset: 0, type: int },
      { name: 'y', offset: 4, type: int },
    ],
  };
  const bytes = (...words: readonly number[]) => new Uint8Array(Int32Array.from(words).buffer);

  function shows(value: Uint8Array, type: ValueType, { text, json }: { readonly text: string; readonly json: JsonValue }): void {
    expect(valueToText(value, type)).toBe(text);
    expect(valueToJson(value, type)).toEqual(json);
  }

  test('structs', () => {
    shows(bytes(1, -2), point, { text: '{x = 1, y = -2}', json: { x: 1, y: -2 } });
    expect(valueToText(null, point)).toBe('?');
    expect(valueToJson(null, point)).toBeNull();
  });

  test('arrays, of structs too', () => {
    const row: ValueType = { kind: 'array', size: 16, name: 'point [2]', count: 2, element: point };
    shows(bytes(1, 2, 3, 4), row, {
      text: '[{x = 1, y = 2}, {x = 3, y = 4}]',
      json: [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
    });
    expect(valueToText(new Uint8Array(4000), { kind: 'array', size: 4000, name: '', count: 1000, element: int })).toMatch(/0, \.\.\.]$/);
  });

  test('base classes and anonymous members', () => {
    const both: ValueType = { kind: 'struct', size: 4, name: '', members: [{ name: 'whole', offset: 0, type: int }] };
    const derived: ValueType = {
      ...{ kind: 'struct', size: 16, name: 'derived' },
      members: [
        { name: 'point', offset: 0, type: point, base: true },
        { name: '', offset: 8, type: both },
        { name: 'x', offset: 12, type: int },
      ],
    };
    shows(bytes(1, 2, 3, 4), derived, {
      text: '{<point> = {x = 1, y = 2}, {whole = 3}, x = 4}',
      json: { '<point>': { x: 1, y: 2 }, whole: 3, x: 4 },
    });
  });

  test('tuples', () => {
    const tuple: ValueType = { kind: 'struct', size: 4, name: '(i32,)', members: [{ name: '__0', offset: 0, type: int }] };
    shows(bytes(5), tuple, { text: '(5)', json: [5] });
  });

  test.each([
    ['abc\0\0', '"abc"', 'abc'],
    ['a\0b\0', '"a\\x00b"', 'a\0b'],
    ['say "hi"\n', '"say \\"hi\\"\\n"', 'say "hi"\n'],
    ['größe', '"größe"', 'größe'],
    ['', '""', ''],
  ])('text %j', (text, shown, json) => {
    const value = new TextEncoder().encode(text);
    shows(value, { kind: 'text', size: value.length, name: 'char []' }, { text: shown, json });
  });

  test('text that is no UTF-8', () => {
    shows(Uint8Array.of(0x61, 0xff), { kind: 'text', size: 2, name: 'char [2]' }, { text: '"aÿ"', json: 'aÿ' });
  });

  test('pointers with what lies there', () => {
    const symbol = (address: bigint) => (address === 0x4040n ? 'table+8' : null);
    const pointer: ValueType = { kind: 'pointer', size: 8, name: 'int *', symbol };
    shows(bytes(0x4040, 0), pointer, { text: '0x4040 <table+8>', json: '0x4040' });
    shows(bytes(0, 0), pointer, { text: '0x0', json: '0x0' });
  });

  test('the default case of an enum, and its only one', () => {
    const held: ValueType = { kind: 'struct', size: 4, name: 'A', members: [{ name: 'n', offset: 0, type: int }] };
    const only: ValueType = {
      kind: 'variants',
      size: 4,
      name: 'E',
      discriminant: null,
      cases: [{ name: 'A', value: null, offset: 0, type: held }],
    };
    shows(bytes(7), only, { text: 'A {n = 7}', json: { A: { n: 7 } } });
    const signed: ValueType = {
      ...{ kind: 'variants', size: 4, name: 'E', discriminant: { offset: 0, size: 4 } },
      cases: [
        { name: 'Minus', value: BigInt.asUintN(64, -1n), offset: 0, type: { ...held, size: 0, members: [] } },
        { name: 'Other', value: null, offset: 0, type: held },
      ],
    };
    shows(bytes(-1), signed, { text: 'Minus', json: 'Minus' });
    shows(bytes(3), signed, { text: 'Other {n = 3}', json: { Other: { n: 3 } } });
  });
});
