// Which memory of a process is a thread's stack, as far as its map tells.
import { type MappedRange, rangeAt } from '../symbols/live/maps.js';

/** Guards below the stacks of threads are small; the C library keeps larger ranges in reserve for its heaps. */
const LARGEST_GUARD = 0x1_0000n;

/** Whether `address` is in the first thread's stack, or in memory with a guard below it, as the C library makes stacks. */
export function isOnStack(ranges: readonly MappedRange[], address: bigint): boolean {
  const range = rangeAt(ranges, address);
  if (range === null || range.path === '[stack]') return range !== null;
  const below = ranges.find(({ end }) => end === range.start);
  if (range.inode !== 0 || below === undefined || below.inode !== 0) return false;
  return !below.readable && !below.writable && below.end - below.start <= LARGEST_GUARD;
}
