// The types that entries describe, made on demand and kept.
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import type { DwarfFile } from '../file.js';
import { isAlias } from './aliases.js';
import { arrayType } from './arrays.js';
import { baseType } from './bases.js';
import { Definitions } from './definitions.js';
import { enumType } from './enums.js';
import { lazy } from './lazy.js';
import { readMembers } from './members.js';
import { declare, nameOf } from './names.js';
import { readParameters } from './parameters.js';
import { sizeOf } from './sizes.js';
import { readVariants } from './variants.js';

const NOTHING: Type = { kind: 'other', name: 'void', size: 0 };
const UNKNOWN: Type = { kind: 'other', name: '', size: 0 };

/** Makes {@link Type}s. Its methods, and those of the types it makes, never throw DwarfError: broken types are of kind `other`. */
export class Types {
  readonly #file: DwarfFile;
  readonly #definitions: Definitions;
  readonly #made = new Map<string, Type>();

  constructor(file: DwarfFile) {
    this.#file = file;
    this.#definitions = new Definitions(file);
  }

  /** Type of a variable's entry; null where it has none. */
  ofVariable(die: Die): Type | null {
    return this.#guard(null, () => {
      const type = die.inheritedReference(At.type);
      return type === null ? null : this.of(type);
    });
  }

  /** The type that `die` describes. */
  of(die: Die): Type {
    const { unit, offset } = die;
    const key = `${unit.file.number} ${unit.header.section} ${offset}`;
    let type = this.#made.get(key);
    if (type === undefined) {
      type = this.#guard(UNKNOWN, () => this.#make(die));
      this.#made.set(key, type);
    }
    return type;
  }

  #make(die: Die): Type {
    switch (die.tag) {
      case Tag.baseType:
        return baseType(die);
      case Tag.pointerType:
        return { ...this.#common(die), kind: 'pointer', target: this.#target(die) };
      case Tag.structureType:
      case Tag.classType:
      case Tag.interfaceType:
        return this.#compound('struct', die);
      case Tag.unionType:
        return this.#compound('union', die);
      case Tag.arrayType:
        return arrayType(die, { typeOf: (element) => this.#orNothing(element), guard: (fallback, read) => this.#guard(fallback, read) });
      case Tag.enumerationType:
        return enumType(this.#definitions.of(die));
      case Tag.referenceType:
      case Tag.rvalueReferenceType:
        return { ...this.#common(die), kind: 'alias', reference: true, target: this.#target(die) };
      default:
        if (isAlias(die.tag)) return { ...this.#common(die), kind: 'alias', target: this.#target(die) };
        return { ...this.#common(die), kind: 'other' };
    }
  }

  #common(die: Die): { readonly name: string; readonly size: number } {
    return { name: declare(die), size: sizeOf(die, this.#definitions) };
  }

  #target(die: Die): () => Type | null {
    return lazy(() =>
      this.#guard(null, () => {
        const target = die.reference(At.type);
        return target === null ? null : this.of(target);
      }),
    );
  }

  #compound(kind: 'struct' | 'union', declared: Die): Type {
    const die = this.#definitions.of(declared);
    const context = { typeOf: (type: Die | null) => this.#orNothing(type), definitions: this.#definitions };
    const members = lazy(() => this.#guard([], () => readMembers(die, context)));
    const parameters = lazy(() => this.#guard([], () => readParameters(die, context)));
    const variants = lazy(() => this.#guard(null, () => readVariants(die, members(), context)));
    const type = {
      name: nameOf(die),
      size: die.unsigned(At.byteSize) ?? 0,
      get members() {
        return members();
      },
      parameters,
      variants,
    };
    return Object.assign(type, { kind });
  }

  #orNothing(die: Die | null): Type {
    return die === null ? NOTHING : this.of(die);
  }

  #guard<T>(fallback: T, read: () => T): T {
    return this.#file.problems.guard(() => 'type', fallback, read);
  }
}
