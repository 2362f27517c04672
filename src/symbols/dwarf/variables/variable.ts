// Turns an entry into the variable it describes: names, place, and why it has none.
import { as, type FileAddress } from '../../../base/brand.js';
import type { Variable } from '../../debug-info.js';
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import type { Die } from '../dies/die.js';
import { evaluate, type Place } from '../expression.js';
import { readBlock } from '../forms/values.js';
import { enclosing, functionName, unitFile } from '../units/names.js';

/** A variable, and what only the look-up needs to know about it. */
export interface Found {
  readonly variable: Variable;
  /** `qualifiedName` without anonymous and inline namespaces: what source code would say. */
  readonly spokenName: string;
  /** The entry that this one completes or instantiates in the end (else itself): the same for all descriptions of one variable. */
  readonly home: string;
}

function homeOf(die: Die): string {
  let home = die;
  for (const link of die.chain()) home = link;
  return `${home.unit.file === die.unit.file ? '' : 'alternate '}${home.unit.header.section} ${home.offset}`;
}

type Where = Pick<Variable, 'address' | 'absence'>;

/** The variable that `die` describes; null where it has no name. `typeOf` makes the type. Throws DwarfError. */
export function readVariable(die: Die, typeOf: (die: Die) => Type | null): Found | null {
  const name = die.name();
  if (name === null) return null;
  const around = enclosing(die);
  const inFunction = around.function !== null;
  const prefix = (scopes: readonly string[]): string => (inFunction ? name : [...scopes, name].join('::'));
  return {
    variable: {
      name,
      qualifiedName: prefix(around.scopes),
      function: around.function === null ? null : functionName(around.function),
      file: unitFile(die.unit),
      ...whereOf(die),
      external: die.inheritedFlag(At.external),
      type: () => typeOf(die),
    },
    spokenName: prefix(around.spoken),
    home: homeOf(die),
  };
}

/** Address of the variable, or why there is none. Throws DwarfError. */
export function whereOf(die: Die): Where {
  const place = placeOf(die);
  switch (place?.kind) {
    case 'static':
      // Linkers leave address 0, or one of the two highest, where they dropped a variable.
      return place.address === 0n || place.address >= 0xffff_ffff_ffff_fffen
        ? absent('optimised-away')
        : { address: as<FileAddress>(place.address), absence: null };
    case 'thread-local':
      return absent('thread-local');
    case 'value':
      return absent('constant');
    case 'empty':
    case 'dynamic':
      return absent('optimised-away');
    case undefined:
      if (hasConstant(die)) return absent('constant');
      // An external definition without a location is another name of a variable (libc's `environ`): like for a declaration, the
      // symbol table knows its address.
      return absent(die.flag(At.declaration) || die.inheritedFlag(At.external) ? 'declaration' : 'optimised-away');
  }
}

function absent(absence: Variable['absence']): Where {
  return { address: null, absence };
}

/** Null where no entry of the chain has a location. A location list counts as dynamic. */
function placeOf(die: Die): Place | null {
  for (const link of die.chain()) {
    const location = link.attribute(At.location);
    if (location === null) continue;
    const expression = readBlock(link.unit, location);
    return expression === null ? { kind: 'dynamic' } : evaluate(link.unit, expression);
  }
  return null;
}

function hasConstant(die: Die): boolean {
  for (const link of die.chain()) if (link.attribute(At.constValue) !== null) return true;
  return false;
}
