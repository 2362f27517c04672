// Entries remembered by name, as a hash and an offset each: an index over a file that costs some 16 bytes per entry.
import { Slot } from '../abbrev/program.js';
import { NumberList, U32List } from '../bytes/growable.js';
import { hashOf } from '../bytes/text.js';
import { Form } from '../codes/forms.js';
import type { DwarfFile } from '../file.js';
import { readStringHash } from '../forms/strings.js';
import type { Unit } from '../units/unit.js';
import { Die } from './die.js';
import type { DieScanner } from './scanner.js';

/** Name hashes and entry offsets, in the order of the file. */
export class Candidates {
  readonly hashes: Uint32Array;
  /** Twice the number in `file.contents`, and 1 more where the entry is in no scope within the unit. */
  readonly units: Uint32Array;
  readonly offsets: Float64Array | Uint32Array;

  constructor(hashes: Uint32Array, units: Uint32Array, offsets: Float64Array | Uint32Array) {
    this.hashes = hashes;
    this.units = units;
    this.offsets = offsets;
  }

  get size(): number {
    return this.hashes.length;
  }

  /** Numbers of the candidates that may have this name. */
  *named(name: string): Generator<number> {
    const wanted = hashOf(name);
    for (let i = this.hashes.indexOf(wanted); i >= 0; i = this.hashes.indexOf(wanted, i + 1)) yield i;
  }

  /** Candidate `number` of `file`. Throws DwarfError. */
  die(file: DwarfFile, number: number): Die | null {
    const place = this.units[number] ?? 0;
    const unit = file.contents[place >>> 1];
    return unit === undefined ? null : new Die(unit, this.offsets[number] ?? 0, (place & 1) !== 0);
  }
}

/** Takes the hash of a name, the offset of the entry that has it, and whether that is in no scope (namespace, function) within the unit. */
export type Found = (hash: number, offset: number, topLevel: boolean) => void;

/** What `scan` finds in the units of `file`. A unit that turns out to be broken is left at that point, with a problem noted. */
export function collect(file: DwarfFile, scan: (unit: Unit, found: Found) => void): Candidates {
  const hashes = new U32List();
  const units = new U32List();
  const offsets = new NumberList();
  file.contents.forEach((unit, index) => {
    const found: Found = (hash, offset, topLevel) => {
      hashes.push(hash);
      units.push(index * 2 + (topLevel ? 1 : 0));
      offsets.push(offset);
    };
    file.problems.guard(
      () => unit.describe(),
      undefined,
      () => scan(unit, found),
    );
  });
  return new Candidates(hashes.toArray(), units.toArray(), offsets.toArray());
}

/** Gives the scanner's current entry to `found`, under its own name or the one of the entry that it completes; not where it has none. */
export function addNamed(scanner: DieScanner, found: Found): void {
  const { unit, offset } = scanner;
  const topLevel = scanner.depth === 1;
  const form = scanner.formOf(Slot.name);
  if (form !== 0 && form !== Form.indirect) {
    const hash = readStringHash(unit, { form, pos: scanner.positionOf(Slot.name) });
    if (hash !== null) found(hash, offset, topLevel);
    return;
  }
  if (form === 0 && !scanner.has(Slot.origin)) return;
  const name = new Die(unit, offset).name();
  if (name !== null) found(hashOf(name), offset, topLevel);
}
