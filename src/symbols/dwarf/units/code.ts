// The code that a unit as a whole covers.
import { At } from '../codes/attributes.js';
import { readAddressKey } from '../forms/addresses.js';
import { type RangeSink, readCodeRanges } from '../ranges/code-ranges.js';
import type { Unit } from './unit.js';

/** DW_AT_low_pc of the unit, to which its range lists are relative; 0 where it has none. An address key. */
export function unitLow(unit: Unit): number {
  const home = unit.skeleton ?? unit;
  const low = home.root.attribute(At.lowPc);
  return low === null ? 0 : (readAddressKey(home, low) ?? 0);
}

/** Gives the ranges of code that the unit's root entry names to `sink`. Throws DwarfError. */
export function readUnitRanges(unit: Unit, sink: RangeSink): void {
  const { root } = unit;
  readCodeRanges(unit, { low: root.attribute(At.lowPc), high: root.attribute(At.highPc), ranges: root.attribute(At.ranges) }, sink);
}
