// One abbreviation table of .debug_abbrev: what tag and attributes the entries with a code have.
import type { Budget } from '../budget.js';
import { Cursor } from '../bytes/cursor.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import type { Shape } from '../forms/sizes.js';
import { addSteps, SLOT_COUNT, slotOf } from './program.js';
import type { AbbrevStore } from './store.js';

/** The abbreviations of one unit: numbers `first` to `first + count - 1` of `store`. */
export interface AbbrevTable {
  readonly store: AbbrevStore;
  readonly first: number;
  readonly count: number;
  /** Code -> number; null where the codes are 1, 2, 3, ... in order, as all compilers have it. */
  readonly byCode: ReadonlyMap<number, number> | null;
}

/** Where a table is read from, and to. */
export interface AbbrevSource {
  readonly section: Uint8Array;
  readonly store: AbbrevStore;
  /** Pays for the bytes read. */
  readonly budget: Budget;
}

/** Reads the table at `offset` of .debug_abbrev. Throws DwarfError where it is broken or uses a form nobody knows. */
export function parseAbbrevTable({ section, store, budget }: AbbrevSource, offset: number, shape: Shape): AbbrevTable {
  const cursor = new Cursor(section, offset);
  const first = store.count;
  const codes: number[] = [];
  let dense = true;
  for (let last = offset; ; last = cursor.pos) {
    budget.spend(cursor.pos - last);
    const code = cursor.uleb();
    if (code === 0) break;
    codes.push(code);
    dense &&= code === codes.length;
    store.begin(small(cursor.uleb(), 'tag'), cursor.u8());
    readAttributes(cursor, store, shape);
    store.end();
  }
  return { store, first, count: codes.length, byCode: dense ? null : numbered(codes, first) };
}

/** The first of several entries with one code counts, as in binutils. */
function numbered(codes: readonly number[], first: number): Map<number, number> {
  const byCode = new Map<number, number>();
  codes.forEach((code, i) => {
    if (!byCode.has(code)) byCode.set(code, first + i);
  });
  return byCode;
}

function readAttributes(cursor: Cursor, store: AbbrevStore, shape: Shape): void {
  for (;;) {
    const name = small(cursor.uleb(), 'attribute');
    const form = small(cursor.uleb(), 'form');
    let constant = 0;
    if (form === Form.implicitConst) {
      constant = cursor.pos;
      while (cursor.u8() >= 0x80);
    }
    if (name === 0 && form === 0) return;
    store.attribute(name, form, constant);
    addSteps(store, claimSlot(store, name, form), form, shape);
  }
}

/** The slot that remembers the attribute, or -1. A second attribute for a slot (specification and abstract origin) does not replace the first. */
function claimSlot(store: AbbrevStore, name: number, form: number): number {
  const slot = slotOf(store.tags[store.count] ?? 0, name);
  if (slot < 0) return -1;
  const at = store.count * SLOT_COUNT + slot;
  if (store.slotForms[at] !== 0) return -1;
  store.slotForms[at] = form;
  return slot;
}

function small(value: number, what: string): number {
  if (value > 0xffff) throw new DwarfError(`abbreviation with ${what} 0x${value.toString(16)}`);
  return value;
}

/** Number of the abbreviation with `code` in the table's store. Throws DwarfError where there is none. */
export function abbrevNumber(table: AbbrevTable, code: number): number {
  const number = table.byCode === null ? table.first + code - 1 : (table.byCode.get(code) ?? -1);
  if (number < table.first || number >= table.first + table.count) throw new DwarfError(`abbreviation code ${code} is not in the table`);
  return number;
}
