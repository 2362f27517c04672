// Reads the strings that attributes hold: in place, in .debug_str, .debug_line_str, through .debug_str_offsets, or in dwz's alternate file.
import { Cursor } from '../bytes/cursor.js';
import { bytesAt, hashAt, stringAt } from '../bytes/text.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';
import type { Unit } from '../units/unit.js';
import { type Attribute, readIndex } from './values.js';

interface Place {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** The string; null for forms that hold none, and where it is in an alternate file that was not given. */
export function readString(unit: Unit, attribute: Attribute): string | null {
  const place = locate(unit, attribute);
  return place === null ? null : stringAt(place.bytes, place.at);
}

/** The bytes of the string, its NUL included; null where {@link readString} gives null. */
export function readStringBytes(unit: Unit, attribute: Attribute): Uint8Array | null {
  const place = locate(unit, attribute);
  return place === null ? null : bytesAt(place.bytes, place.at);
}

/** Hash of the string (see bytes/text), or null where {@link readString} gives null. */
export function readStringHash(unit: Unit, attribute: Attribute): number | null {
  const place = locate(unit, attribute);
  return place === null ? null : hashAt(place.bytes, place.at);
}

function locate(unit: Unit, { form, pos }: Attribute): Place | null {
  switch (form) {
    case Form.string:
      return { bytes: unit.bytes, at: pos };
    case Form.strp:
      return { bytes: unit.file.sections.get('str'), at: unit.cursor(pos).offset(unit.offsetSize) };
    case Form.lineStrp:
      return { bytes: unit.file.sections.get('lineStr'), at: unit.cursor(pos).offset(unit.offsetSize) };
    case Form.gnuStrpAlt:
    case Form.strpSup:
      return alternate(unit, pos);
    default: {
      const index = readIndex(unit.cursor(pos), form);
      return index === null ? null : indexed(unit, index);
    }
  }
}

function alternate(unit: Unit, pos: number): Place | null {
  const file = unit.file.needAlternate();
  return file === null ? null : { bytes: file.sections.get('str'), at: unit.cursor(pos).offset(unit.offsetSize) };
}

function indexed(unit: Unit, index: number): Place {
  const at = unit.bases.strOffsets + index * unit.offsetSize;
  const table = unit.file.sections.get('strOffsets');
  if (at + unit.offsetSize > table.length) throw new DwarfError(`string index ${index} is outside .debug_str_offsets`);
  return { bytes: unit.file.sections.get('str'), at: new Cursor(table, at).offset(unit.offsetSize) };
}
