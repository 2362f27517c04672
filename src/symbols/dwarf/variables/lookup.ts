// Look-up of variables by name: finds the candidates, merges what describes the same variable.
import type { Variable } from '../../debug-info.js';
import type { Type } from '../../types.js';
import type { Candidates } from '../dies/candidates.js';
import type { Die } from '../dies/die.js';
import type { DwarfFile } from '../file.js';
import { findVariables } from './candidates.js';
import { type Found, readNames, readVariable, whereOf } from './variable.js';

/** Answers kept: expressions and conditions ask for the same few names again and again. */
const MOST_ANSWERS = 1000;
/** Candidates of one name that are looked at: a program repeats a header's constants in every unit. */
const MOST_CANDIDATES = 20_000;
/** Characters of names that are listed; a broken file could let every entry point to the same long string. */
const MOST_CHARACTERS = 256_000_000;

/** The variables of one file. Nothing here throws DwarfError. */
export class VariableLookup {
  readonly #file: DwarfFile;
  readonly #typeOf: (die: Die) => Type | null;
  readonly #answers = new Map<string, readonly Variable[]>();
  #candidates: Candidates | null = null;

  constructor(file: DwarfFile, typeOf: (die: Die) => Type | null) {
    this.#file = file;
    this.#typeOf = typeOf;
  }

  get #all(): Candidates {
    this.#candidates ??= findVariables(this.#file);
    return this.#candidates;
  }

  /** Variables whose plain or qualified name is `wanted`; those with an address first, else in the order of the file. */
  named(wanted: string): readonly Variable[] {
    let found = this.#answers.get(wanted);
    if (found === undefined) {
      found = this.#search(wanted);
      if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
      this.#answers.set(wanted, found);
    }
    return found;
  }

  #search(wanted: string): readonly Variable[] {
    const found: Found[] = [];
    let looked = 0;
    for (const number of this.#all.named(plainName(wanted))) {
      if (++looked > MOST_CANDIDATES) break;
      const one = this.#read(number);
      if (one !== null) found.push(one);
    }
    return merge(withScopes(found).filter((one) => isCalled(one, wanted)));
  }

  /** Plain and (where they differ) qualified names of all variables that have an address. */
  *names(): Generator<string> {
    const seen = new Set<string>();
    let characters = 0;
    for (let number = 0; number < this.#all.size && characters < MOST_CHARACTERS; number++) {
      for (const name of this.#namesOf(number)) {
        if (seen.has(name)) continue;
        seen.add(name);
        characters += name.length;
        yield name;
      }
    }
  }

  #read(number: number): Found | null {
    return this.#file.problems.guard(
      () => 'variable',
      null,
      () => {
        const die = this.#all.die(this.#file, number);
        return die === null ? null : readVariable(die, this.#typeOf);
      },
    );
  }

  /** Nothing for a candidate without an address. */
  #namesOf(number: number): readonly string[] {
    return this.#file.problems.guard(
      () => 'variable',
      [],
      () => {
        const die = this.#all.die(this.#file, number);
        return die === null || whereOf(die).address === null ? [] : readNames(die);
      },
    );
  }
}

/** The part of a name behind its scopes: behind the last `::` that is not within template arguments. */
export function plainName(name: string): string {
  let nested = 0;
  for (let i = name.length - 1; i > 0; i--) {
    const character = name[i];
    if (character === '>') nested++;
    else if (character === '<') nested--;
    else if (character === ':' && name[i - 1] === ':' && nested === 0) return name.slice(i + 1);
  }
  return name;
}

function isCalled({ variable, spokenName }: Found, wanted: string): boolean {
  return variable.name === wanted || variable.qualifiedName === wanted || spokenName === wanted;
}

/** gcc describes some members of classes at the top level (see linkage-scopes.ts): they take the scopes of the entry with the same linkage name. */
function withScopes(found: readonly Found[]): Found[] {
  const scoped = new Map<string, Found>();
  for (const one of found) {
    if (one.linkageName !== null && one.variable.qualifiedName !== one.variable.name) scoped.set(one.linkageName, one);
  }
  return found.map((one) => {
    const other = one.linkageName === null || one.variable.function !== null ? undefined : scoped.get(one.linkageName);
    if (other === undefined) return one;
    return { ...one, spokenName: other.spokenName, variable: { ...one.variable, qualifiedName: other.variable.qualifiedName } };
  });
}

/**
 * One entry per variable: the same place under the same name is one variable (every unit that uses a C++ inline
 * variable describes it), a declaration gives way to its definition, and of equal descriptions without a place one is kept.
 */
function merge(found: readonly Found[]): Variable[] {
  const ranked = found.map((one) => ({ one, rank: rank(one.variable) })).sort((a, b) => a.rank - b.rank);
  const seen = new Set<string>();
  const kept: Variable[] = [];
  for (const { one } of ranked) {
    const { variable, home } = one;
    const name = `${variable.qualifiedName}|${variable.function ?? ''}`;
    const global = `defined ${name}`;
    if (variable.address === null && (seen.has(home) || (variable.external && seen.has(global)))) continue;
    const key = `${name}|${variable.address ?? variable.absence}|${variable.external ? '' : variable.file}`;
    if (seen.has(key)) continue;
    seen.add(key).add(home);
    if (variable.external) seen.add(global);
    kept.push(variable);
  }
  return kept;
}

/** Descriptions that say more come first. */
function rank({ address, absence }: Variable): number {
  if (address !== null) return 0;
  switch (absence) {
    case 'thread-local':
      return 1;
    case 'constant':
      return 2;
    case 'optimised-away':
    case null:
      return 3;
    case 'declaration':
      return 4;
  }
}
