// Finds the entries that can be variables with a fixed address, in one walk over a file.
import { Slot } from '../abbrev/program.js';
import { Form } from '../codes/forms.js';
import { isC } from '../codes/languages.js';
import { isClassTag, mayHoldDefinitions, Tag } from '../codes/tags.js';
import { addNamed, type Candidates, type Found } from '../dies/candidates.js';
import { indexed } from '../dies/indexed.js';
import { DieScanner } from '../dies/scanner.js';
import { mayBeStatic } from '../expression.js';
import type { DwarfFile } from '../file.js';
import type { Unit } from '../units/unit.js';

/** All candidates of `file`. */
export function findVariables(file: DwarfFile): Candidates {
  return indexed(file, 'variables', scanUnit);
}

/** Gives the candidates of one unit to `found`. Throws DwarfError. */
export function scanUnit(unit: Unit, found: Found): void {
  const scanner = new DieScanner(unit);
  const plainC = isC(unit.language);
  // Depth of the outermost function that the walk is in.
  let inside = Number.POSITIVE_INFINITY;
  while (scanner.next()) {
    const { tag, depth } = scanner;
    if (depth <= inside) inside = Number.POSITIVE_INFINITY;
    if (tag === Tag.variable) {
      if (depth > inside ? isStaticLocal(scanner) : true) addNamed(scanner, found);
    } else if (tag === Tag.member) {
      // Before DWARF 5 a static member was a member entry that declares an external object.
      if (depth < inside && scanner.has(Slot.external) && scanner.has(Slot.declaration)) addNamed(scanner, found);
    }
    if (!scanner.hasChildren) continue;
    if (!mayHoldDefinitions(tag) || (plainC && isClassTag(tag))) scanner.skipChildren();
    else if (tag === Tag.subprogram && depth < inside) inside = depth;
  }
}

/** Whether a variable inside a function has a fixed place: its location is an expression that starts like one. */
function isStaticLocal(scanner: DieScanner): boolean {
  const form = scanner.formOf(Slot.location);
  const start = expressionStart(scanner, form);
  return start > 0 && mayBeStatic(scanner.unit.bytes[start] ?? 0);
}

/** Where the expression of the current entry's location starts, 0 where it has none (or a long one, which is none of a static). */
function expressionStart(scanner: DieScanner, form: number): number {
  const pos = scanner.positionOf(Slot.location);
  switch (form) {
    case Form.exprloc:
    case Form.block:
      return (scanner.unit.bytes[pos] ?? 0) < 0x80 ? pos + 1 : 0;
    case Form.block1:
      return pos + 1;
    case Form.block2:
      return pos + 2;
    case Form.block4:
      return pos + 4;
    default:
      return 0;
  }
}
