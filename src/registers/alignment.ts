// What the processor really compares: a slot ignores the low address bits that its length covers.
//
//   length   address bits ignored     so the slot watches
//     1      none                     the byte
//     2      0                        an even pair
//     4      1-0                      an aligned word of 4
//     8      2-0                      an aligned word of 8
import { as, type VirtualAddress } from '../base/brand.js';
import type { SlotLength } from './lengths.js';

/** A run of bytes that one slot can watch: `address` is a multiple of `length`. */
export interface Piece {
  readonly address: VirtualAddress;
  readonly length: SlotLength;
}

/** `address` with the low bits that `length` covers cleared. */
export function alignDown(address: bigint, length: SlotLength): bigint {
  return address & -BigInt(length);
}

/** Whether a slot of `length` bytes at `address` watches exactly the bytes from `address` on. */
export function isAligned(address: bigint, length: SlotLength): boolean {
  return alignDown(address, length) === address;
}

/** The bytes that a slot programmed with `address` and `length` watches: never an error, a misaligned address is silently aligned down. */
export function comparedBytes(address: bigint, length: SlotLength): Piece {
  return { address: as<VirtualAddress>(alignDown(BigInt.asUintN(64, address), length)), length };
}
