// Reads the numbers, flags and blocks that attributes hold.
import { Cursor } from '../bytes/cursor.js';
import { Form } from '../codes/forms.js';
import type { Unit } from '../units/unit.js';

/** An attribute's value in place: its form (never DW_FORM_indirect) and where it is (for DW_FORM_implicit_const: in .debug_abbrev). */
export interface Attribute {
  readonly form: number;
  readonly pos: number;
}

/** Constants: signed where the form says so, else unsigned. Null for other forms. */
export function readConstant(unit: Unit, { form, pos }: Attribute): bigint | null {
  switch (form) {
    case Form.sdata:
      return unit.cursor(pos).slebBig();
    case Form.implicitConst:
      return new Cursor(unit.file.sections.get('abbrev'), pos).slebBig();
    case Form.udata:
      return unit.cursor(pos).ulebBig();
    case Form.data1:
      return BigInt(unit.cursor(pos).u8());
    case Form.data2:
      return BigInt(unit.cursor(pos).u16());
    case Form.data4:
      return BigInt(unit.cursor(pos).u32());
    case Form.data8:
      return unit.cursor(pos).u64();
    default:
      return null;
  }
}

/** Bits of a constant whose form leaves its sign open (DW_FORM_data1 ... data8); 0 for the forms that carry a sign. */
export function openBits({ form }: Attribute): 0 | 8 | 16 | 32 | 64 {
  switch (form) {
    case Form.data1:
      return 8;
    case Form.data2:
      return 16;
    case Form.data4:
      return 32;
    case Form.data8:
      return 64;
    default:
      return 0;
  }
}

/** A constant that counts something: null where it is negative, beyond 2^53, or not a constant. */
export function readUnsigned(unit: Unit, attribute: Attribute): number | null {
  const value = readConstant(unit, attribute);
  return value === null || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

/** An offset into another section: DW_FORM_sec_offset, or data4 and data8 as DWARF 2 and 3 wrote them. */
export function readOffset(unit: Unit, { form, pos }: Attribute): number | null {
  switch (form) {
    case Form.secOffset:
      return unit.cursor(pos).offset(unit.offsetSize);
    case Form.data4:
      return unit.cursor(pos).u32();
    case Form.data8:
      return unit.cursor(pos).size64();
    default:
      return null;
  }
}

/** The offset from the start of the unit that a reference within it holds; null for other forms. */
export function readUnitOffset(unit: Unit, { form, pos }: Attribute): number | null {
  switch (form) {
    case Form.ref1:
      return unit.cursor(pos).u8();
    case Form.ref2:
      return unit.cursor(pos).u16();
    case Form.ref4:
      return unit.cursor(pos).u32();
    case Form.ref8:
      return unit.cursor(pos).size64();
    case Form.refUdata:
      return unit.cursor(pos).uleb();
    default:
      return null;
  }
}

export function readFlag(unit: Unit, { form, pos }: Attribute): boolean {
  if (form === Form.flagPresent) return true;
  if (form === Form.flag) return unit.cursor(pos).u8() !== 0;
  return (readConstant(unit, { form, pos }) ?? 0n) !== 0n;
}

/** The bytes of a block or location expression; null for other forms. */
export function readBlock(unit: Unit, { form, pos }: Attribute): Uint8Array | null {
  const cursor = unit.cursor(pos);
  switch (form) {
    case Form.exprloc:
    case Form.block:
      return cursor.block(cursor.uleb());
    case Form.block1:
      return cursor.block(cursor.u8());
    case Form.block2:
      return cursor.block(cursor.u16());
    case Form.block4:
      return cursor.block(cursor.u32());
    default:
      return null;
  }
}

/** The index that an strx, addrx, rnglistx or loclistx form holds; null for other forms. */
export function readIndex(cursor: Cursor, form: number): number | null {
  switch (form) {
    case Form.strx:
    case Form.addrx:
    case Form.rnglistx:
    case Form.loclistx:
    case Form.gnuStrIndex:
    case Form.gnuAddrIndex:
      return cursor.uleb();
    case Form.strx1:
    case Form.addrx1:
      return cursor.u8();
    case Form.strx2:
    case Form.addrx2:
      return cursor.u16();
    case Form.strx3:
    case Form.addrx3:
      return cursor.u24();
    case Form.strx4:
    case Form.addrx4:
      return cursor.u32();
    default:
      return null;
  }
}
