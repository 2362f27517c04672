import { expect, test } from 'vitest';
import { parseMaps } from '../symbols/live/maps.js';
import { isOnStack } from './stack-memory.js';

const MAPS = parseMaps(`555555554000-555555558000 rw-p 00000000 fe:00 17    /usr/bin/program
7ffff0000000-7ffff0021000 rw-p 00000000 00:00 0 
7ffff0021000-7ffff4000000 ---p 00000000 00:00 0 
7ffff4000000-7ffff4021000 rw-p 00000000 00:00 0 
7ffff5000000-7ffff5001000 ---p 00000000 00:00 0 
7ffff5001000-7ffff5801000 rw-p 00000000 00:00 0 
7ffff6000000-7ffff6001000 ---p 00002000 fe:00 18    /usr/lib/libfoo.so
7ffff6001000-7ffff6002000 rw-p 00000000 00:00 0 
7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0     [stack]`);

test.each([
  [0x7fffffffe000n, true, 'the first thread has its own line'],
  [0x7ffff5700000n, true, 'others have a guard below'],
  [0x555555555000n, false, 'variables of the program'],
  [0x7ffff0001000n, false, 'a heap'],
  [0x7ffff4001000n, false, 'a heap behind what another one has in reserve'],
  [0x7ffff6001800n, false, 'memory behind a library'],
  [0x1000n, false, 'nothing'],
])('%s: %s, %s', (address, expected) => {
  expect(isOnStack(MAPS, address)).toBe(expected);
});
