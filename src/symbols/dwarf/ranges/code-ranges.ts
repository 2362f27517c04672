// The code that an entry covers: DW_AT_low_pc with DW_AT_high_pc, or DW_AT_ranges with a list in .debug_ranges or .debug_rnglists.
import { Form } from '../codes/forms.js';
import { readAddressKey } from '../forms/addresses.js';
import { type Attribute, readIndex, readOffset, readUnsigned } from '../forms/values.js';
import type { Unit } from '../units/unit.js';
import { isLiveCode } from './live.js';
import { readRangeList } from './ranges.js';
import { readRnglist, rnglistOffset } from './rnglists.js';

/** Takes one range of code, `low` included, `high` not; both as address keys (see Cursor.addressKey), 0 < low < high. */
export type RangeSink = (low: number, high: number) => void;

export interface CodeAttributes {
  readonly low: Attribute | null;
  readonly high: Attribute | null;
  readonly ranges: Attribute | null;
}

/** Gives every range of code of an entry of `unit` to `sink`. Throws DwarfError. */
export function readCodeRanges(unit: Unit, { low, high, ranges }: CodeAttributes, sink: RangeSink): void {
  const lowKey = low === null ? 0 : (readAddressKey(unit, low) ?? 0);
  const live: RangeSink = (from, to) => {
    if (isLiveCode(from, to)) sink(from, to);
  };
  if (ranges !== null) readList(unit, ranges, live);
  else if (high !== null) live(lowKey, highKey(unit, high, lowKey));
}

function highKey(unit: Unit, high: Attribute, low: number): number {
  const address = high.form === Form.addr || readIndex(unit.cursor(high.pos), high.form) !== null ? readAddressKey(unit, high) : null;
  // Since DWARF 4 a constant is the length.
  return address ?? low + (readUnsigned(unit, high) ?? 0);
}

function readList(unit: Unit, ranges: Attribute, sink: RangeSink): void {
  if (unit.version < 5) {
    const offset = readOffset(unit, ranges);
    // The lists of split DWARF 4 are in the program's file, where each unit has its share.
    if (offset !== null) readRangeList(unit.skeleton ?? unit, offset + (unit.skeleton === null ? 0 : unit.bases.ranges), sink);
    return;
  }
  const index = ranges.form === Form.rnglistx ? readIndex(unit.cursor(ranges.pos), ranges.form) : null;
  const offset = index === null ? readOffset(unit, ranges) : rnglistOffset(unit, index);
  if (offset !== null) readRnglist(unit, offset, sink);
}
