// Finds the units of .debug_info and .debug_types by their headers.
//
//   version 2-4: length | version u16 | abbrev offset | address size u8            [.debug_types: | signature u64 | type offset]
//   version 5:   length | version u16 | unit type u8 | address size u8 | abbrev offset [type unit: | signature u64 | type offset]
//                                                                                      [skeleton, split: | dwo id u64]
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import type { Problems } from '../problems.js';
import type { UnitHeader, UnitKind } from './unit.js';

/** All units of a section that can be made sense of, ascending by offset. What cannot be read is left out and told to `problems`. */
export function readUnitHeaders(section: 'info' | 'types', bytes: Uint8Array, problems: Problems): UnitHeader[] {
  const headers: UnitHeader[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const start = offset;
    // Where not even the length makes sense, nothing behind it can be found.
    offset = bytes.length;
    const header = problems.guard(
      () => `unit at 0x${start.toString(16)} of .debug_${section}`,
      null,
      () => {
        offset = unitEnd(bytes, start);
        return readHeader(section, bytes, { offset: start, end: offset });
      },
    );
    if (header !== null) headers.push(header);
  }
  return headers;
}

function unitEnd(bytes: Uint8Array, offset: number): number {
  const cursor = new Cursor(bytes, offset);
  const { length } = cursor.initialLength();
  if (length > cursor.remaining) throw new DwarfError(`a unit of ${length} bytes does not fit in the section`);
  return cursor.pos + length;
}

function readHeader(section: 'info' | 'types', bytes: Uint8Array, extent: { offset: number; end: number }): UnitHeader | null {
  const cursor = new Cursor(bytes, extent.offset, extent.end);
  const { length, offsetSize } = cursor.initialLength();
  // Linkers leave zeroes as padding between units.
  if (length === 0) return null;
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new DwarfError(`DWARF version ${version} is not known`);
  const common = version >= 5 ? headerOf5(cursor, offsetSize) : headerBefore5(cursor, offsetSize, section);
  const type = common.kind === 'type' ? { signature: cursor.u64(), offset: extent.offset + cursor.offset(offsetSize) } : null;
  const splitId = version >= 5 && (common.kind === 'skeleton' || common.kind === 'split') ? cursor.u64() : null;
  return { ...extent, ...common, section, version, offsetSize, type, splitId, firstDie: cursor.pos };
}

interface Common {
  readonly kind: UnitKind;
  readonly addressSize: 4 | 8;
  readonly abbrevOffset: number;
}

function headerBefore5(cursor: Cursor, offsetSize: 4 | 8, section: 'info' | 'types'): Common {
  const abbrevOffset = cursor.offset(offsetSize);
  return { abbrevOffset, addressSize: addressSize(cursor.u8()), kind: section === 'types' ? 'type' : 'compile' };
}

// DW_UT_compile ... DW_UT_split_type, DWARF 5 table 7.2.
const KINDS: readonly (UnitKind | null)[] = [null, 'compile', 'type', 'partial', 'skeleton', 'split', 'type'];

function headerOf5(cursor: Cursor, offsetSize: 4 | 8): Common {
  const code = cursor.u8();
  const kind = KINDS[code] ?? null;
  if (kind === null) throw new DwarfError(`unit type ${code} is not known`);
  return { kind, addressSize: addressSize(cursor.u8()), abbrevOffset: cursor.offset(offsetSize) };
}

function addressSize(size: number): 4 | 8 {
  if (size !== 4 && size !== 8) throw new DwarfError(`addresses of ${size} bytes`);
  return size;
}
