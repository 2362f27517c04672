// Memory of one address space: declared regions, and their bytes in one array, so that it is copied and compared at once.
import type { Linear } from '../facility/linear.js';

/** One declared region. */
export interface Region {
  readonly name: string;
  readonly address: Linear;
  /** Bytes. */
  readonly length: number;
  /** Its content at the start, little-endian. */
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

/** A write of `length` bytes, 1 to 16. */
export interface MemoryWrite {
  readonly at: Linear;
  readonly length: number;
  /** Little-endian; taken modulo 2^(8 * length), exact below 2^53. Bytes beyond are 0. */
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

/** The value at `at`; null where a byte is in no region. An access may go over from one region to its neighbour. */
export function readMemory(memory: Memory, layout: MemoryLayout, at: Linear, length: number): number | null {
  let value = 0;
  for (let index = length - 1; index >= 0; index--) {
    const offset = offsetOf(layout, at + index);
    if (offset === -1) return null;
    value = value * 256 + (memory.bytes[offset] ?? 0);
  }
  return value;
}

/** Writes; false, and nothing written, where a byte is in no region. */
export function writeMemory(memory: Memory, layout: MemoryLayout, { at, length, value }: MemoryWrite): boolean {
  if (!isMapped(layout, at, length)) return false;
  let rest = value;
  for (let index = 0; index < length; index++) {
    memory.bytes[offsetOf(layout, at + index)] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return true;
}

/** Whether every byte of a range is in a region. */
export function isMapped(layout: MemoryLayout, at: Linear, length: number): boolean {
  for (let index = 0; index < length; index++) if (offsetOf(layout, at + index) === -1) return false;
  return true;
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
