// Candidates of a file from the index that was kept, else from a walk over the file, which is then kept.
import type { DwarfFile } from '../file.js';
import type { IndexPart } from '../index-store.js';
import type { Unit } from '../units/unit.js';
import { type Candidates, collect, type Found } from './candidates.js';
import { packCandidates, unpackCandidates } from './saved-candidates.js';

/** Bytes of debug information from which on an index is worth keeping: a walk over less takes some 50 ms. */
const WORTH_KEEPING = 4_000_000;

/** What `scan` finds in all units of `file`, now or in an earlier run. */
export function indexed(file: DwarfFile, part: IndexPart, scan: (unit: Unit, found: Found) => void): Candidates {
  const { index, sections } = file;
  if (index === null || sections.get('info').length + sections.get('types').length < WORTH_KEEPING) return collect(file, scan);
  const saved = index.load(part);
  const known = saved === null ? null : unpackCandidates(file, saved);
  if (known !== null) return known;
  const found = collect(file, scan);
  // What was found to be broken would not be told again.
  const packed = file.problems.list.length > 0 ? null : packCandidates(file, found);
  if (packed !== null) index.save(part, packed);
  return found;
}
