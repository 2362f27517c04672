// The sections of an ELF file that the DWARF reader wants.
import type { DwarfSections } from '../dwarf/sections.js';
import type { ElfFile } from '../elf/elf-file.js';

/** Whether the file has debug information of its own. */
export function hasDwarf(elf: ElfFile): boolean {
  const section = elf.section('.debug_info');
  return section !== null && section.size > 0 && elf.type !== 'relocatable';
}

/** Reads, decompresses and keeps each section when it is first asked for. Getters throw ElfError where one is broken. */
export function dwarfSections(elf: ElfFile): Required<DwarfSections> {
  const section = (name: string) => () => elf.data(`.debug_${name}`);
  return {
    info: section('info'),
    abbrev: section('abbrev'),
    str: section('str'),
    lineStr: section('line_str'),
    strOffsets: section('str_offsets'),
    addr: section('addr'),
    line: section('line'),
    ranges: section('ranges'),
    rnglists: section('rnglists'),
    types: section('types'),
    aranges: section('aranges'),
    loc: section('loc'),
    loclists: section('loclists'),
  };
}
