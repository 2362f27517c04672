// Range lists of DWARF 3 and 4 in .debug_ranges: pairs of addresses relative to a base.
//
//   (low, high)                  a range; low = high is empty
//   (largest address, base)      changes the base, at first the unit's DW_AT_low_pc
//   (0, 0)                       the end
import { Cursor } from '../bytes/cursor.js';
import { unitLow } from '../units/code.js';
import type { Unit } from '../units/unit.js';
import type { RangeSink } from './code-ranges.js';

/** Gives the ranges of the list at `offset` to `sink`. Throws DwarfError where it leaves the section. */
export function readRangeList(unit: Unit, offset: number, sink: RangeSink): void {
  const cursor = new Cursor(unit.file.sections.get('ranges'), offset);
  const largest = unit.addressSize === 4 ? 0xffff_ffff : 0x1f_ffff_ffff_ffff;
  let base = unitLow(unit);
  for (;;) {
    unit.file.rangeBudget.spend(1);
    const low = cursor.addressKey(unit.addressSize);
    const high = cursor.addressKey(unit.addressSize);
    if (low === largest) base = high;
    else if (low === 0 && high === 0) return;
    else sink(base + low, base + high);
  }
}
