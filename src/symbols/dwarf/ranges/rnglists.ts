// Range lists of DWARF 5 in .debug_rnglists: one opcode per range (DWARF 5 section 7.25).
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import { indexedAddress } from '../forms/addresses.js';
import { unitLow } from '../units/code.js';
import type { Unit } from '../units/unit.js';
import type { RangeSink } from './code-ranges.js';

const Rle = {
  endOfList: 0,
  baseAddressx: 1,
  startxEndx: 2,
  startxLength: 3,
  offsetPair: 4,
  baseAddress: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/** Where list number `index` of the unit's share of the section starts. */
export function rnglistOffset(unit: Unit, index: number): number {
  const base = unit.bases.rnglists;
  return base + new Cursor(unit.file.sections.get('rnglists'), base + index * unit.offsetSize).offset(unit.offsetSize);
}

/** Gives the ranges of the list at `offset` to `sink`. Throws DwarfError where it is broken. */
export function readRnglist(unit: Unit, offset: number, sink: RangeSink): void {
  const cursor = new Cursor(unit.file.sections.get('rnglists'), offset);
  const size = unit.addressSize;
  const indexed = (): number => indexedAddress(unit, cursor.uleb()).addressKey(size);
  let base = unitLow(unit);
  for (;;) {
    unit.file.rangeBudget.spend(1);
    const kind = cursor.u8();
    if (kind === Rle.endOfList) return;
    if (kind === Rle.baseAddressx) base = indexed();
    else if (kind === Rle.baseAddress) base = cursor.addressKey(size);
    else if (kind === Rle.offsetPair) sink(base + cursor.uleb(), base + cursor.uleb());
    else if (kind === Rle.startxEndx) sink(indexed(), indexed());
    else if (kind === Rle.startEnd) sink(cursor.addressKey(size), cursor.addressKey(size));
    else if (kind === Rle.startxLength || kind === Rle.startLength) {
      const low = kind === Rle.startLength ? cursor.addressKey(size) : indexed();
      sink(low, low + cursor.uleb());
    } else throw new DwarfError(`range list entry of kind ${kind}`);
  }
}
