// Location lists: where a variable is, by the address of the code. .debug_loc (DWARF 2 to 4), .debug_loc.dwo (GNU's split DWARF 4) and
// .debug_loclists (DWARF 5 section 7.7.3).
import { Cursor } from '../bytes/cursor.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import { indexedAddress } from '../forms/addresses.js';
import { type Attribute, readIndex, readOffset } from '../forms/values.js';
import { unitLow } from '../units/code.js';
import type { Unit } from '../units/unit.js';

/** Takes one entry: the code from `low` to (not including) `high`, both address keys, and the expression that holds there. False ends the reading. */
export type LocationSink = (low: number, high: number, expression: Uint8Array) => boolean;

/** The whole address space: for an entry that holds wherever no other does. */
const EVERYWHERE = [0, Number.MAX_SAFE_INTEGER] as const;
/** Entries of one list; the longest real ones have some thousands. */
const MOST_ENTRIES = 1_000_000;

/** Gives the entries of the list that `attribute` refers to, in order, to `sink`. Throws DwarfError where it is broken; nothing for other forms. */
export function readLocationList(unit: Unit, attribute: Attribute, sink: LocationSink): void {
  if (unit.version >= 5) {
    const index = attribute.form === Form.loclistx ? readIndex(unit.cursor(attribute.pos), attribute.form) : null;
    const offset = index === null ? readOffset(unit, attribute) : listOffset(unit, index);
    if (offset !== null) readList5(unit, offset, sink);
    return;
  }
  const offset = readOffset(unit, attribute);
  if (offset === null) return;
  if (unit.skeleton === null) readOldList(unit, offset, sink);
  else readSplitList4(unit, offset, sink);
}

function listOffset(unit: Unit, index: number): number {
  const base = unit.bases.loclists;
  return base + new Cursor(unit.file.sections.get('loclists'), base + index * unit.offsetSize).offset(unit.offsetSize);
}

/**
 *     (low, high) length u16 expression
 *     (largest address, base)            changes the base
 *     (0, 0)                             the end
 */
function readOldList(unit: Unit, offset: number, sink: LocationSink): void {
  const cursor = new Cursor(unit.file.sections.get('loc'), offset);
  const size = unit.addressSize;
  const largest = size === 4 ? 0xffff_ffff : 0x1f_ffff_ffff_ffff;
  let base = unitLow(unit);
  for (let i = 0; i < MOST_ENTRIES; i++) {
    const low = cursor.addressKey(size);
    const high = cursor.addressKey(size);
    if (low === largest) base = high;
    else if (low === 0 && high === 0) return;
    else if (!sink(base + low, base + high, cursor.block(cursor.u16()))) return;
  }
}

/** GNU's entries: kind u8, then like DWARF 5's, but with lengths of 32 and expressions of up to 16 bits. */
function readSplitList4(unit: Unit, offset: number, sink: LocationSink): void {
  const cursor = new Cursor(unit.file.sections.get('loc'), offset);
  const indexed = (): number => indexedAddress(unit, cursor.uleb()).addressKey(unit.addressSize);
  let base = unitLow(unit);
  for (let i = 0; i < MOST_ENTRIES; i++) {
    const kind = cursor.u8();
    if (kind === 0) return;
    if (kind === 1) {
      base = indexed();
      continue;
    }
    const [low, high] = splitRange(cursor, { kind, base, indexed });
    if (!sink(low, high, cursor.block(cursor.u16()))) return;
  }
}

function splitRange(cursor: Cursor, from: { kind: number; base: number; indexed: () => number }): [number, number] {
  const { kind, base, indexed } = from;
  if (kind === 2) return [indexed(), indexed()];
  if (kind === 4) return [base + cursor.u32(), base + cursor.u32()];
  if (kind !== 3) throw new DwarfError(`location list entry of kind ${kind}`);
  const low = indexed();
  return [low, low + cursor.u32()];
}

const Lle = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  defaultLocation: 5,
  baseAddress: 6,
  startEnd: 7,
  startLength: 8,
} as const;

function readList5(unit: Unit, offset: number, sink: LocationSink): void {
  const cursor = new Cursor(unit.file.sections.get('loclists'), offset);
  const size = unit.addressSize;
  const indexed = (): number => indexedAddress(unit, cursor.uleb()).addressKey(size);
  let base = unitLow(unit);
  for (let i = 0; i < MOST_ENTRIES; i++) {
    const kind = cursor.u8();
    if (kind === Lle.endOfList) return;
    if (kind === Lle.baseAddressx) base = indexed();
    else if (kind === Lle.baseAddress) base = cursor.addressKey(size);
    else {
      const [low, high] = range5(cursor, { kind, base, size, indexed });
      if (!sink(low, high, cursor.block(cursor.uleb()))) return;
    }
  }
}

interface From5 {
  readonly kind: number;
  readonly base: number;
  readonly size: 4 | 8;
  readonly indexed: () => number;
}

function range5(cursor: Cursor, { kind, base, size, indexed }: From5): readonly [number, number] {
  switch (kind) {
    case Lle.offsetPair:
      return [base + cursor.uleb(), base + cursor.uleb()];
    case Lle.startxEndx:
      return [indexed(), indexed()];
    case Lle.startEnd:
      return [cursor.addressKey(size), cursor.addressKey(size)];
    case Lle.startxLength:
    case Lle.startLength: {
      const low = kind === Lle.startLength ? cursor.addressKey(size) : indexed();
      return [low, low + cursor.uleb()];
    }
    case Lle.defaultLocation:
      return EVERYWHERE;
    default:
      throw new DwarfError(`location list entry of kind ${kind}`);
  }
}
