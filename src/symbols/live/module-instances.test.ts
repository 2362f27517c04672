// Which mapped ranges belong to one loading of a file.
import { expect, test } from 'vitest';
import { as, type FileAddress, type FileOffset } from '../../base/brand.js';
import type { Segment } from '../elf/segment.js';
import type { MappedRange } from './maps.js';
import { moduleInstances } from './module-instances.js';

function segment(offset: number, address: number, fileSize: number, flags = 'r'): Segment {
  return {
    type: 1,
    executable: flags.includes('x'),
    writable: flags.includes('w'),
    offset: as<FileOffset>(offset),
    address: as<FileAddress>(BigInt(address)),
    fileSize,
    memorySize: fileSize,
    alignment: 0x1000n,
  };
}

function range(start: number, pages: number, offset: number, flags = 'r'): MappedRange {
  const [readable, writable, executable] = [true, flags.includes('w'), flags.includes('x')];
  const begin = 0x7f0000000000n + BigInt(start);
  return {
    start: begin,
    end: begin + BigInt(pages * 0x1000),
    readable,
    writable,
    executable,
    shared: false,
    offset,
    device: 'fe:00',
    inode: 1,
    path: '/lib.so',
    deleted: false,
  };
}

const LIBRARY = [segment(0, 0, 0x800), segment(0x1000, 0x1000, 0x1800, 'rx'), segment(0x2800, 0x3800, 0x300, 'rw')];
const loadedAt = (start: number) => [range(start, 1, 0), range(start + 0x1000, 2, 0x1000, 'rx'), range(start + 0x3000, 1, 0x2000, 'rw')];
const biases = (segments: readonly Segment[], ranges: readonly MappedRange[]) =>
  moduleInstances(segments, ranges).map(({ bias, complete }) => [bias - 0x7f0000000000n, complete]);

test('a library', () => {
  expect(biases(LIBRARY, loadedAt(0x10000))).toEqual([[0x10000n, true]]);
  expect(moduleInstances(LIBRARY, loadedAt(0))[0]?.ranges).toHaveLength(3);
});

test('the data segment may be split by mprotect', () => {
  const ranges = [...loadedAt(0).slice(0, 2), range(0x3000, 1, 0x2000)];
  expect(biases(LIBRARY, ranges)).toEqual([[0n, true]]);
});

test('one file loaded twice', () => {
  expect(biases(LIBRARY, [...loadedAt(0), ...loadedAt(0x10000)])).toEqual([
    [0n, true],
    [0x10000n, true],
  ]);
});

test('the file mapped as plain data beside it is no module', () => {
  expect(biases(LIBRARY, [range(0x90000, 3, 0), ...loadedAt(0)])).toEqual([[0n, true]]);
});

test('code mapped once more without its data is there, but not complete', () => {
  expect(biases(LIBRARY, [...loadedAt(0), range(0x51000, 2, 0x1000, 'rx')])).toEqual([
    [0n, true],
    [0x50000n, false],
  ]);
});

test('code that was moved to huge pages is gone from the file, and the module is there all the same', () => {
  expect(biases(LIBRARY, [range(0, 1, 0), range(0x3000, 1, 0x2000, 'rw')])).toEqual([[0n, true]]);
});

test('all segments in one page of the file', () => {
  const tiny = [segment(0, 0, 0x400, 'rx'), segment(0x400, 0x1400, 0x100, 'rw')];
  expect(biases(tiny, [range(0, 1, 0, 'rx'), range(0x1000, 1, 0, 'rw')])).toEqual([[0n, true]]);
});

test('a program at fixed addresses', () => {
  const fixed = [segment(0, 0x400000, 0x1000, 'rx')];
  const mapped = { ...range(0, 1, 0, 'rx'), start: 0x400000n, end: 0x401000n };
  expect(moduleInstances(fixed, [mapped])).toMatchObject([{ bias: 0n }]);
});

test('nothing mapped, nothing loaded', () => {
  expect(moduleInstances(LIBRARY, [])).toEqual([]);
  expect(moduleInstances([], [range(0, 1, 0)])).toEqual([]);
});
