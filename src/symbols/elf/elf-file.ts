// One ELF file: its tables are read at once and checked against the file's size, everything else when it is first asked for.
import type { FileAddress, FileOffset } from '../../base/brand.js';
import type { ByteSource } from '../bytes.js';
import { copiedSymbols } from './copy-relocations.js';
import { type DebugAltLink, type DebugLink, parseDebugAltLink, parseDebugLink, parseSupplement, type Supplement } from './debug-links.js';
import { type Dynamic, dynamicSymbols, readDynamic } from './dynamic.js';
import { ElfReader } from './elf-reader.js';
import { type ElfType, type Header, readHeader } from './header.js';
import { buildIdIn } from './notes.js';
import { readSections, SECTION_TYPE, type Section } from './section.js';
import { type Decompressors, sectionData } from './section-data.js';
import { addressOfOffset, offsetOfAddress, readSegments, SEGMENT_TYPE, type Segment } from './segment.js';
import { stringAt } from './strings.js';
import { SymbolTable } from './symbol-table.js';
import { symbolVersions } from './symbol-versions.js';

export interface ElfOptions extends Decompressors {
  /** The name that errors show. */
  readonly file: string;
}

/** Opens an x86-64 ELF file. Throws ElfError for anything else, and for tables that lie outside the file. */
export function openElf(source: ByteSource, options: ElfOptions): ElfFile {
  const reader = new ElfReader(options.file, source);
  return new ElfFile(reader, readHeader(reader), options);
}

/** Made by {@link openElf}. Methods and lazy getters throw ElfError where the part of the file they read is broken. */
export class ElfFile {
  readonly file: string;
  readonly type: ElfType;
  /** First instruction; 0 where there is none (most libraries). */
  readonly entry: FileAddress;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  readonly #reader: ElfReader;
  readonly #decompressors: Decompressors;
  readonly #byName: ReadonlyMap<string, Section>;
  readonly #data = new Map<Section, Uint8Array>();
  #symbols: SymbolTable | null | undefined;
  #dynamicSymbols: SymbolTable | null | undefined;
  #dynamic: Dynamic | undefined;

  constructor(reader: ElfReader, header: Header, decompressors: Decompressors) {
    this.#reader = reader;
    this.#decompressors = decompressors;
    this.file = reader.file;
    this.type = header.type;
    this.entry = header.entry;
    this.segments = readSegments(reader, header);
    this.sections = readSections(reader, header);
    this.#byName = firstOfEachName(this.sections);
  }

  /** The section of this name, or its old compressed form (`.zdebug_info` for `.debug_info`); null where there is none. */
  section(name: string): Section | null {
    return this.#byName.get(name) ?? this.#byName.get(name.replace(/^\.debug_/, '.zdebug_')) ?? null;
  }

  /** The bytes of a section, decompressed; null where there is none of this name, or none with bytes in this file. Read once. */
  data(name: string): Uint8Array | null {
    const section = this.section(name);
    return section === null || section.type === SECTION_TYPE.empty ? null : this.dataOf(section);
  }

