// Simulated memory as bytes, for those who are used to bytes.
import type { Linear } from '../../facility/index.js';
import { type Memory, type MemoryLayout, readMemory } from '../../machine/memory.js';

/** A range of memory; null where a byte of it is in no region. */
export function bytesAt(
  memory: Memory,
  layout: MemoryLayout,
  range: { readonly address: Linear; readonly length: number },
): Uint8Array | null {
  const bytes = new Uint8Array(range.length);
  for (let at = 0; at < range.length; at++) {
    const byte = readMemory(memory, layout, range.address + at, 1);
    if (byte === null) return null;
    bytes[at] = byte;
  }
  return bytes;
}
