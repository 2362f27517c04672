// Types by name, for casts: structs, unions, enumerations, typedefs and base types outside functions.
import type { Type } from '../../types.js';
import { Slot } from '../abbrev/program.js';
import { isClassTag, mayHoldDefinitions, Tag } from '../codes/tags.js';
import { addNamed, type Candidates, type Found } from '../dies/candidates.js';
import type { Die } from '../dies/die.js';
import { indexed } from '../dies/indexed.js';
import { DieScanner } from '../dies/scanner.js';
import type { DwarfFile } from '../file.js';
import { enclosing } from '../units/names.js';
import type { Unit } from '../units/unit.js';
import { plainName } from '../variables/lookup.js';
import type { Types } from './types.js';

/** Entries of one name that are looked at: a header's types are in every unit. */
const MOST_COMPARED = 256;

/** The named types of one file. Its methods never throw DwarfError. The first look-up walks over the file once. */
export class NamedTypes {
  readonly #file: DwarfFile;
  readonly #types: Types;
  #candidates: readonly { readonly file: DwarfFile; readonly types: Candidates }[] | null = null;

  constructor(file: DwarfFile, types: Types) {
    this.#file = file;
    this.#types = types;
  }

  /** Types called `name`, with all their scopes or with the outer ones left out; in that order, each size and kind once. */
  named(name: string): readonly Type[] {
    const exact: Type[] = [];
    const inner: Type[] = [];
    for (const die of this.#dies(plainName(name))) {
      const scopes = this.#scopesOf(die);
      if (scopes === null) continue;
      if (isCalled(scopes.full, scopes.spoken, name)) exact.push(this.#types.of(die));
      else if (scopes.full.endsWith(`::${name}`)) inner.push(this.#types.of(die));
    }
    return distinct([...exact, ...inner]);
  }

  #scopesOf(die: Die): { readonly full: string; readonly spoken: string } | null {
    return this.#file.problems.guard(
      () => 'type',
      null,
      () => {
        const { scopes, spoken, function: owner } = enclosing(die);
        const name = die.name();
        return owner !== null || name === null ? null : { full: [...scopes, name].join('::'), spoken: [...spoken, name].join('::') };
      },
    );
  }

  *#dies(plain: string): Generator<Die> {
    this.#candidates ??= [this.#file, this.#file.alternate]
      .filter((file) => file !== null)
      .map((file) => ({ file, types: indexed(file, 'type-names', scanUnit) }));
    for (const { file, types } of this.#candidates) {
      let compared = 0;
      for (const number of types.named(plain)) {
        if (++compared > MOST_COMPARED) break;
        const die = this.#file.problems.guard(
          () => 'type',
          null,
          () => types.die(file, number),
        );
        if (die !== null) yield die;
      }
    }
  }
}

function isCalled(full: string, spoken: string, name: string): boolean {
  return full === name || spoken === name;
}

function distinct(types: readonly Type[]): Type[] {
  const seen = new Map<string, Type>();
  for (const type of types) {
    const key = `${type.kind} ${type.size} ${type.name}`;
    if (!seen.has(key)) seen.set(key, type);
  }
  return [...seen.values()];
}

function scanUnit(unit: Unit, found: Found): void {
  const scanner = new DieScanner(unit, 'all');
  while (scanner.next()) {
    const { tag } = scanner;
    const isType = isClassTag(tag) || tag === Tag.enumerationType || tag === Tag.typedef || tag === Tag.baseType;
    if (isType && !scanner.has(Slot.declaration)) addNamed(scanner, found);
    if (tag === Tag.subprogram || !mayHoldDefinitions(tag)) scanner.skipChildren();
  }
}
