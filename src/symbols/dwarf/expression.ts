// Location expressions, as far as they can stand for one fixed place: an address, a thread-local offset, or no place at all.
import { Cursor } from './bytes/cursor.js';
import { Op } from './codes/operations.js';
import { indexedAddress } from './forms/addresses.js';
import type { Unit } from './units/unit.js';

/**
 * What an expression comes to. `static`: this address (0 for a variable that the linker dropped).
 * `thread-local`: at an offset in each thread's block. `value`: the variable has a value but no place; null where that takes an address.
 * `empty`: no operations, which means optimised away. `dynamic`: depends on registers, or is beyond what is read here.
 */
export type Place =
  | { readonly kind: 'static'; readonly address: bigint }
  | { readonly kind: 'thread-local'; readonly offset: bigint | null }
  | { readonly kind: 'value'; readonly value: bigint | Uint8Array | null }
  | { readonly kind: 'empty' }
  | { readonly kind: 'dynamic' };

const DYNAMIC: Place = { kind: 'dynamic' };
const MASK_64 = 0xffff_ffff_ffff_ffffn;

/** Whether an expression that starts with operation `first` can be anything but dynamic: tells frame offsets and registers apart without evaluating them. */
export function mayBeStatic(first: number): boolean {
  return (
    first === Op.addr ||
    first === Op.addrx ||
    first === Op.gnuAddrIndex ||
    isConstant(first) ||
    first === Op.constx ||
    first === Op.gnuConstIndex
  );
}

/** Evaluates `expression`, whose indices refer to `unit`'s tables. Throws DwarfError where it ends early. */
export function evaluate(unit: Unit, expression: Uint8Array): Place {
  if (expression.length === 0) return { kind: 'empty' };
  const cursor = new Cursor(expression);
  let top: bigint | null = null;
  let addend: bigint | null = null;
  let isAddress = false;
  while (!cursor.done) {
    const op = cursor.u8();
    const pushed = readAddress(unit, cursor, op);
    const constant = pushed ?? readConstantOperand(cursor, op);
    if (constant !== null) {
      if (addend !== null || (top !== null && pushed !== null)) return DYNAMIC;
      if (top === null) {
        top = constant;
        isAddress = pushed !== null;
      } else addend = constant;
    } else if (addend !== null) {
      if (top === null || (op !== Op.plus && op !== Op.minus)) return DYNAMIC;
      top += op === Op.plus ? addend : -addend;
      addend = null;
    } else if (op === Op.plusUconst && top !== null) top += cursor.ulebBig();
    else if (op === Op.formTlsAddress || op === Op.gnuPushTlsAddress) return { kind: 'thread-local', offset: top };
    else if (op === Op.stackValue) return { kind: 'value', value: isAddress ? null : top };
    else if (op === Op.implicitValue) return { kind: 'value', value: cursor.block(cursor.uleb()) };
    else if (op !== Op.nop) return DYNAMIC;
  }
  return top !== null && isAddress && addend === null ? { kind: 'static', address: top & MASK_64 } : DYNAMIC;
}

// DW_OP_constx counts as an address here: gcc and clang use it only for thread-local offsets, where the value is not looked at.
function readAddress(unit: Unit, cursor: Cursor, op: number): bigint | null {
  if (op === Op.addr) return unit.addressSize === 4 ? BigInt(cursor.u32()) : cursor.u64();
  if (op !== Op.addrx && op !== Op.gnuAddrIndex && op !== Op.constx && op !== Op.gnuConstIndex) return null;
  const entry = indexedAddress(unit, cursor.uleb());
  return unit.addressSize === 4 ? BigInt(entry.u32()) : entry.u64();
}

function isConstant(op: number): boolean {
  return (op >= Op.const1u && op <= Op.consts) || (op >= Op.lit0 && op <= Op.lit31);
}

/** The constant that `op` pushes, its operand at `cursor`; null for other operations. Throws DwarfError where it ends early. */
export function readConstantOperand(cursor: Cursor, op: number): bigint | null {
  if (!isConstant(op)) return null;
  switch (op) {
    case Op.const1u:
      return BigInt(cursor.u8());
    case Op.const1s:
      return BigInt(cursor.s8());
    case Op.const2u:
      return BigInt(cursor.u16());
    case Op.const2s:
      return BigInt.asIntN(16, BigInt(cursor.u16()));
    case Op.const4u:
      return BigInt(cursor.u32());
    case Op.const4s:
      return BigInt.asIntN(32, BigInt(cursor.u32()));
    case Op.const8u:
      return cursor.u64();
    case Op.const8s:
      return BigInt.asIntN(64, cursor.u64());
    case Op.constu:
      return cursor.ulebBig();
    case Op.consts:
      return cursor.slebBig();
    default:
      return BigInt(op - Op.lit0);
  }
}

/** The constant that is all of `expression` (`DW_OP_constu 8`, or `DW_OP_plus_uconst 8` as DWARF 2 and 3 wrote member offsets); else null. */
export function constantOffset(expression: Uint8Array): bigint | null {
  const cursor = new Cursor(expression);
  if (cursor.done) return null;
  const op = cursor.u8();
  const value = op === Op.plusUconst ? cursor.ulebBig() : readConstantOperand(cursor, op);
  if (cursor.done) return value;
  return cursor.u8() === Op.plus && cursor.done ? value : null;
}