  /** {@link data} of one section. */
  dataOf(section: Section): Uint8Array {
    let data = this.#data.get(section);
    if (data === undefined) {
      data = sectionData(this.#reader, section, this.#decompressors);
      this.#data.set(section, data);
    }
    return data;
  }

  /** .symtab: all symbols, or null where it was stripped. */
  get symbols(): SymbolTable | null {
    if (this.#symbols === undefined) {
      const section = this.#sectionOfType(SECTION_TYPE.symbols);
      this.#symbols = section === null ? null : new SymbolTable({ entries: this.dataOf(section), names: this.#namesOf(section) });
    }
    return this.#symbols;
  }

  /** .dynsym: the symbols that modules use of each other, or null in a static program. */
  get dynamicSymbols(): SymbolTable | null {
    if (this.#dynamicSymbols === undefined) this.#dynamicSymbols = this.#readDynamicSymbols();
    return this.#dynamicSymbols;
  }

  /** Libraries needed, and its own name as a library. */
  get dynamic(): Dynamic {
    this.#dynamic ??= readDynamic(this.#reader, this.segments);
    return this.#dynamic;
  }

  /** Lower-case hexadecimal, or null where the file has none. */
  get buildId(): string | null {
    for (const section of this.sections) {
      const id = section.type === SECTION_TYPE.note ? buildIdIn(this.dataOf(section)) : null;
      if (id !== null) return id;
    }
    for (const segment of this.segments) {
      const id = segment.type === SEGMENT_TYPE.note ? buildIdIn(this.#reader.source.read(segment.offset, segment.fileSize)) : null;
      if (id !== null) return id;
    }
    return null;
  }

  /** Path of the dynamic linker that starts this program, or null. */
  get interpreter(): string | null {
    const segment = this.segments.find((s) => s.type === SEGMENT_TYPE.interpreter);
    return segment === undefined ? null : stringAt(this.#reader.bytes(segment.offset, segment.fileSize, 'the interpreter'), 0);
  }

  get debugLink(): DebugLink | null {
    const data = this.data('.gnu_debuglink');
    return data === null ? null : parseDebugLink(data);
  }

  get debugAltLink(): DebugAltLink | null {
    const data = this.data('.gnu_debugaltlink');
    if (data !== null) return parseDebugAltLink(data);
    const supplement = this.#supplement;
    return supplement === null || supplement.isShared || supplement.path === ''
      ? null
      : { path: supplement.path, buildId: supplement.checksum };
  }

  /** Whether this is the file that {@link debugAltLink} of another one means. */
  isSharedPart({ buildId }: DebugAltLink): boolean {
    const supplement = this.#supplement;
    return this.buildId === buildId || (supplement?.isShared === true && supplement.checksum === buildId);
  }

  get #supplement(): Supplement | null {
    const data = this.data('.debug_sup');
    return data === null ? null : parseSupplement(data);
  }

  /** Indices in {@link dynamicSymbols} of the variables this program took over from libraries. */
  get copiedSymbols(): readonly number[] {
    const data = this.data('.rela.dyn');
    return data === null ? [] : copiedSymbols(data);
  }

  /** The address that the byte at `offset` is loaded at, or null. */
  toAddress(offset: FileOffset): FileAddress | null {
    return addressOfOffset(this.segments, offset);
  }

  /** Where in the file the byte loaded at `address` is, or null (not loaded, or .bss). */
  toOffset(address: FileAddress): FileOffset | null {
    return offsetOfAddress(this.segments, address);
  }

  #readDynamicSymbols(): SymbolTable | null {
    const section = this.#sectionOfType(SECTION_TYPE.dynamicSymbols);
    if (section === null) {
      const found = this.sections.length > 0 ? null : dynamicSymbols(this.#reader, this.segments);
      return found === null ? null : new SymbolTable(found);
    }
    const names = this.#namesOf(section);
    const bytes = (name: string) => this.data(name) ?? new Uint8Array();
    const versionOf = symbolVersions({
      indices: bytes('.gnu.version'),
      definitions: bytes('.gnu.version_d'),
      needs: bytes('.gnu.version_r'),
      names,
    });
    return new SymbolTable({ entries: this.dataOf(section), names, versionOf });
  }

  #sectionOfType(type: number): Section | null {
    return this.sections.find((section) => section.type === type) ?? null;
  }

  #namesOf(section: Section): Uint8Array {
    const names = this.sections[section.link];
    if (names === undefined)
      throw this.#reader.error('corrupt', `the names of ${section.name} are in section ${section.link}, which does not exist`);
    return this.dataOf(names);
  }
}

function firstOfEachName(sections: readonly Section[]): Map<string, Section> {
  const byName = new Map<string, Section>();
  for (const section of sections) if (!byName.has(section.name)) byName.set(section.name, section);
  return byName;
}
