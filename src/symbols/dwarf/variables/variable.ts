// Turns an entry into the variable it describes: names, place, and why it has none.
import { as, type FileAddress } from '../../../base/brand.js';
import type { Variable } from '../../debug-info.js';
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { isC } from '../codes/languages.js';
import type { Die } from '../dies/die.js';
import { evaluate, type Place } from '../expression.js';
import { readStringBytes } from '../forms/strings.js';
import { readBlock, readConstant } from '../forms/values.js';
import { enclosing, functionName, linkageName, unitFile } from '../units/names.js';
import { scopesOf } from './linkage-scopes.js';

/** A variable, and what only the look-up needs to know about it. */
export interface Found {
  readonly variable: Variable;
  /** `qualifiedName` without anonymous and inline namespaces: what source code would say. */
  readonly spokenName: string;
  /** The entry that this one completes or instantiates in the end (else itself): the same for all descriptions of one variable. */
  readonly home: string;
  readonly linkageName: string | null;
}

type Where = Pick<Variable, 'address' | 'absence' | 'threadOffset' | 'constant'>;

/** The variable that `die` describes; null where it has no name. `typeOf` makes the type. Throws DwarfError. */
export function readVariable(die: Die, typeOf: (die: Die) => Type | null): Found | null {
  const name = die.name();
  if (name === null) return null;
  const linkage = linkageName(die);
  const { scopes, spoken, owner } = scopesAround(die, linkage);
  return {
    variable: {
      name,
      qualifiedName: [...scopes, name].join('::'),
      function: owner === null ? null : functionName(owner),
      file: sourceFile(die),
      ...whereOf(die),
      external: die.inheritedFlag(At.external),
      type: () => typeOf(die),
    },
    spokenName: [...spoken, name].join('::'),
    home: homeOf(die),
    linkageName: linkage,
  };
}

/** Only the names of the variable that `die` describes: the plain and, where it differs, the qualified one. Throws DwarfError. */
export function readNames(die: Die): readonly string[] {
  const name = die.name();
  if (name === null) return [];
  if (isC(die.unit.language)) return [name];
  const { scopes } = scopesAround(die, linkageName(die));
  return scopes.length === 0 ? [name] : [name, [...scopes, name].join('::')];
}

interface Scopes {
  readonly scopes: readonly string[];
  readonly spoken: readonly string[];
  readonly owner: Die | null;
}

/** What comes before the name: nothing within a function, whose own scopes are in the function's name. */
function scopesAround(die: Die, linkage: string | null): Scopes {
  const around = enclosing(die);
  if (around.function !== null) return { scopes: [], spoken: [], owner: around.function };
  const told = around.scopes.length === 0 && linkage !== null ? scopesOf(linkage) : null;
  const { scopes, spoken } = told === null ? around : { scopes: told, spoken: told };
  return { scopes, spoken, owner: null };
}

/** Of the unit that the compiler made: link-time optimisation moves variables into a unit of its own, without a source file, which refers back. */
function sourceFile(die: Die): string {
  let file = '';
  for (const link of die.chain()) file = unitFile(link.unit) || file;
  return file;
}

function homeOf(die: Die): string {
  let home = die;
  for (const link of die.chain()) home = link;
  return `${home.unit.file.number} ${home.unit.header.section} ${home.offset}`;
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
      return { ...absent('thread-local'), ...(place.offset === null ? {} : { threadOffset: place.offset }) };
    case 'value':
      return { ...absent('constant'), ...(place.value === null ? {} : { constant: place.value }) };
    case 'empty':
    case 'dynamic':
      return absent('optimised-away');
    case undefined:
      return withoutLocation(die);
  }
}

function withoutLocation(die: Die): Where {
  const constant = constantOf(die);
  if (constant !== null) return { ...absent('constant'), constant };
  // An external definition without a location is another name of a variable (libc's `environ`): like for a declaration, the
  // symbol table knows its address.
  return absent(die.flag(At.declaration) || die.inheritedFlag(At.external) ? 'declaration' : 'optimised-away');
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

/** DW_AT_const_value: a number, the bytes of a block, or those of a string; null where there is none. Throws DwarfError. */
export function constantOf(die: Die): bigint | Uint8Array | null {
  for (const link of die.chain()) {
    const attribute = link.attribute(At.constValue);
    if (attribute === null) continue;
    return readConstant(link.unit, attribute) ?? readBlock(link.unit, attribute) ?? readStringBytes(link.unit, attribute);
  }
  return null;
}
