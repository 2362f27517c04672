// Pointers as .eh_frame writes them: a format and what they are relative to, in one byte (Linux Standard Base, DW_EH_PE).
//
//     7 indirect | 6-4 relative to: 0 nothing, 1 the pointer itself, 2 .text, 3 data | 3-0 format          0xff: there is no pointer
import type { Cursor } from '../dwarf/bytes/cursor.js';
import { DwarfError } from '../dwarf/error.js';

const OMITTED = 0xff;
const RELATIVE = 0x70;
const TO_ITSELF = 0x10;

/** Where the section's first byte is loaded, as an address key. */
export type SectionAddress = number;

/** The pointer at the cursor, as an address key; null where there is none or it cannot be known here. Throws DwarfError. */
export function readPointer(cursor: Cursor, encoding: number, section: SectionAddress): number | null {
  if (encoding === OMITTED) return null;
  const at = cursor.pos;
  const value = readFormat(cursor, encoding & 0x0f);
  if (value === 0 || (encoding & 0x80) !== 0) return null;
  switch (encoding & RELATIVE) {
    case 0:
      return value;
    case TO_ITSELF:
      return section + at + value;
    default:
      return null;
  }
}

/** A number of this format, at the cursor. Throws DwarfError. */
export function readFormat(cursor: Cursor, format: number): number {
  switch (format) {
    case 0x0:
    case 0x4:
    case 0xc:
      return signed64(cursor);
    case 0x1:
      return cursor.uleb();
    case 0x2:
      return cursor.u16();
    case 0x3:
      return cursor.u32();
    case 0x9:
      return cursor.sleb();
    case 0xa:
      return (cursor.u16() << 16) >> 16;
    case 0xb:
      return cursor.u32() | 0;
    default:
      throw new DwarfError(`unknown pointer format 0x${format.toString(16)}`);
  }
}

/** Exact within 2^53 of 0; addresses of user programs are. */
function signed64(cursor: Cursor): number {
  const lo = cursor.u32();
  return (cursor.u32() | 0) * 0x1_0000_0000 + lo;
}
