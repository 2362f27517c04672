// A search ends in a command that watch takes.
import { expect, test } from 'vitest';
import type { FindTarget } from './search-store.js';
import { watchExpression, watchLine } from './watch-line.js';

const PROCESS: FindTarget = { kind: 'process', pid: 4711 };

test('of one place', () => {
  expect(watchLine([{ address: 0x7f30n, size: 4 }], 'int32', PROCESS)).toBe('hwbkpt watch 0x7f30:4 --as int32 --pid 4711');
  expect(watchLine([{ address: 0xffff_ffff_8308_0f08n, size: 8 }], 'u64', { kind: 'kernel' })).toBe(
    'hwbkpt watch 0xffffffff83080f08:8 --as u64 --kernel',
  );
  expect(watchLine([{ address: 0x7f30n, size: 5 }], 'text', PROCESS)).toBe('hwbkpt watch 0x7f30:5 --pid 4711');
});

test('of as many as there are registers for', () => {
  const places = [0x10n, 0x20n, 0x30n, 0x40n].map((address) => ({ address, size: 4 }));
  expect(watchLine(places, 'int32', PROCESS)).toBe('hwbkpt watch 0x10:4 0x20:4 0x30:4 0x40:4 --as int32 --pid 4711');
  expect(watchLine([...places, { address: 0x50n, size: 4 }], 'int32', PROCESS)).toBeNull();
  expect(watchLine([], 'int32', PROCESS)).toBeNull();
  // At an odd address four bytes take three registers.
  expect(
    watchLine(
      [0x11n, 0x21n].map((address) => ({ address, size: 4 })),
      'int32',
      PROCESS,
    ),
  ).toBeNull();
});

test('of a long text what fits', () => {
  expect(watchExpression({ address: 0x1000n, size: 200 })).toBe('0x1000:32');
  expect(watchExpression({ address: 0x1001n, size: 200 })).toBe('0x1001:15');
});
