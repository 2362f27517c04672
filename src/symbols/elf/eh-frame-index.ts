// Where functions start, from the unwind tables' index (.eh_frame_hdr): even stripped programs keep it, because exceptions need it.
import { as, type FileAddress } from '../../base/brand.js';
import type { ElfFile } from './elf-file.js';
import { viewOf } from './elf-reader.js';

// The header, and the one table encoding that linkers write: pairs of signed 32-bit offsets from the section's start, sorted by place.
//
//     0 version (1)  1 encoding of pointer  2 encoding of count  3 encoding of table  4 pointer (4)  8 count (4)  12 table ...
//
//     entry: 0 start of the code  4 its description (FDE) in .eh_frame
const ENTRY_BYTES = 8;
const TABLE_AT = 12;
const DATA_RELATIVE_SIGNED_4 = 0x3b;
const UNSIGNED_4 = 0x03;

// An FDE: 0 length  4 back to its CIE  8 start of the code (4, relative to itself)  12 bytes of code (4)
const FDE_BYTES = 16;

/** Start of the run of code that contains `address`, or null where the tables do not tell. Throws ElfError where a section is outside the file. */
export function codeStart(elf: ElfFile, address: FileAddress): FileAddress | null {
  const section = elf.section('.eh_frame_hdr');
  const table = section === null ? null : elf.data('.eh_frame_hdr');
  if (section === null || table === null || table.length < TABLE_AT) return null;
  const view = viewOf(table);
  if (view.getUint8(0) !== 1 || view.getUint8(2) !== UNSIGNED_4 || view.getUint8(3) !== DATA_RELATIVE_SIGNED_4) return null;
  const count = Math.min(view.getUint32(8, true), Math.floor((table.length - TABLE_AT) / ENTRY_BYTES));
  const entry = lastEntryUpTo(view, count, Number(address - section.address));
  if (entry < 0) return null;
  const start = as<FileAddress>(section.address + BigInt(view.getInt32(TABLE_AT + entry * ENTRY_BYTES, true)));
  const fde = as<FileAddress>(section.address + BigInt(view.getInt32(TABLE_AT + entry * ENTRY_BYTES + 4, true)));
  return address < start + BigInt(codeLength(elf, fde, start)) ? start : null;
}

function lastEntryUpTo(view: DataView, count: number, offset: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (view.getInt32(TABLE_AT + middle * ENTRY_BYTES, true) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Bytes of code from `start` on that the FDE at `address` describes; 0 where it is not encoded as above, which its own start tells. */
function codeLength(elf: ElfFile, address: FileAddress, start: FileAddress): number {
  const section = elf.section('.eh_frame');
  const frames = section === null ? null : elf.data('.eh_frame');
  if (section === null || frames === null) return 0;
  const offset = Number(address - section.address);
  if (offset < 0 || offset + FDE_BYTES > frames.length) return 0;
  const view = viewOf(frames);
  return address + 8n + BigInt(view.getInt32(offset + 8, true)) === start ? view.getUint32(offset + 12, true) : 0;
}
