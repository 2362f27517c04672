// Memory of one address space, or of the kernel: declared regions, and their bytes in one array, so that it is copied and compared at once.
//
// The bytes follow each other as the regions do; an access may go over from a region to one that begins where it ends:
//
//   address   1000        1010  1010        1018       2000        2008
//             |   region a   |  |  region b   |        |  region c   |
//   bytes     0             16 16             24      24             32
import type { Linear } from '../facility/linear.js';

const BYTE = 2 ** 8;
/** From this length on a value read is signed, so that it and small negative numbers fit into a JavaScript number. */
const SIGNED_FROM = 7;
/** Bytes that a value read can have; more are looked at by nobody. */
const LONGEST = 8;

/** One declared region. Regions do not overlap. */
export interface Region {
  readonly name: string;
  readonly address: Linear;
  /** Bytes. */
  readonly length: number;
  /** Its content at the start, little-endian; any safe integer, whose sign fills what is beyond 8 bytes. */
  readonly value: number;
}

/** What does not change: where everything lies. */
export interface MemoryLayout {
  readonly regions: readonly Region[];
}

/** What changes: the bytes of all regions, one after the other. */
export interface Memory {
  readonly bytes: Uint8Array;
}

/** A write of `length` bytes, 1 or more. */
export interface MemoryWrite {
  readonly at: Linear;
  readonly length: number;
  /** Little-endian; any safe integer, taken modulo 2^(8 * length). */
  readonly value: number;
}

/** Memory as the layout says it begins. */
export function newMemory(layout: MemoryLayout): Memory {
  const memory = { bytes: new Uint8Array(layout.regions.reduce((sum, { length }) => sum + length, 0)) };
  for (const { address, length, value } of layout.regions) writeMemory(memory, layout, { at: address, length, value });
  return memory;
}

/** An independent copy. */
export function copyMemory({ bytes }: Memory): Memory {
  return { bytes: bytes.slice() };
}

/**
 * The little-endian value of `length` bytes from `at`; null where one of them is in no region: a page fault. Up to 6 bytes it is
 * unsigned. Longer ones are signed and exact within 2^53 of 0; of more than 8 bytes the first 8 count.
 */
export function readMemory(memory: Memory, layout: MemoryLayout, at: Linear, length: number): number | null {
  if (!isMapped(layout, at, length)) return null;
  const last = Math.min(length, LONGEST) - 1;
  let value = 0;
  for (let index = last; index >= 0; index--) {
    const byte = memory.bytes[offsetOf(layout, at + index)] ?? 0;
    value = value * BYTE + (index === last && length >= SIGNED_FROM && byte >= BYTE / 2 ? byte - BYTE : byte);
  }
  return value;
}

/** Writes; false, and nothing written, where a byte is in no region: a page fault. */
export function writeMemory(memory: Memory, layout: MemoryLayout, { at, length, value }: MemoryWrite): boolean {
  if (!isMapped(layout, at, length)) return false;
  let rest = value;
  for (let index = 0; index < length; index++) {
    // An array of bytes takes numbers modulo 256, negative ones too; rounding down keeps the sign to the end.
    memory.bytes[offsetOf(layout, at + index)] = rest % BYTE;
    rest = Math.floor(rest / BYTE);
  }
  return true;
}

/** `value` as a read of `length` bytes gives it after a write of as many. */
export function wrapValue(value: number, length: number): number {
  if (length >= SIGNED_FROM) return value;
  const modulus = BYTE ** length;
  return ((value % modulus) + modulus) % modulus;
}

/** Whether every byte of a range is in a region. */
export function isMapped({ regions }: MemoryLayout, at: Linear, length: number): boolean {
  let next = at;
  for (let found = true; found && next < at + length; ) {
    found = false;
    for (const region of regions) {
      if (next < region.address || next >= region.address + region.length) continue;
      next = region.address + region.length;
      found = true;
      break;
    }
  }
  return next >= at + length;
}

/** Place of a byte in the array, or -1. */
function offsetOf({ regions }: MemoryLayout, at: Linear): number {
  let before = 0;
  for (const { address, length } of regions) {
    if (at >= address && at < address + length) return before + at - address;
    before += length;
  }
  return -1;
}
