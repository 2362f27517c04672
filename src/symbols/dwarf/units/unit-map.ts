// Which units cover an address: from the units' own ranges, else from .debug_aranges, else from their line tables.

import type { DwarfFile } from '../file.js';
import type { LineTables } from '../lines/tables.js';
import { readAranges } from '../ranges/aranges.js';
import { IntervalMap } from '../ranges/interval-map.js';
import { readUnitRanges } from './code.js';

/** The map of one file: an address key -> numbers of units in `file.units`. */
export function mapUnits(file: DwarfFile, lines: LineTables): IntervalMap {
  const map = new IntervalMap();
  const silent = new Map<number, number>();
  file.units.forEach((unit, number) => {
    // Type and partial units own no code.
    if (unit.header.kind === 'type') return;
    const before = map.size;
    file.problems.guard(
      () => `code of the ${unit.describe()}`,
      undefined,
      () => readUnitRanges(unit, (low, high) => map.add(low, high, number)),
    );
    if (map.size === before && unit.header.kind !== 'partial') silent.set(unit.offset, number);
  });
  if (silent.size > 0) addFromAranges(file, silent, map);
  for (const number of silent.values()) lines.of(number)?.eachSequence((low, high) => map.add(low, high, number));
  map.seal();
  return map;
}

/** Adds what .debug_aranges says of the units in `silent` (offset -> number), and takes these out of it. */
function addFromAranges(file: DwarfFile, silent: Map<number, number>, map: IntervalMap): void {
  const known = new Set<number>();
  readAranges(file, (unitOffset, low, high) => {
    const number = silent.get(unitOffset);
    if (number === undefined) return;
    map.add(low, high, number);
    known.add(unitOffset);
  });
  for (const offset of known) silent.delete(offset);
}
