import { describe, expect, test } from 'vitest';
import { valueToJson, valueToText } from '../model/format-value.js';
import type { Type } from '../symbols/types.js';
import { bitFieldTypeOf, valueTypeOf } from './value-type.js';

type Base = Extract<Type, { kind: 'base' }>;

function base(name: string, size: number, encoding: Base['encoding'], signed?: boolean): Base {
  return { kind: 'base', name, size, encoding, ...(signed === undefined ? {} : { signed }) };
}

function alias(name: string, target: Type | null, more: { reference?: true } = {}): Type {
  return { kind: 'alias', name, size: target?.size ?? 0, target: () => target, ...more };
}

const INT = base('int', 4, 'signed');

test('numbers are numbers', () => {
  expect(valueTypeOf(INT, 4)).toEqual({ kind: 'signed', size: 4, name: 'int' });
  expect(valueTypeOf(base('unsigned __int128', 16, 'unsigned'), 16)).toEqual({ kind: 'unsigned', size: 16, name: 'unsigned __int128' });
  expect(valueTypeOf(base('_BitInt(200)', 32, 'signed'), 32)).toMatchObject({ kind: 'bytes', size: 32 });
  expect(valueTypeOf(base('double', 8, 'float'), 8)).toMatchObject({ kind: 'float', size: 8 });
  expect(valueTypeOf(base('_Bool', 1, 'bool'), 1)).toMatchObject({ kind: 'bool' });
});

test('floats of other sizes are bytes, but for long double', () => {
  expect(valueTypeOf(base('long double', 16, 'float'), 16)).toMatchObject({ kind: 'extended', size: 16 });
  expect(valueTypeOf(base('__float128', 16, 'float'), 16)).toMatchObject({ kind: 'bytes', size: 16 });
  expect(valueTypeOf(base('_Float16', 2, 'float'), 2)).toMatchObject({ kind: 'bytes', size: 2 });
});

test('char is a character; signed char and unsigned char are numbers', () => {
  expect(valueTypeOf(base('char', 1, 'character', true), 1)).toEqual({ kind: 'character', size: 1, name: 'char', signed: true });
  expect(valueTypeOf(base('char32_t', 4, 'character', false), 4)).toMatchObject({ kind: 'character', signed: false });
  expect(valueTypeOf(base('signed char', 1, 'character', true), 1)).toMatchObject({ kind: 'signed', size: 1 });
  expect(valueTypeOf(base('unsigned char', 1, 'character', false), 1)).toMatchObject({ kind: 'unsigned', size: 1 });
});

test('an alias is shown like its target, under its own name', () => {
  const uint8 = alias('uint8_t', alias('__uint8_t', base('unsigned char', 1, 'character', false)));
  expect(valueTypeOf(alias('', uint8), 1)).toEqual({ kind: 'unsigned', size: 1, name: 'uint8_t' });
  expect(valueTypeOf(alias('incomplete', null), 4)).toEqual({ kind: 'bytes', size: 4, name: 'incomplete' });
});

test('aliases in a circle are bytes', () => {
  const circle: Type = { kind: 'alias', name: 'round', size: 4, target: () => circle };
  expect(valueTypeOf(circle, 4)).toMatchObject({ kind: 'bytes', size: 4 });
});

test('pointers and references are addresses', () => {
  expect(valueTypeOf({ kind: 'pointer', name: '', size: 8, target: () => INT }, 8)).toEqual({ kind: 'pointer', size: 8, name: 'pointer' });
  expect(valueTypeOf({ ...alias('', INT, { reference: true }), size: 8 } as Type, 8)).toEqual({
    kind: 'pointer',
    size: 8,
    name: 'reference',
  });
});

test('an enum keeps its members', () => {
  const members = new Map([[1n, 'ONE']]);
  expect(valueTypeOf({ kind: 'enum', name: 'e', size: 4, signed: false, members }, 4)).toEqual({
    kind: 'enum',
    name: 'e',
    size: 4,
    signed: false,
    members,
  });
});

test('what nobody describes is bytes', () => {
  for (const kind of ['struct', 'union'] as const) expect(valueTypeOf({ kind, name: 's', size: 8, members: [] }, 8).kind).toBe('bytes');
  expect(valueTypeOf({ kind: 'array', name: '', size: 8, count: null, element: () => INT }, 8).kind).toBe('bytes');
  expect(valueTypeOf({ kind: 'other', name: '', size: 8 }, 8).kind).toBe('bytes');
  expect(valueTypeOf(base('strange', 4, 'other'), 4).kind).toBe('bytes');
});

