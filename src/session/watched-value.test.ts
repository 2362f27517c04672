import { expect, test } from 'vitest';
import type { ValueType } from '../model/value.js';
import { watchedValue } from './watched-value.js';

function ofType(type: ValueType): ReturnType<typeof watchedValue> {
  return watchedValue({ type, access: 'write' });
}

test('whole numbers are all of their bytes', () => {
  const field = { kind: 'integer', shift: 0, bits: 32, signed: true };
  expect(ofType({ kind: 'signed', size: 4, name: 'int' })).toEqual({
    kind: 'integer',
    name: 'int',
    size: 4,
    field,
    truth: false,
    members: new Map(),
  });
  expect(ofType({ kind: 'unsigned', size: 8, name: 'u64' })).toMatchObject({ field: { bits: 64, signed: false } });
  expect(ofType({ kind: 'pointer', size: 8, name: 'int *' })).toMatchObject({ field: { bits: 64, signed: false } });
  expect(ofType({ kind: 'character', size: 1, name: 'char', signed: true })).toMatchObject({ field: { bits: 8, signed: true } });
  expect(ofType({ kind: 'bool', size: 1, name: 'bool' })).toMatchObject({ truth: true, field: { signed: false } });
});

test('bit-fields are their own bits', () => {
  const type: ValueType = { kind: 'bits', size: 2, name: 'int:7', signed: true, shift: 3, width: 7, members: new Map([[-1n, 'BLUE']]) };
  expect(ofType(type)).toMatchObject({ size: 2, field: { shift: 3, bits: 7, signed: true }, members: new Map([['BLUE', -1n]]) });
});

test('members of an enumeration go by name', () => {
  const members = new Map([
    [0n, 'RED'],
    [5n, 'GREEN'],
  ]);
  expect(ofType({ kind: 'enum', size: 4, name: 'color', signed: false, members })).toMatchObject({
    members: new Map([
      ['RED', 0n],
      ['GREEN', 5n],
    ]),
  });
});

test('what is wider than 64 bits, or no number, is bytes', () => {
  expect(ofType({ kind: 'signed', size: 16, name: '__int128' })).toEqual({ kind: 'bytes', name: '__int128', size: 16 });
  expect(ofType({ kind: 'bytes', size: 12, name: 'point' })).toEqual({ kind: 'bytes', name: 'point', size: 12 });
  expect(ofType({ kind: 'float', size: 4, name: 'float' })).toEqual({ kind: 'float', name: 'float', size: 4 });
});

test('there is none where execution is watched', () => {
  expect(watchedValue({ type: { kind: 'pointer', size: 1, name: '1 bytes' }, access: 'execute' })).toEqual({ kind: 'none' });
});
