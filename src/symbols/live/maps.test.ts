// Lines of /proc/PID/maps, and finding an address among them.
import { expect, test } from 'vitest';
import { parseMaps, rangeAt } from './maps.js';

const TEXT = `55d0c0000000-55d0c0001000 r--p 00000000 fe:00 1234                       /usr/bin/my program
55d0c0001000-55d0c0002000 r-xp 00001000 fe:00 1234                       /usr/bin/my program
7f0000000000-7f0000001000 rw-s 0000a000 00:2d 77                         /tmp/old.so (deleted)
7f0000001000-7f0000002000 rw-p 00000000 00:00 0 
7f0000002000-7f0000003000 r-xp 00000000 00:00 0                          [vdso]
7f0000003000-7f0000004000 r--p 00000000 fe:00 5                          /tmp/line\\012break
not a line
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;

test('every part of a line', () => {
  const ranges = parseMaps(TEXT);
  expect(ranges).toHaveLength(7);
  expect(ranges[1]).toEqual({
    start: 0x55d0c0001000n,
    end: 0x55d0c0002000n,
    readable: true,
    writable: false,
    executable: true,
    shared: false,
    offset: 0x1000,
    device: 'fe:00',
    inode: 1234,
    path: '/usr/bin/my program',
    deleted: false,
  });
  expect(ranges[2]).toMatchObject({ path: '/tmp/old.so', deleted: true, shared: true, writable: true, offset: 0xa000, device: '00:2d' });
  expect(ranges.slice(3).map((range) => range.path)).toEqual(['', '[vdso]', '/tmp/line\nbreak', '[vsyscall]']);
  expect(ranges[6]).toMatchObject({ readable: false, executable: true, start: 0xffffffffff600000n });
});

test('the range of an address', () => {
  const ranges = parseMaps(TEXT);
  const path = (address: bigint) => rangeAt(ranges, address)?.path ?? null;
  expect(
    [0n, 0x55d0c0000000n, 0x55d0c0001fffn, 0x55d0c0002000n, 0x7f0000002fffn, 0xffffffffff600000n, 0xffffffffffffffffn].map(path),
  ).toEqual([null, '/usr/bin/my program', '/usr/bin/my program', null, '[vdso]', '[vsyscall]', null]);
  expect(rangeAt([], 5n)).toBeNull();
});
