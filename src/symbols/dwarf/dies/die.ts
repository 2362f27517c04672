// One debugging information entry, for the places where few are looked at: attributes by name, references followed.
// Walks over whole units use the scanner instead.
import { abbrevNumber } from '../abbrev/table.js';
import { At } from '../codes/attributes.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import { readReference } from '../forms/references.js';
import { indirectForm, skipForm } from '../forms/sizes.js';
import { readString } from '../forms/strings.js';
import { type Attribute, readConstant, readFlag, readUnitOffset, readUnsigned } from '../forms/values.js';
import type { Unit } from '../units/unit.js';

/** Links followed from a definition to what it completes; real chains have at most three. */
const LONGEST_CHAIN = 8;
const CHAINING: readonly number[] = [At.specification, At.abstractOrigin, At.extension, At.signature];
/** Entries passed over to find the next child where no sibling attribute helps, before the file counts as broken. */
const DEEPEST = 1024;

/** An entry of `unit` at `offset` of the unit's section. All methods throw DwarfError for broken bytes. */
export class Die {
  readonly unit: Unit;
  readonly offset: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Known to be directly below the unit's root: then what encloses it need not be looked for. */
  readonly isTopLevel: boolean;
  readonly #index: number;
  readonly #values: number;
  #attributes: readonly (Attribute & { readonly name: number })[] | null = null;
  #end = 0;

  /** `isTopLevel`: known to be directly below the unit's root. */
  constructor(unit: Unit, offset: number, isTopLevel = false) {
    if (!(offset >= unit.header.firstDie && offset < unit.end)) throw new DwarfError(`no entry at 0x${offset.toString(16)}`);
    const cursor = unit.cursor(offset);
    const code = cursor.uleb();
    if (code === 0) throw new DwarfError(`no entry at 0x${offset.toString(16)}`);
    this.unit = unit;
    this.offset = offset;
    this.isTopLevel = isTopLevel;
    this.#index = abbrevNumber(unit.table, code);
    this.#values = cursor.pos;
    this.tag = unit.table.store.tags[this.#index] ?? 0;
    this.hasChildren = unit.table.store.children[this.#index] !== 0;
  }

  attribute(name: number): Attribute | null {
    for (const attribute of this.#all()) if (attribute.name === name) return attribute;
    return null;
  }

  string(name: number): string | null {
    const attribute = this.attribute(name);
    return attribute === null ? null : readString(this.unit, attribute);
  }

  /** A size, count or code: null where it is missing, negative, beyond 2^53 or not a constant. */
  unsigned(name: number): number | null {
    const attribute = this.attribute(name);
    return attribute === null ? null : readUnsigned(this.unit, attribute);
  }

  constant(name: number): bigint | null {
    const attribute = this.attribute(name);
    return attribute === null ? null : readConstant(this.unit, attribute);
  }

  flag(name: number): boolean {
    const attribute = this.attribute(name);
    return attribute !== null && readFlag(this.unit, attribute);
  }

  reference(name: number): Die | null {
    const attribute = this.attribute(name);
    return attribute === null ? null : readReference(this.unit, attribute);
  }

  /** This entry, then what it completes, instantiates or stands for (specification, abstract origin, namespace extension, signature), and so on. */
  *chain(): Generator<Die> {
    let die: Die | null = this;
    for (let i = 0; die !== null && i < LONGEST_CHAIN; i++) {
      yield die;
      const from: Die = die;
      die = CHAINING.reduce<Die | null>((next, name) => next ?? from.reference(name), null);
    }
  }

  /** The name, its own or the one of the entry it completes; null for anonymous ones. */
  name(): string | null {
    for (const die of this.chain()) {
      const name = die.string(At.name);
      if (name !== null && name !== '') return name;
    }
    return null;
  }

  /** The referenced entry of the first of {@link chain} that has `name`. */
  inheritedReference(name: number): Die | null {
    for (const die of this.chain()) {
      const target = die.reference(name);
      if (target !== null) return target;
    }
    return null;
  }

  /** Whether any of {@link chain} has the flag. */
  inheritedFlag(name: number): boolean {
    for (const die of this.chain()) if (die.flag(name)) return true;
    return false;
  }

  /** Direct children, in order. */
  *children(): Generator<Die> {
    if (!this.hasChildren) return;
    let pos = this.#valuesEnd();
    while (pos < this.unit.end && this.unit.bytes[pos] !== 0) {
      const child: Die = new Die(this.unit, pos);
      yield child;
      pos = child.#next(0);
    }
  }

  /** Where the entry behind this one and its children starts. */
  #next(depth: number): number {
    const own = this.#valuesEnd();
    if (!this.hasChildren) return own;
    const sibling = this.#siblingOffset();
    if (sibling > own && sibling <= this.unit.end) return sibling;
    if (depth > DEEPEST) throw new DwarfError(`entries nested too deep at 0x${this.offset.toString(16)}`);
    let pos = own;
    while (pos < this.unit.end) {
      if (this.unit.bytes[pos] === 0) return pos + 1;
      pos = new Die(this.unit, pos).#next(depth + 1);
    }
    return pos;
  }

  #siblingOffset(): number {
    const attribute = this.attribute(At.sibling);
    const inUnit = attribute === null ? null : readUnitOffset(this.unit, attribute);
    return inUnit === null ? 0 : this.unit.offset + inUnit;
  }

  #valuesEnd(): number {
    this.#all();
    return this.#end;
  }

  #all(): readonly (Attribute & { readonly name: number })[] {
    if (this.#attributes !== null) return this.#attributes;
    const { specStart, names, forms, constants } = this.unit.table.store;
    const cursor = this.unit.cursor(this.#values);
    const attributes: (Attribute & { readonly name: number })[] = [];
    const last = specStart[this.#index + 1] ?? 0;
    for (let i = specStart[this.#index] ?? 0; i < last; i++) {
      let form = forms[i] ?? 0;
      if (form === Form.indirect) form = indirectForm(cursor);
      attributes.push({ name: names[i] ?? 0, form, pos: form === Form.implicitConst ? (constants[i] ?? 0) : cursor.pos });
      skipForm(cursor, form, this.unit);
    }
    this.#end = cursor.pos;
    this.#attributes = attributes;
    return attributes;
  }
}
