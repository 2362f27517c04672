// The ELF header: what the file is, where it starts, and where its two tables are.
import type { FileAddress } from '../../base/brand.js';
import { type ElfReader, fileAddressAt } from './elf-reader.js';
import { requireSupported } from './identity.js';

/** `executable`: at fixed addresses. `shared`: a library, or a position-independent program. */
export type ElfType = 'relocatable' | 'executable' | 'shared' | 'core' | 'other';

/** Where a table is: `count` entries from `offset` on. */
export interface TablePlace {
  readonly offset: number;
  readonly count: number;
}

export interface Header {
  readonly type: ElfType;
  /** First instruction, 0 where there is none. */
  readonly entry: FileAddress;
  readonly segments: TablePlace;
  readonly sections: TablePlace;
  /** Index of the section that holds the sections' names; 0: none. */
  readonly namesSection: number;
}

export const HEADER_BYTES = 64;
export const SEGMENT_BYTES = 56;
export const SECTION_BYTES = 64;
const TYPES: readonly ElfType[] = ['other', 'relocatable', 'executable', 'shared', 'core'];
/** e_phnum when the number does not fit: section 0 holds it (sh_info). */
const PN_XNUM = 0xffff;
/** e_shstrndx when the number does not fit: section 0 holds it (sh_link). */
const SHN_XINDEX = 0xffff;

/**
 * Reads and checks the header; both tables are known to lie inside the file. Throws ElfError.
 *
 *     16 type  18 machine  24 entry  32 phoff  40 shoff  54 phentsize  56 phnum  58 shentsize  60 shnum  62 shstrndx
 */
export function readHeader(reader: ElfReader): Header {
  requireSupported(reader);
  const view = reader.view(0, HEADER_BYTES, 'the ELF header');
  const segmentsAt = reader.u64(view, 32, 'the offset of the program headers');
  const sectionsAt = reader.u64(view, 40, 'the offset of the section headers');
  requireEntrySize(reader, view.getUint16(54, true), SEGMENT_BYTES, segmentsAt);
  requireEntrySize(reader, view.getUint16(58, true), SECTION_BYTES, sectionsAt);
  let segments = view.getUint16(56, true);
  let sections = view.getUint16(60, true);
  let names = view.getUint16(62, true);
  if (sectionsAt !== 0 && (sections === 0 || segments === PN_XNUM || names === SHN_XINDEX)) {
    const first = reader.view(sectionsAt, SECTION_BYTES, 'section header 0');
    if (sections === 0) sections = reader.u64(first, 32, 'the number of sections');
    if (names === SHN_XINDEX) names = first.getUint32(40, true);
    if (segments === PN_XNUM) segments = first.getUint32(44, true);
  }
  return {
    type: TYPES[view.getUint16(16, true)] ?? 'other',
    entry: fileAddressAt(view, 24),
    segments: { offset: segmentsAt, count: segmentsAt === 0 ? 0 : segments },
    sections: { offset: sectionsAt, count: sectionsAt === 0 ? 0 : sections },
    namesSection: names,
  };
}

function requireEntrySize(reader: ElfReader, size: number, expected: number, offset: number): void {
  if (offset !== 0 && size !== expected) throw reader.error('corrupt', `header entries of ${size} bytes, not ${expected}`);
}
