// Follows attributes that point to other entries: in the unit, in the file, by type signature, or in dwz's alternate file.
import { Form } from '../codes/forms.js';
import { Die } from '../dies/die.js';
import { DwarfError } from '../error.js';
import type { DwarfFile } from '../file.js';
import type { Unit } from '../units/unit.js';
import { type Attribute, readUnitOffset } from './values.js';

/** The entry pointed to; null for forms that point to none, for an unknown type signature, and where the alternate file was not given. */
export function readReference(unit: Unit, attribute: Attribute): Die | null {
  const { form, pos } = attribute;
  const inUnit = readUnitOffset(unit, attribute);
  if (inUnit !== null) return new Die(unit, unit.offset + inUnit);
  switch (form) {
    case Form.refAddr: {
      const size = unit.version <= 2 ? unit.addressSize : unit.offsetSize;
      return dieAt(unit.file, unit.cursor(pos).offset(size));
    }
    case Form.refSig8:
      return unit.file.typeOf(unit.cursor(pos).u64());
    case Form.gnuRefAlt:
      return alternateDie(unit, unit.cursor(pos).offset(unit.offsetSize));
    case Form.refSup4:
      return alternateDie(unit, unit.cursor(pos).u32());
    case Form.refSup8:
      return alternateDie(unit, unit.cursor(pos).size64());
    default:
      return null;
  }
}

function alternateDie(unit: Unit, offset: number): Die | null {
  const file = unit.file.needAlternate();
  return file === null ? null : dieAt(file, offset);
}

/** The entry at `offset` of .debug_info. Throws DwarfError where there is none. */
export function dieAt(file: DwarfFile, offset: number): Die {
  const unit = file.unitAt('info', offset);
  if (unit === null) throw new DwarfError(`reference to 0x${offset.toString(16)}, which is in no unit`);
  return new Die(unit, offset);
}
