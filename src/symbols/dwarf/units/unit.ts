// One unit of .debug_info or .debug_types: where it lies, how its values are shaped, and what its root entry says.
import type { AbbrevTable } from '../abbrev/table.js';
import { Cursor } from '../bytes/cursor.js';
import { At } from '../codes/attributes.js';
import { Die } from '../dies/die.js';
import type { DwarfFile } from '../file.js';
import type { Shape } from '../forms/sizes.js';
import { readOffset, readUnsigned } from '../forms/values.js';
import { UnitOutline } from './outline.js';

export type UnitKind = 'compile' | 'partial' | 'type' | 'skeleton' | 'split';

/** What a unit's header says. Offsets count from the start of the section. */
export interface UnitHeader extends Shape {
  readonly section: 'info' | 'types';
  readonly kind: UnitKind;
  /** Of the header itself. */
  readonly offset: number;
  /** Of the first byte behind the unit. */
  readonly end: number;
  readonly firstDie: number;
  readonly abbrevOffset: number;
  /** For a type unit: its signature and where its type is described. */
  readonly type: { readonly signature: bigint; readonly offset: number } | null;
  /** For a skeleton and its other half, DWARF 5: what tells that they belong together. */
  readonly splitId: bigint | null;
}

/** Where this unit's share of the index sections starts. */
interface Bases {
  readonly strOffsets: number;
  readonly addr: number;
  readonly rnglists: number;
  readonly loclists: number;
  /** What GNU's split DWARF 4 adds to offsets of range lists. */
  readonly ranges: number;
}

/** A unit. Everything beyond the header is read when first asked for, and may throw DwarfError. */
export class Unit implements Shape {
  readonly file: DwarfFile;
  readonly header: UnitHeader;
  readonly bytes: Uint8Array;
  readonly version: number;
  readonly addressSize: 4 | 8;
  readonly offsetSize: 4 | 8;
  #table: AbbrevTable | null = null;
  #root: Die | null = null;
  #bases: Bases | null = null;
  #language: number | null = null;
  #outline: UnitOutline | null = null;
  #content: Unit | null = null;

  constructor(file: DwarfFile, header: UnitHeader) {
    this.file = file;
    this.header = header;
    this.bytes = file.sections.get(header.section);
    this.version = header.version;
    this.addressSize = header.addressSize;
    this.offsetSize = header.offsetSize;
  }

  get offset(): number {
    return this.header.offset;
  }

  get end(): number {
    return this.header.end;
  }

  get table(): AbbrevTable {
    this.#table ??= this.file.abbrevTable(this.header);
    return this.#table;
  }

  /** The unit's first entry. */
  get root(): Die {
    this.#root ??= new Die(this, this.header.firstDie);
    return this.#root;
  }

  get bases(): Bases {
    this.#bases ??= this.#readBases();
    return this.#bases;
  }

  /** DW_LANG code; that of the file's first unit for units that give none (dwz makes such); 0 where none is known. */
  get language(): number {
    if (this.#language === null) {
      const attribute = this.root.attribute(At.language);
      this.#language = attribute === null ? this.file.commonLanguage(this) : (readUnsigned(this, attribute) ?? 0);
    }
    return this.#language;
  }

  /** The unit of the program's own file that stands for this one, where this one is in a .dwo file; it has the addresses. */
  get skeleton(): Unit | null {
    return this.file.skeleton;
  }

  /** The unit with the entries: this one, or for a skeleton the one in its .dwo file, as far as that is found. */
  get content(): Unit {
    this.#content ??= this.file.contentOf(this);
    return this.#content;
  }

  /** Namespaces, classes and functions of the unit. */
  get outline(): UnitOutline {
    this.#outline ??= UnitOutline.of(this);
    return this.#outline;
  }

  /** A reader at `pos` that cannot leave the unit. */
  cursor(pos: number): Cursor {
    return new Cursor(this.bytes, pos, this.header.end);
  }

  /** For people: section and offset. */
  describe(): string {
    const { label } = this.file;
    return `unit at 0x${this.header.offset.toString(16)} of .debug_${this.header.section}${label === '' ? '' : ` of ${label}`}`;
  }

  #readBases(): Bases {
    const root = this.root;
    // A unit that gives no base means the first table, behind its header (DWARF 5 section 7.26-7.28); before DWARF 5 there was no header.
    const header = this.version >= 5 ? (this.offsetSize === 4 ? 8 : 16) : 0;
    const listHeader = this.offsetSize === 4 ? 12 : 20;
    const base = (name: number): number | null => {
      const attribute = root.attribute(name);
      return attribute === null ? null : readOffset(this, attribute);
    };
    return {
      strOffsets: base(At.strOffsetsBase) ?? header,
      addr: this.skeleton === null ? (base(At.addrBase) ?? base(At.gnuAddrBase) ?? header) : this.skeleton.bases.addr,
      rnglists: base(At.rnglistsBase) ?? listHeader,
      loclists: base(At.loclistsBase) ?? listHeader,
      ranges: this.skeleton === null ? (base(At.gnuRangesBase) ?? 0) : this.skeleton.bases.ranges,
    };
  }
}
