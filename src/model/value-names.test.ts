import { expect, test } from 'vitest';
import { defaultValueType, sizeOfNamed, VALUE_TYPE_NAMES, valueTypeNamed } from './value-names.js';

test('every name that help lists has a type of its own size', () => {
  for (const name of VALUE_TYPE_NAMES) {
    const size = sizeOfNamed(name) ?? 4;
    expect(valueTypeNamed(name, size)).toMatchObject({ size });
    expect(valueTypeNamed(name, size === 1 ? 2 : 1) === null).toBe(name !== 'hex');
  }
});

test('short and long names of one type are the same', () => {
  expect(valueTypeNamed('u16', 2)).toEqual({ kind: 'unsigned', size: 2, name: 'uint16_t' });
  expect(valueTypeNamed('uint16', 2)).toEqual(valueTypeNamed('u16', 2));
  expect(valueTypeNamed('i64', 8)).toEqual(valueTypeNamed('int64', 8));
  expect(valueTypeNamed('double', 8)).toEqual(valueTypeNamed('f64', 8));
});

test('hex takes the size of what is watched', () => {
  expect(sizeOfNamed('hex')).toBeNull();
  expect(valueTypeNamed('hex', 3)).toMatchObject({ kind: 'pointer', size: 3 });
  expect(valueTypeNamed('hex', 16)).toMatchObject({ kind: 'bytes', size: 16 });
});

test('other names are none', () => {
  for (const name of ['', 'int', 'int128', 'toString', '__proto__']) {
    expect(valueTypeNamed(name, 4)).toBeNull();
    expect(sizeOfNamed(name)).toBeNull();
  }
});

test('memory of a register’s size is one number, other memory bytes', () => {
  for (const size of [1, 2, 4, 8]) expect(defaultValueType(size)).toMatchObject({ kind: 'pointer', size });
  for (const size of [3, 16, 32]) expect(defaultValueType(size)).toMatchObject({ kind: 'bytes', size });
});
