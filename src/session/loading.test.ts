import { expect, test } from 'vitest';
import { as, type FileAddress, type FileOffset } from '../base/brand.js';
import type { Segment } from '../symbols/elf/segment.js';
import type { MappedRange } from '../symbols/live/maps.js';
import { isInPlace } from './loading.js';

const BASE = 0x7f00_0000_0000n;

function segment(offset: number, address: bigint, ...[fileSize, memorySize, writable]: [number, number, boolean]): Segment {
  return {
    type: 1,
    executable: false,
    writable,
    offset: as<FileOffset>(offset),
    address: as<FileAddress>(address),
    fileSize,
    memorySize,
    alignment: 0x1000n,
  };
}

/** Code at 0x1000; data at 0x3e60 of which 0x1a8 bytes are in the file at 0x2e60, and zeros up to 0x6000. */
const SEGMENTS = [segment(0x1000, 0x1000n, 0x115, 0x115, false), segment(0x2e60, 0x3e60n, 0x1a8, 0x21a0, true)];

function inPlace(inFile: bigint, range: { start: bigint; end: bigint; offset: number; writable: boolean; path?: string }): boolean {
  const mapped: MappedRange = {
    ...{ readable: true, executable: false, shared: false, device: 'fe:00', inode: 7, path: '/lib/made.so', deleted: false },
    ...range,
    start: BASE + range.start,
    end: BASE + range.end,
  };
  return isInPlace(SEGMENTS, inFile, { range: mapped, address: BASE + inFile });
}

const WHOLE_FILE = { start: 0n, end: 0x6000n, offset: 0, writable: false };
const DATA = { start: 0x3000n, end: 0x5000n, offset: 0x2000, writable: true };

test('code is where the first mapping of the whole file has it', () => {
  expect(inPlace(0x1010n, WHOLE_FILE)).toBe(true);
});

test('data is not, until its own segment is mapped', () => {
  expect(inPlace(0x4000n, WHOLE_FILE)).toBe(false);
  expect(inPlace(0x4000n, DATA)).toBe(true);
  // Zeros that share a page with it: the loader writes them, and a watch sees that.
  expect(inPlace(0x4ff0n, DATA)).toBe(true);
});

test('zeros beyond the file are there once memory of no file is', () => {
  expect(inPlace(0x5800n, { ...DATA, end: 0x6000n })).toBe(false);
  expect(inPlace(0x5800n, { start: 0x5000n, end: 0x6000n, offset: 0, writable: true, path: '' })).toBe(true);
});

test('data that cannot be written yet is not in place', () => {
  expect(inPlace(0x4000n, { ...DATA, writable: false })).toBe(false);
});
