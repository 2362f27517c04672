// Qualified names: the namespaces and classes around an entry.
import { At } from '../codes/attributes.js';
import { isC } from '../codes/languages.js';
import { isClassTag, Tag } from '../codes/tags.js';
import { Die } from '../dies/die.js';
import type { Unit } from './unit.js';

/** Scopes gone through outwards; deeper nesting is taken as a sign of a broken file. */
const DEEPEST = 64;

/** What encloses an entry. */
export interface Enclosing {
  /** Namespaces and classes, outermost first; stops at a function. Anonymous namespaces as gdb writes them. */
  readonly scopes: readonly string[];
  /** The same, without anonymous and inline namespaces, which source code may leave out. */
  readonly spoken: readonly string[];
  /** The function that contains the entry, or null. */
  readonly function: Die | null;
}

const NOTHING: Enclosing = { scopes: [], spoken: [], function: null };

/** What encloses `die`: where a definition completes a declaration elsewhere, what encloses that. Throws DwarfError. */
export function enclosing(die: Die): Enclosing {
  let home = die;
  for (const link of die.chain()) home = link;
  return home.isTopLevel ? NOTHING : around(home, 0);
}

function around(die: Die, depth: number): Enclosing {
  const scopes: string[] = [];
  const spoken: string[] = [];
  const { outline } = die.unit;
  for (let number = outline.around(die.offset), i = depth; number >= 0 && i < DEEPEST; i++) {
    const { offset, tag, parent } = outline.scope(number);
    const scope = new Die(die.unit, offset);
    if (tag === Tag.subprogram) return { scopes, spoken, function: scope };
    addScope(scope, scopes, spoken);
    // A class defined outside the class or namespace that declares it.
    const declared = isClassTag(tag) ? scope.reference(At.specification) : null;
    if (declared !== null) return joined(around(declared, i + 1), scopes, spoken);
    number = parent;
  }
  return { scopes, spoken, function: null };
}

function addScope(scope: Die, scopes: string[], spoken: string[]): void {
  const name = scope.name();
  if (name !== null) scopes.unshift(name);
  else if (scope.tag === Tag.namespace) scopes.unshift('(anonymous namespace)');
  if (name !== null && !(scope.tag === Tag.namespace && scope.flag(At.exportSymbols))) spoken.unshift(name);
}

function joined(outer: Enclosing, scopes: readonly string[], spoken: readonly string[]): Enclosing {
  return { scopes: [...outer.scopes, ...scopes], spoken: [...outer.spoken, ...spoken], function: outer.function };
}

/** Name of `die` with its namespaces and classes; null for an anonymous one. Throws DwarfError. */
export function qualifiedName(die: Die): string | null {
  const name = die.name();
  return name === null ? null : [...enclosing(die).scopes, name].join('::');
}

/**
 * Name of a function, qualified; its linkage name where it has no other. A function within another one, as lambdas and methods of
 * local classes are, has that one's name before its own. Throws DwarfError.
 */
export function functionName(die: Die, depth = 0): string | null {
  const name = die.name();
  if (name === null) return linkageName(die);
  const { scopes, function: outer } = enclosing(die);
  const prefix = outer === null || depth > DEEPEST || isC(die.unit.language) ? null : functionName(outer, depth + 1);
  return [...(prefix === null ? [] : [prefix]), ...scopes, name].join('::');
}

/** The name that the linker knows a variable or function by, where it differs from the name in the source. Throws DwarfError. */
export function linkageName(die: Die): string | null {
  for (const link of die.chain()) {
    const name = link.string(At.linkageName) ?? link.string(At.mipsLinkageName);
    if (name !== null) return name;
  }
  return null;
}

/** Source file of a unit as the compiler recorded it; '' where it did not. Throws DwarfError. */
export function unitFile(unit: Unit): string {
  return unit.root.string(At.name) ?? '';
}
