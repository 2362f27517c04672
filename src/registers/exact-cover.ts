// Covers a range byte for byte with the fewest aligned slots.
//
// Aligned runs of 1, 2, 4 and 8 bytes either contain each other or have no byte in common. So the longest ones inside the range
// are disjoint, every cover needs at least one run inside each of them, and they are themselves a cover: the smallest one.
import { as, type VirtualAddress } from '../base/brand.js';
import { isAligned, type Piece } from './alignment.js';
import { SLOT_LENGTHS, type SlotLength } from './lengths.js';
import { checkRange } from './range-errors.js';

/**
 * The fewest pieces that together are exactly `length` bytes from `address` on, rising and disjoint.
 * Builds about `length / 8` pieces: ask {@link exactSlots} first where the length is not known to be small.
 * Throws InvalidRangeError for a range that is empty or wraps.
 */
export function coverExact(address: bigint, length: number): Piece[] {
  checkRange(address, length);
  const pieces: Piece[] = [];
  const end = address + BigInt(length);
  for (let at = address; at < end; ) {
    const piece = { address: as<VirtualAddress>(at), length: longestFrom(at, end - at) };
    pieces.push(piece);
    at += BigInt(piece.length);
  }
  return pieces;
}

/** How many pieces {@link coverExact} gives, without building them. Throws like it. */
export function exactSlots(address: bigint, length: number): number {
  checkRange(address, length);
  const head = Number(-address & 7n);
  if (length < head) return coverExact(address, length).length;
  // Up to the first boundary of 8 and after the last one, each 1 in the number of bytes is one piece.
  const rest = length - head;
  return ones(head) + Math.floor(rest / 8) + ones(rest % 8);
}

function longestFrom(address: bigint, available: bigint): SlotLength {
  return SLOT_LENGTHS.findLast((length) => isAligned(address, length) && BigInt(length) <= available) ?? 1;
}

function ones(below8: number): number {
  return (below8 & 1) + ((below8 >> 1) & 1) + ((below8 >> 2) & 1);
}
