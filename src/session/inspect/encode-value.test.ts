import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueToText } from '../../model/format-value.js';
import type { ValueType } from '../../model/value.js';
import { BadValueError, encodeValue } from './encode-value.js';

const NONE = new Uint8Array(8);
const COLOURS: ValueType = { kind: 'enum', size: 4, name: 'colour', signed: false, members: new Map([[7n, 'RED']]) };
const LEVEL: ValueType = { kind: 'bits', size: 1, name: 'level:5', signed: false, shift: 1, width: 5, members: new Map() };

describe('a new value', () => {
  test('is shown as it was typed', () => {
    for (const size of [1, 2, 4, 8] as const) {
      const type: ValueType = { kind: 'signed', size, name: 'int' };
      fc.assert(
        fc.property(fc.bigInt({ min: -(1n << BigInt(8 * size - 1)), max: (1n << BigInt(8 * size - 1)) - 1n }), (value) => {
          expect(valueToText(encodeValue(String(value), type, NONE.slice(0, size)), type)).toBe(String(value));
        }),
        { seed: 20070222 },
      );
    }
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const bytes = encodeValue(String(value), { kind: 'float', size: 8, name: 'double' }, NONE);
        expect(new DataView(bytes.buffer).getFloat64(0, true)).toBe(value);
      }),
      { seed: 20070222 },
    );
  });

  test('may be a name, a character, a truth or hexadecimal', () => {
    expect([...encodeValue('RED', COLOURS, NONE)]).toEqual([7, 0, 0, 0]);
    expect([...encodeValue("'A'", { kind: 'character', size: 1, name: 'char', signed: true }, NONE)]).toEqual([65]);
    expect([...encodeValue('true', { kind: 'bool', size: 1, name: 'bool' }, NONE)]).toEqual([1]);
    expect([...encodeValue('-1', { kind: 'unsigned', size: 2, name: 'u16' }, NONE)]).toEqual([255, 255]);
    expect([...encodeValue('0x1234', { kind: 'pointer', size: 8, name: 'void *' }, NONE)]).toEqual([0x34, 0x12, 0, 0, 0, 0, 0, 0]);
  });

  test('of a bit-field leaves its neighbours alone', () => {
    expect([...encodeValue('0', LEVEL, Uint8Array.of(0xff))]).toEqual([0b1100_0001]);
    expect([...encodeValue('21', LEVEL, Uint8Array.of(0x01))]).toEqual([0b0010_1011]);
  });

  test.each<[string, ValueType]>([
    ['300', { kind: 'unsigned', size: 1, name: 'u8' }],
    ['-129', { kind: 'signed', size: 1, name: 'i8' }],
    ['x', { kind: 'signed', size: 4, name: 'int' }],
    ['', { kind: 'float', size: 4, name: 'float' }],
    ['32', LEVEL],
    ['{1, 2}', { kind: 'struct', size: 8, name: 'point', members: [] }],
  ])('that does not fit is refused: %j', (text, type) => {
    expect(() => encodeValue(text, type, NONE)).toThrow(BadValueError);
  });
});
