// Reads the addresses that attributes and expressions hold: in place, or through .debug_addr.
import { Cursor } from '../bytes/cursor.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import type { Unit } from '../units/unit.js';
import { type Attribute, readIndex } from './values.js';

/** The address as a number (see Cursor.addressKey); null for forms that hold none. */
export function readAddressKey(unit: Unit, attribute: Attribute): number | null {
  return locate(unit, attribute)?.addressKey(unit.addressSize) ?? null;
}

/** Reader at entry `index` of the unit's share of .debug_addr. */
export function indexedAddress(unit: Unit, index: number): Cursor {
  const table = (unit.skeleton ?? unit).file.sections.get('addr');
  const at = unit.bases.addr + index * unit.addressSize;
  if (at + unit.addressSize > table.length) throw new DwarfError(`address index ${index} is outside .debug_addr`);
  return new Cursor(table, at);
}

function locate(unit: Unit, { form, pos }: Attribute): Cursor | null {
  const cursor = unit.cursor(pos);
  if (form === Form.addr) return cursor;
  const index = readIndex(cursor, form);
  return index === null ? null : indexedAddress(unit, index);
}
