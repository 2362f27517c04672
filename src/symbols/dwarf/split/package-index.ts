// The index of a package of split DWARF (.debug_cu_index, .debug_tu_index): which piece of each section belongs to a unit.
// DWARF 5 section 7.3.5.3; version 2 is GNU's, for DWARF 4.
//
//   version (2: u32, 5: u16 and u16 of padding) | columns u32 | units u32 | slots u32
//   slots x signature u64      a hash table
//   slots x row u32            1 ... units; 0 for an empty slot
//   columns x section code u32
//   units x columns x offset u32
//   units x columns x size u32
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import type { SectionName } from '../sections.js';

/** A unit's piece of one section. */
export interface Piece {
  readonly offset: number;
  readonly size: number;
}

export type Pieces = ReadonlyMap<SectionName, Piece>;

/** Section code -> section, of version 2 and of version 5. Sections that nobody asks for here are left out. */
const SECTIONS_2: ReadonlyMap<number, SectionName> = new Map([
  [1, 'info'],
  [2, 'types'],
  [3, 'abbrev'],
  [4, 'line'],
  [5, 'loc'],
  [6, 'strOffsets'],
]);
const SECTIONS_5: ReadonlyMap<number, SectionName> = new Map([
  [1, 'info'],
  [3, 'abbrev'],
  [4, 'line'],
  [5, 'loclists'],
  [6, 'strOffsets'],
  [8, 'rnglists'],
]);
/** More columns than there are codes are a sign of a broken file. */
const MOST_COLUMNS = 16;

/** Signature (a unit's id, or a type's) -> its pieces. Throws DwarfError. An empty section is an empty index. */
export function readPackageIndex(section: Uint8Array): ReadonlyMap<bigint, Pieces> {
  const index = new Map<bigint, Pieces>();
  if (section.length === 0) return index;
  const cursor = new Cursor(section);
  const version = cursor.u16();
  cursor.skip(2);
  if (version !== 2 && version !== 5) throw new DwarfError(`package index of version ${version} is not known`);
  const [columns, units, slots] = [cursor.u32(), cursor.u32(), cursor.u32()];
  const bytes = slots * 12 + columns * 4 + units * columns * 8;
  if (columns > MOST_COLUMNS || bytes > cursor.remaining)
    throw new DwarfError(`package index of ${units} units does not fit in its section`);
  const signatures = cursor.take(slots * 8);
  const rows = cursor.take(slots * 4);
  const names = sectionNames(cursor, columns, version === 2 ? SECTIONS_2 : SECTIONS_5);
  const table = cursor.pos;
  for (let slot = 0; slot < slots; slot++) {
    const row = new Cursor(section, rows + slot * 4).u32();
    if (row === 0) continue;
    if (row > units) throw new DwarfError(`package index refers to unit ${row} of ${units}`);
    const signature = new Cursor(section, signatures + slot * 8).u64();
    index.set(signature, readPieces(new Cursor(section, table), names, { row, units }));
  }
  return index;
}

function sectionNames(cursor: Cursor, columns: number, known: ReadonlyMap<number, SectionName>): (SectionName | null)[] {
  return Array.from({ length: columns }, () => known.get(cursor.u32()) ?? null);
}

function readPieces(table: Cursor, names: readonly (SectionName | null)[], at: { readonly row: number; readonly units: number }): Pieces {
  const pieces = new Map<SectionName, Piece>();
  const start = table.pos;
  names.forEach((name, column) => {
    if (name === null) return;
    const entry = start + ((at.row - 1) * names.length + column) * 4;
    const offset = new Cursor(table.bytes, entry).u32();
    const size = new Cursor(table.bytes, entry + at.units * names.length * 4).u32();
    pieces.set(name, { offset, size });
  });
  return pieces;
}
