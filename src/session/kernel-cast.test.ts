import { expect, test } from 'vitest';
import { resolve } from '../expressions/index.js';
import type { Type } from '../symbols/types.js';
import { castScope, splitCast } from './kernel-cast.js';

test.each([
  ['0xffffffff83089f60.burst', '0xffffffff83089f60', '.burst'],
  [' state ', 'state', ''],
  ['state[2].x:4', 'state', '[2].x:4'],
  ['state:8', 'state', ':8'],
  ['kernel/printk.c::state.burst', 'kernel/printk.c::state', '.burst'],
  ['ext4.ko::state', 'ext4.ko::state', ''],
  ['runqueues@cpu1.nr_running', 'runqueues@cpu1', '.nr_running'],
])('%j has the type up to its first part', (text, root, rest) => {
  expect(splitCast(text)).toEqual({ root, rest });
});

test('the root has the type, and parts of it are found', () => {
  const int: Type = { kind: 'base', name: 'int', size: 4, encoding: 'signed' };
  const type: Type = { kind: 'struct', name: 'struct pair', size: 8, members: [{ name: 'b', offset: 4, type: () => int }] };
  const resolved = (rest: string) => {
    const { text, scope } = castScope({ root: '0xffffffff83000000', rest, address: 0xffff_ffff_8300_0000n, type });
    return resolve(text, scope);
  };
  expect(resolved('.b')).toMatchObject({ address: 0xffff_ffff_8300_0004n, size: 4, type: int });
  expect(resolved('')).toMatchObject({ address: 0xffff_ffff_8300_0000n, size: 8, type });
  expect(resolved(':2')).toMatchObject({ size: 2, type: null });
  expect(() => resolved('.c')).toThrow("'0xffffffff83000000' (struct pair) has no member c");
});
