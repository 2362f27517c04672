// How many bytes an attribute's value takes, by its form and the shape of its unit.
import type { Cursor } from '../bytes/cursor.js';
import { Form } from '../codes/forms.js';
import { DwarfError } from '../error.js';

/** What of a unit's header decides the size of values. */
export interface Shape {
  readonly version: number;
  readonly addressSize: 4 | 8;
  readonly offsetSize: 4 | 8;
}

/** Why a form has no fixed size: what has to be read to step over it. */
export const Variable = { uleb: -1, string: -2, block1: -3, block2: -4, block4: -5, blockUleb: -6, indirect: -7 } as const;

/** Bytes of a value of `form` (>= 0), or one of {@link Variable} (< 0). Throws DwarfError for unknown forms: nothing behind them can be found. */
export function formSize(form: number, shape: Shape): number {
  switch (form) {
    case Form.flagPresent:
    case Form.implicitConst:
      return 0;
    case Form.data1:
    case Form.flag:
    case Form.ref1:
    case Form.strx1:
    case Form.addrx1:
      return 1;
    case Form.data2:
    case Form.ref2:
    case Form.strx2:
    case Form.addrx2:
      return 2;
    case Form.strx3:
    case Form.addrx3:
      return 3;
    case Form.data4:
    case Form.ref4:
    case Form.refSup4:
    case Form.strx4:
    case Form.addrx4:
      return 4;
    case Form.data8:
    case Form.ref8:
    case Form.refSig8:
    case Form.refSup8:
      return 8;
    case Form.data16:
      return 16;
    case Form.addr:
      return shape.addressSize;
    case Form.refAddr:
      // DWARF 2 gave it the size of an address, DWARF 3 that of an offset.
      return shape.version <= 2 ? shape.addressSize : shape.offsetSize;
    case Form.strp:
    case Form.secOffset:
    case Form.lineStrp:
    case Form.strpSup:
    case Form.gnuRefAlt:
    case Form.gnuStrpAlt:
      return shape.offsetSize;
    default:
      return variableSize(form);
  }
}

function variableSize(form: number): number {
  switch (form) {
    case Form.sdata:
    case Form.udata:
    case Form.refUdata:
    case Form.strx:
    case Form.addrx:
    case Form.loclistx:
    case Form.rnglistx:
    case Form.gnuAddrIndex:
    case Form.gnuStrIndex:
      return Variable.uleb;
    case Form.string:
      return Variable.string;
    case Form.block1:
      return Variable.block1;
    case Form.block2:
      return Variable.block2;
    case Form.block4:
      return Variable.block4;
    case Form.block:
    case Form.exprloc:
      return Variable.blockUleb;
    case Form.indirect:
      return Variable.indirect;
    default:
      throw new DwarfError(`unknown form 0x${form.toString(16)}`);
  }
}

/** Moves `cursor` behind a value of `form`. */
export function skipForm(cursor: Cursor, form: number, shape: Shape): void {
  const size = formSize(form, shape);
  if (size >= 0) cursor.skip(size);
  else if (size === Variable.uleb) skipUleb(cursor);
  else if (size === Variable.string) cursor.string();
  else if (size === Variable.block1) cursor.skip(cursor.u8());
  else if (size === Variable.block2) cursor.skip(cursor.u16());
  else if (size === Variable.block4) cursor.skip(cursor.u32());
  else if (size === Variable.blockUleb) cursor.skip(cursor.uleb());
  else skipForm(cursor, indirectForm(cursor), shape);
}

/** The real form of a DW_FORM_indirect value. The two forms that make no sense there would loop or lack their constant. */
export function indirectForm(cursor: Cursor): number {
  const form = cursor.uleb();
  if (form === Form.indirect || form === Form.implicitConst) throw new DwarfError(`indirect form 0x${form.toString(16)}`);
  return form;
}

function skipUleb(cursor: Cursor): void {
  while (cursor.u8() >= 0x80);
}
