// The lengths an x86-64 slot can watch, and the LEN bits that stand for them in DR7.
//
//   LEN   00   01   10   11
//   bytes  1    2    8    4
import { present } from '../base/assert.js';

/** Every length a slot can watch, in bytes, shortest first. */
export const SLOT_LENGTHS = [1, 2, 4, 8] as const;

/** Bytes that one slot watches. */
export type SlotLength = (typeof SLOT_LENGTHS)[number];

const BY_CODE = [1, 2, 8, 4] as const satisfies readonly SlotLength[];

/** Whether `bytes` is a length one slot can watch. */
export function isSlotLength(bytes: number): bytes is SlotLength {
  return bytes === 1 || bytes === 2 || bytes === 4 || bytes === 8;
}

/** The two LEN bits of `length`. */
export function lengthCode(length: SlotLength): number {
  return BY_CODE.indexOf(length);
}

/** The length that LEN bits `code` (the two lowest bits count) stand for. Every code stands for one. */
export function lengthOfCode(code: number): SlotLength {
  return present(BY_CODE[code & 3], 'a length for each LEN code');
}
