// Walks over the entries of a unit without allocating anything per entry: the way to look at millions of them.

import { MARK_BASE, SLOT_COUNT, Slot } from '../abbrev/program.js';
import { type AbbrevTable, abbrevNumber } from '../abbrev/table.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import { skipForm, Variable } from '../forms/sizes.js';
import { type Attribute, readUnitOffset } from '../forms/values.js';
import type { Unit } from '../units/unit.js';

/**
 * Position in a walk over one unit, in the order of the file, that stops at entries of interest (see abbrev/program: isOfInterest) or,
 * where asked to, at all. After `next()` returned true, the fields describe the current entry until the next call.
 */
export class DieScanner {
  readonly unit: Unit;
  /** Of the current entry, in its section. */
  offset = 0;
  /** 0 for the unit's root. */
  depth = 0;
  tag = 0;
  hasChildren = false;
  readonly #table: AbbrevTable;
  readonly #ofInterest: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #stopsAtAll: boolean;
  readonly #unitOffset: number;
  readonly #end: number;
  readonly #tags: Uint16Array;
  readonly #children: Uint8Array;
  readonly #stepStart: Uint32Array;
  readonly #steps: Int32Array;
  readonly #slotForms: Uint16Array;
  readonly #slots = new Float64Array(SLOT_COUNT);
  #abbrev = 0;
  #pos: number;
  #level = 0;

  constructor(unit: Unit, stops: 'of-interest' | 'all' = 'of-interest') {
    const table = unit.table;
    const { store } = table;
    this.unit = unit;
    this.#stopsAtAll = stops === 'all';
    this.#table = table;
    this.#bytes = unit.bytes;
    this.#unitOffset = unit.offset;
    this.#end = unit.end;
    this.#ofInterest = store.ofInterest;
    this.#tags = store.tags;
    this.#children = store.children;
    this.#stepStart = store.stepStart;
    this.#steps = store.steps;
    this.#slotForms = store.slotForms;
    this.#pos = unit.header.firstDie;
  }

  /** Moves to the next entry to stop at; false at the end of the unit. Throws DwarfError where the bytes make no sense. */
  next(): boolean {
    while (this.#advance()) {
      if (this.#stopsAtAll || this.#ofInterest[this.#abbrev] !== 0) return true;
      if (this.hasChildren) this.skipChildren();
    }
    return false;
  }

  #advance(): boolean {
    const bytes = this.#bytes;
    let pos = this.#pos;
    // A null entry ends a row of siblings.
    while (pos < this.#end && bytes[pos] === 0) {
      pos++;
      this.#level--;
    }
    if (pos >= this.#end || this.#level < 0) return false;
    this.offset = pos;
    let code = bytes[pos++] ?? 0;
    if (code >= 0x80) {
      code = this.#longCode(pos, code);
      pos = this.#pos;
    }
    const abbrev = abbrevNumber(this.#table, code);
    this.#abbrev = abbrev;
    this.tag = this.#tags[abbrev] ?? 0;
    this.hasChildren = this.#children[abbrev] !== 0;
    this.depth = this.#level;
    if (this.hasChildren) this.#level++;
    this.#pass(abbrev, pos);
    return true;
  }

  /** Jumps over the current entry's children where the file says where they end; else the walk goes through them. */
  skipChildren(): void {
    if (!this.hasChildren) return;
    const form = this.#slotForms[this.#abbrev * SLOT_COUNT + Slot.sibling] ?? 0;
    if (form === 0) return;
    const sibling = this.#readSibling(form, this.#slots[Slot.sibling] ?? 0);
    if (!(sibling >= this.#pos && sibling <= this.#end)) return;
    this.#pos = sibling;
    this.#level = this.depth;
  }

  /** Whether the current entry has the attribute of this slot. */
  has(slot: number): boolean {
    return this.#slotForms[this.#abbrev * SLOT_COUNT + slot] !== 0;
  }

  /** The attribute of this slot; null where the entry has none. Allocates. */
  attribute(slot: number): Attribute | null {
    const form = this.#slotForms[this.#abbrev * SLOT_COUNT + slot] ?? 0;
    return form === 0 || form === Form.indirect ? null : { form, pos: this.#slots[slot] ?? 0 };
  }

  /** Form of the slot's attribute, 0 where there is none. */
  formOf(slot: number): number {
    return this.#slotForms[this.#abbrev * SLOT_COUNT + slot] ?? 0;
  }

  /** Where the value of the slot's attribute starts. */
  positionOf(slot: number): number {
    return this.#slots[slot] ?? 0;
  }

  // Reads outside the section give undefined, which acts as 0 here; the one check at the end finds every overrun.
  #pass(abbrev: number, start: number): void {
    const bytes = this.#bytes;
    const steps = this.#steps;
    const last = this.#stepStart[abbrev + 1] ?? 0;
    let pos = start;
    for (let i = this.#stepStart[abbrev] ?? 0; i < last; i++) {
      const step = steps[i] ?? 0;
      if (step > 0) pos += step;
      else if (step <= MARK_BASE) this.#slots[MARK_BASE - step] = pos;
      else if (step === Variable.uleb) while ((bytes[pos++] ?? 0) >= 0x80);
      else if (step === Variable.string) while ((bytes[pos++] ?? 0) !== 0);
      else if (step === Variable.blockUleb || step === Variable.block1) pos = this.#passShortBlock(step, pos);
      else pos = this.#passRare(step, pos);
    }
    if (pos > this.#end) throw new DwarfError(`entry at 0x${this.offset.toString(16)} ends behind its unit`);
    this.#pos = pos;
  }

  #passShortBlock(step: number, pos: number): number {
    const length = this.#bytes[pos] ?? 0;
    return step === Variable.block1 || length < 0x80 ? pos + 1 + length : this.#passRare(step, pos);
  }

  #passRare(step: number, pos: number): number {
    const cursor = this.unit.cursor(Math.min(pos, this.#end));
    if (step === Variable.block2) cursor.skip(cursor.u16());
    else if (step === Variable.block4) cursor.skip(cursor.u32());
    else if (step === Variable.blockUleb) cursor.skip(cursor.uleb());
    else skipForm(cursor, Form.indirect, this.unit);
    return cursor.pos;
  }

  #longCode(pos: number, first: number): number {
    const second = this.#bytes[pos] ?? 0;
    if (second < 0x80 && second > 0) {
      this.#pos = pos + 1;
      return (first & 0x7f) | (second << 7);
    }
    const cursor = this.unit.cursor(pos - 1);
    const code = cursor.uleb();
    this.#pos = cursor.pos;
    return code;
  }

  #readSibling(form: number, pos: number): number {
    if (form === Form.ref4) {
      const bytes = this.#bytes;
      const low = (bytes[pos] ?? 0) | ((bytes[pos + 1] ?? 0) << 8) | ((bytes[pos + 2] ?? 0) << 16) | ((bytes[pos + 3] ?? 0) << 24);
      return this.#unitOffset + (low >>> 0);
    }
    return this.#unitOffset + (readUnitOffset(this.unit, { form, pos }) ?? Number.NaN);
  }
}
