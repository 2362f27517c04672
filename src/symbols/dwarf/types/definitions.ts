// Finds the definition of a type that a unit only declares: in a type unit by signature, or in another unit by name.
import { Slot } from '../abbrev/program.js';
import { At } from '../codes/attributes.js';
import { isClassTag, mayHoldDefinitions, Tag } from '../codes/tags.js';
import { addNamed, type Candidates, type Found } from '../dies/candidates.js';
import type { Die } from '../dies/die.js';
import { indexed } from '../dies/indexed.js';
import { DieScanner } from '../dies/scanner.js';
import type { DwarfFile } from '../file.js';
import { qualifiedName } from '../units/names.js';
import type { Unit } from '../units/unit.js';

/** Definitions of one name that are compared. */
const MOST_COMPARED = 64;

/** The definitions of types in one file and its alternate file. Where it has to search by name it walks over both once. */
export class Definitions {
  readonly #file: DwarfFile;
  readonly #resolved = new Map<string, Die | null>();
  #indices: readonly { readonly file: DwarfFile; readonly types: Candidates }[] | null = null;

  constructor(file: DwarfFile) {
    this.#file = file;
  }

  /** The definition of `die`, if it is a declaration and one is found; else `die`. Throws DwarfError. */
  of(die: Die): Die {
    if (!isClassTag(die.tag) && die.tag !== Tag.enumerationType) return die;
    const inTypeUnit = die.reference(At.signature);
    if (inTypeUnit !== null) return inTypeUnit;
    return die.flag(At.declaration) ? (this.#byName(die) ?? die) : die;
  }

  guard<T>(fallback: T, read: () => T): T {
    return this.#file.problems.guard(() => 'type', fallback, read);
  }

  #byName(die: Die): Die | null {
    const plain = die.name();
    const qualified = qualifiedName(die);
    if (plain === null || qualified === null) return null;
    const kind = kindOf(die.tag);
    const key = `${kind} ${qualified}`;
    let found = this.#resolved.get(key);
    if (found === undefined) {
      found = this.#search(plain, (other) => kindOf(other.tag) === kind && qualifiedName(other) === qualified);
      this.#resolved.set(key, found);
    }
    return found;
  }

  /** Null where there is none, and where definitions differ in size: then units use the name for different types. */
  #search(plain: string, matches: (die: Die) => boolean): Die | null {
    let first: Die | null = null;
    for (const die of this.#named(plain, matches)) {
      if (first !== null && first.unsigned(At.byteSize) !== die.unsigned(At.byteSize)) return null;
      first ??= die;
    }
    return first;
  }

  *#named(plain: string, matches: (die: Die) => boolean): Generator<Die> {
    this.#indices ??= [this.#file, this.#file.alternate]
      .filter((file) => file !== null)
      .map((file) => ({ file, types: indexed(file, 'types', scanUnit) }));
    for (const { file, types } of this.#indices) {
      let compared = 0;
      for (const number of types.named(plain)) {
        if (++compared > MOST_COMPARED) break;
        const die = this.guard(null, () => {
          const candidate = types.die(file, number);
          return candidate !== null && matches(candidate) ? candidate : null;
        });
        if (die !== null) yield die;
      }
    }
  }
}

/** `struct` and `class` may be mixed freely in C++. */
function kindOf(tag: number): 'class' | 'union' | 'enum' {
  if (tag === Tag.unionType) return 'union';
  return tag === Tag.enumerationType ? 'enum' : 'class';
}

/** Definitions of named classes and enumerations outside functions. */
function scanUnit(unit: Unit, found: Found): void {
  const scanner = new DieScanner(unit);
  while (scanner.next()) {
    const { tag } = scanner;
    if ((isClassTag(tag) || tag === Tag.enumerationType) && !scanner.has(Slot.declaration)) addNamed(scanner, found);
    if (tag === Tag.subprogram || !mayHoldDefinitions(tag)) scanner.skipChildren();
  }
}
