// .debug_aranges: which unit covers which code, in a section of its own. Used for units whose root entry does not say it.
//
//   length | version u16 (2) | unit offset | address size u8 | segment size u8 | padding to 2 x address size
//   (low, length) ... (0, 0)
import { Cursor } from '../bytes/cursor.js';
import { DwarfError } from '../error.js';
import type { DwarfFile } from '../file.js';
import { isLiveCode } from './live.js';

/** Takes one range of the unit whose header is at `unitOffset` of .debug_info; `low` and `high` as address keys. */
export type UnitRangeSink = (unitOffset: number, low: number, high: number) => void;

/** Gives all ranges of the section to `sink`; broken tables are left out and told to the file's problems. */
export function readAranges(file: DwarfFile, sink: UnitRangeSink): void {
  const section = file.sections.get('aranges');
  let offset = 0;
  while (offset < section.length) {
    const start = offset;
    offset = file.problems.guard(
      () => `.debug_aranges at 0x${start.toString(16)}`,
      section.length,
      () => readTable(section, start, sink),
    );
  }
}

function readTable(section: Uint8Array, start: number, sink: UnitRangeSink): number {
  const whole = new Cursor(section, start);
  const { length, offsetSize } = whole.initialLength();
  const body = whole.take(length);
  const cursor = new Cursor(section, body, body + length);
  const version = cursor.u16();
  if (version !== 2) throw new DwarfError(`version ${version} is not known`);
  const unitOffset = cursor.offset(offsetSize);
  const size = cursor.u8();
  if ((size !== 4 && size !== 8) || cursor.u8() !== 0) throw new DwarfError('addresses of an unknown kind');
  const misaligned = (cursor.pos - start) % (2 * size);
  if (misaligned > 0) cursor.skip(2 * size - misaligned);
  while (cursor.remaining >= 2 * size) {
    const low = cursor.addressKey(size);
    const high = low + cursor.addressKey(size);
    if (low === 0 && high === 0) break;
    if (isLiveCode(low, high)) sink(unitOffset, low, high);
  }
  return body + length;
}