describe('what has parts', () => {
  const CHAR = base('char', 1, 'character', true);
  const members = (...of: readonly (readonly [string, number, Type])[]) =>
    of.map(([name, offset, type]) => ({ name, offset, type: () => type }));
  const POINT: Type = { kind: 'struct', name: 'point', size: 8, members: members(['x', 0, INT], ['y', 4, INT]) };

  test('is shown with them', () => {
    expect(valueTypeOf(alias('where', POINT), 8)).toEqual({
      ...{ kind: 'struct', size: 8, name: 'where' },
      members: [
        { name: 'x', offset: 0, type: { kind: 'signed', size: 4, name: 'int' } },
        { name: 'y', offset: 4, type: { kind: 'signed', size: 4, name: 'int' } },
      ],
    });
    const row: Type = { kind: 'array', name: 'point [2]', size: 16, count: 2, element: () => POINT };
    expect(valueTypeOf(row, 16)).toMatchObject({ kind: 'array', count: 2, element: { kind: 'struct' } });
    expect(valueTypeOf({ kind: 'array', name: 'char [4]', size: 4, count: 4, element: () => CHAR }, 4).kind).toBe('text');
  });

  test('is bytes where it is too large to be watched, or another length was asked for', () => {
    expect(valueTypeOf({ kind: 'array', name: '', size: 4000, count: 1000, element: () => INT }, 4000).kind).toBe('bytes');
    expect(valueTypeOf(POINT, 16).kind).toBe('bytes');
  });

  test('has no members that lie outside it, or are there for the compiler only', () => {
    const empty: Type = { kind: 'struct', name: 'allocator', size: 1, members: [] };
    const type: Type = { kind: 'struct', name: 's', size: 4, members: members(['a', 0, empty], ['x', 0, INT], ['tail', 4, INT]) };
    expect(valueTypeOf(type, 4)).toMatchObject({ members: [{ name: 'x' }] });
  });

  test('of types that contain themselves ends somewhere', () => {
    const circle: Type = {
      kind: 'struct',
      name: 'circle',
      size: 8,
      members: [0, 1, 2].map(() => ({ name: 'c', offset: 0, type: () => circle })),
    };
    expect(JSON.stringify(valueTypeOf(circle, 8)).length).toBeLessThan(1_000_000);
  });

  test('of a Rust enum are its cases', () => {
    const some = {
      name: 'Some',
      offset: 0,
      type: (): Type => ({ kind: 'struct', name: 'Some', size: 8, members: members(['__0', 4, INT]) }),
    };
    const none = { name: 'None', offset: 0, type: (): Type => ({ kind: 'struct', name: 'None', size: 8, members: [] }) };
    const discriminant = { name: '', offset: 0, type: () => INT };
    const cases = [
      { value: 0n, member: none },
      { value: 1n, member: some },
    ];
    const type: Type = { kind: 'struct', name: 'Option', size: 8, members: [none, some], variants: () => ({ discriminant, cases }) };
    const shown = valueTypeOf(type, 8);
    expect(shown).toMatchObject({ kind: 'variants', discriminant: { offset: 0, size: 4 }, cases: [{ name: 'None' }, { name: 'Some' }] });
    expect(valueToText(Uint8Array.of(1, 0, 0, 0, 7, 0, 0, 0), shown)).toBe('Some(7)');
    expect(valueToJson(Uint8Array.of(1, 0, 0, 0, 7, 0, 0, 0), shown)).toEqual({ Some: 7 });
    expect(valueToText(new Uint8Array(8), shown)).toBe('None');
    expect(valueToJson(new Uint8Array(8), shown)).toBe('None');
    expect(valueToText(Uint8Array.of(2, 0, 0, 0, 7, 0, 0, 0), shown)).toBe('02 00 00 00 07 00 00 00');
  });
});

describe('a bit-field', () => {
  test('is a number of its own bits', () => {
    expect(bitFieldTypeOf(INT, 2, { offset: 3, width: 7 })).toEqual({
      ...{ kind: 'bits', size: 2, name: 'int:7', signed: true, shift: 3, width: 7, members: new Map() },
    });
    expect(bitFieldTypeOf(base('unsigned int', 4, 'unsigned'), 1, { offset: 0, width: 1 })).toMatchObject({ signed: false });
    expect(bitFieldTypeOf(base('_Bool', 1, 'bool'), 1, { offset: 0, width: 1 })).toMatchObject({ kind: 'bits', signed: false });
    expect(bitFieldTypeOf(alias('small', INT), 1, { offset: 4, width: 3 })).toMatchObject({ name: 'small:3', signed: true });
  });

  test('of an enumeration has its names', () => {
    const members = new Map([[1n, 'ONE']]);
    const type: Type = { kind: 'enum', name: 'e', size: 4, signed: false, members };
    expect(bitFieldTypeOf(type, 1, { offset: 2, width: 3 })).toMatchObject({ kind: 'bits', signed: false, members });
  });

  test('across nine bytes is shown as bytes', () => {
    expect(bitFieldTypeOf(base('long', 8, 'signed'), 9, { offset: 3, width: 64 })).toEqual({ kind: 'bytes', size: 9, name: 'long' });
  });
});
