// The sections that debug information is spread over, read when first needed and kept.
import type { Problems } from './problems.js';

/** Bytes of one section, already decompressed; null where the file has none. Called at most once. */
export type ReadSection = () => Uint8Array | null;

/** How the reader gets at the sections of one ELF file (x86-64: little-endian, already relocated). */
export interface DwarfSections {
  readonly info: ReadSection;
  readonly abbrev: ReadSection;
  readonly str: ReadSection;
  readonly lineStr: ReadSection;
  readonly strOffsets: ReadSection;
  readonly addr: ReadSection;
  readonly line: ReadSection;
  readonly ranges: ReadSection;
  readonly rnglists: ReadSection;
  /** `.debug_types`: type units of DWARF 4. */
  readonly types?: ReadSection;
  readonly aranges?: ReadSection;
  /** `.debug_loc` and `.debug_loclists`: where local variables are, by address of the code. */
  readonly loc?: ReadSection;
  readonly loclists?: ReadSection;
}

export type SectionName = keyof DwarfSections;

const EMPTY = new Uint8Array(0);

/** Sections by name, each read once. A section that is missing or cannot be read is empty; the latter is a problem. */
export class LoadedSections {
  readonly #sections: DwarfSections;
  readonly #problems: Problems;
  readonly #loaded = new Map<SectionName, Uint8Array>();

  constructor(sections: DwarfSections, problems: Problems) {
    this.#sections = sections;
    this.#problems = problems;
  }

  get(name: SectionName): Uint8Array {
    let bytes = this.#loaded.get(name);
    if (bytes === undefined) {
      bytes = this.#read(name);
      this.#loaded.set(name, bytes);
    }
    return bytes;
  }

  #read(name: SectionName): Uint8Array {
    try {
      return this.#sections[name]?.() ?? EMPTY;
    } catch (error) {
      // Whatever reads or inflates the section is given from outside, so any error may come.
      this.#problems.add(`section .debug_${SECTION_NAMES[name]} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return EMPTY;
    }
  }
}

const SECTION_NAMES: Readonly<Record<SectionName, string>> = {
  info: 'info',
  abbrev: 'abbrev',
  str: 'str',
  lineStr: 'line_str',
  strOffsets: 'str_offsets',
  addr: 'addr',
  line: 'line',
  ranges: 'ranges',
  rnglists: 'rnglists',
  types: 'types',
  aranges: 'aranges',
  loc: 'loc',
  loclists: 'loclists',
};
