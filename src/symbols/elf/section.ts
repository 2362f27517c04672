// The section headers: named parts of the file, for tools (the loader uses segments).
import type { FileAddress, FileOffset } from '../../base/brand.js';
import { as } from '../../base/brand.js';
import { type ElfReader, fileAddressAt } from './elf-reader.js';
import { type Header, SECTION_BYTES } from './header.js';
import { stringAt } from './strings.js';

/** sh_type values that matter here. */
export const SECTION_TYPE = { symbols: 2, note: 7, empty: 8, relocations: 4, dynamicSymbols: 11 } as const;

const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;

export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  /** Part of the running program's memory. */
  readonly loaded: boolean;
  readonly executable: boolean;
  /** SHF_COMPRESSED: the bytes in the file begin with a compression header. */
  readonly compressed: boolean;
  readonly address: FileAddress;
  readonly offset: FileOffset;
  /** Bytes: in the file, or for SHT_NOBITS in memory. */
  readonly size: number;
  /** sh_link and sh_info; their meaning depends on `type`. */
  readonly link: number;
  readonly info: number;
}

/** All sections, by index. Throws ElfError where the table is outside the file. Sections may lie outside: reading them then fails. */
export function readSections(reader: ElfReader, header: Header): Section[] {
  const { offset, count } = header.sections;
  const view = reader.view(offset, count * SECTION_BYTES, `the section table (${count} entries)`);
  const names = sectionNames(reader, header, view);
  return Array.from({ length: count }, (_, index) => readSection(reader, view, index, names));
}

/**
 *     0 name  4 type  8 flags  16 addr  24 offset  32 size  40 link  44 info  48 align  56 entsize
 */
function readSection(reader: ElfReader, view: DataView, index: number, names: Uint8Array): Section {
  const at = index * SECTION_BYTES;
  const flags = view.getUint32(at + 8, true);
  // Entry 0 is null, but may hold counts that do not fit into the header.
  const real = index !== 0;
  return {
    index,
    name: stringAt(names, view.getUint32(at, true)),
    type: view.getUint32(at + 4, true),
    loaded: (flags & SHF_ALLOC) !== 0,
    executable: (flags & SHF_EXECINSTR) !== 0,
    compressed: (flags & SHF_COMPRESSED) !== 0,
    address: fileAddressAt(view, at + 16),
    offset: as<FileOffset>(real ? reader.u64(view, at + 24, `the offset of section ${index}`) : 0),
    size: real ? reader.u64(view, at + 32, `the size of section ${index}`) : 0,
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
  };
}

function sectionNames(reader: ElfReader, header: Header, view: DataView): Uint8Array {
  const index = header.namesSection;
  if (index === 0 || header.sections.count === 0) return new Uint8Array();
  if (index >= header.sections.count) throw reader.error('corrupt', `the section names are in section ${index}, which does not exist`);
  const at = index * SECTION_BYTES;
  const offset = reader.u64(view, at + 24, 'the offset of the section names');
  return reader.bytes(offset, reader.u64(view, at + 32, 'the size of the section names'), 'the section of section names');
}
