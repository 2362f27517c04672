// Runs a location expression in a frame: all operations of DWARF 5 but those that call other expressions or need floats.
import type { FrameAccess, LocalPiece, LocalPlace } from '../../frame.js';
import { Cursor } from '../bytes/cursor.js';
import { At } from '../codes/attributes.js';
import { Op } from '../codes/operations.js';
import { Die } from '../dies/die.js';
import { readConstantOperand } from '../expression.js';
import { indexedAddress } from '../forms/addresses.js';
import { isSigned } from '../types/bases.js';
import type { Unit } from '../units/unit.js';
import { calculate, rearrange } from './arithmetic.js';
import { jump } from './jump.js';

/** Operations run for one expression, and numbers on its stack; a broken one may loop. */
const MOST_OPERATIONS = 10_000;
const DEEPEST_STACK = 256;
const MOST_PIECES = 1024;

const UNKNOWN: LocalPlace = { kind: 'none', why: 'unknown' };
const AWAY: LocalPlace = { kind: 'none', why: 'optimised-away' };

/** What an expression is run in. */
export interface ExpressionContext {
  readonly unit: Unit;
  readonly frame: FrameAccess;
  /** What DW_OP_fbreg adds to; null where it is not known. */
  readonly frameBase: () => bigint | null;
  /** Where the variable is that the entry at `offset` of the file describes; null where that is not to be told. */
  readonly placeOf?: (offset: number) => LocalPlace | null;
}

/** Where `expression` leads. Throws DwarfError where it ends early. */
export function runExpression(expression: Uint8Array, context: ExpressionContext): LocalPlace {
  return new Machine(expression, context).run();
}

class Machine {
  readonly #context: ExpressionContext;
  readonly #cursor: Cursor;
  readonly #stack: bigint[] = [];
  readonly #pieces: LocalPiece[] = [];
  /** What the operations since the last piece have said, unless it is the address on the stack. */
  #place: LocalPlace | null = null;

  constructor(expression: Uint8Array, context: ExpressionContext) {
    this.#context = context;
    this.#cursor = new Cursor(expression);
  }

  run(): LocalPlace {
    const cursor = this.#cursor;
    for (let count = 0; !cursor.done; count++) {
      if (count > MOST_OPERATIONS || this.#stack.length > DEEPEST_STACK || this.#pieces.length > MOST_PIECES) return UNKNOWN;
      if (!this.#step(cursor.u8())) return UNKNOWN;
    }
    return this.#pieces.length > 0 ? { kind: 'pieces', pieces: this.#pieces } : this.#take();
  }

  /** The place told so far; what comes behind begins anew. */
  #take(): LocalPlace {
    const place = this.#place;
    this.#place = null;
    if (place !== null) return place;
    const address = this.#stack.pop();
    return address === undefined ? AWAY : { kind: 'memory', address };
  }

  /** False where the operation cannot be done here. */
  #step(op: number): boolean {
    const constant = readConstantOperand(this.#cursor, op);
    if (constant !== null) return this.#push(constant);
    return (
      calculate(this.#stack, op) ??
      rearrange(this.#stack, op, () => this.#cursor.u8()) ??
      this.#register(op) ??
      this.#placing(op) ??
      this.#typed(op) ??
      this.#other(op)
    );
  }

  #push(value: bigint | null | undefined): boolean {
    if (value === null || value === undefined) return false;
    this.#stack.push(BigInt.asUintN(64, value));
    return true;
  }

  #register(op: number): boolean | null {
    if (op >= Op.breg0 && op <= Op.breg31) return this.#based(this.#context.frame.register(op - Op.breg0), this.#cursor.slebBig());
    if (op >= Op.reg0 && op <= Op.reg31) return this.#say({ kind: 'register', register: op - Op.reg0 });
    switch (op) {
      case Op.regx:
        return this.#say({ kind: 'register', register: this.#cursor.uleb() });
      case Op.bregx:
        return this.#based(this.#context.frame.register(this.#cursor.uleb()), this.#cursor.slebBig());
      case Op.fbreg:
        return this.#based(this.#context.frameBase(), this.#cursor.slebBig());
      case Op.callFrameCfa:
        return this.#push(this.#context.frame.cfa());
      default:
        return null;
    }
  }

  #based(base: bigint | null, offset: bigint): boolean {
    return base !== null && this.#push(base + offset);
  }

  #say(place: LocalPlace): boolean {
    this.#place = place;
    return true;
  }

  #placing(op: number): boolean | null {
    switch (op) {
      case Op.stackValue: {
        const value = this.#stack.pop();
        return value !== undefined && this.#say({ kind: 'value', bytes: bytesOf(value) });
      }
      case Op.implicitValue:
        return this.#say({ kind: 'value', bytes: this.#cursor.block(this.#cursor.uleb()) });
      case Op.implicitPointer:
      case Op.gnuImplicitPointer:
        return this.#implicitPointer();
      case Op.piece:
        return this.#piece(this.#cursor.uleb() * 8, 0);
      case Op.bitPiece:
        return this.#piece(this.#cursor.uleb(), this.#cursor.uleb());
      default:
        return null;
    }
  }

  #implicitPointer(): boolean {
    const { unit, placeOf } = this.#context;
    const entry = this.#cursor.offset(unit.version <= 2 ? unit.addressSize : unit.offsetSize);
    const offset = this.#cursor.slebBig();
    const place = placeOf?.(entry) ?? null;
    return this.#say({ kind: 'none', why: 'optimised-away', ...(place === null ? {} : { pointee: { place, offset } }) });
  }

  #piece(bits: number, bitOffset: number): boolean {
    this.#pieces.push({ place: this.#take(), bits, bitOffset });
    return true;
  }

  /** Numbers of the base types that expressions name; those of integers only, whose bits are all that counts here. */
  #typed(op: number): boolean | null {
    const cursor = this.#cursor;
    switch (op) {
      case Op.constType:
      case Op.gnuConstType: {
        const type = cursor.uleb();
        return this.#push(this.#as(numberOf(cursor.block(cursor.u8())), type));
      }
      case Op.regvalType:
      case Op.gnuRegvalType: {
        const value = this.#context.frame.register(cursor.uleb());
        return this.#push(this.#as(value, cursor.uleb()));
      }
      case Op.derefType:
      case Op.gnuDerefType: {
        const value = this.#deref(cursor.u8());
        return this.#push(this.#as(value, cursor.uleb()));
      }
      case Op.convert:
      case Op.gnuConvert:
      case Op.reinterpret:
      case Op.gnuReinterpret:
        return this.#push(this.#as(this.#stack.pop() ?? null, cursor.uleb()));
      default:
        return null;
    }
  }

  /** `value` cut to the base type at `offset` of the unit (0: 64 bits); null for types that are no integers. */
  #as(value: bigint | null, offset: number): bigint | null {
    if (value === null || offset === 0) return value;
    const { unit } = this.#context;
    const type = new Die(unit, unit.offset + offset);
    const size = type.unsigned(At.byteSize) ?? 0;
    if (type.unsigned(At.encoding) === FLOAT || size > 8) return null;
    return isSigned(type) ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value);
  }

  #other(op: number): boolean {
    const cursor = this.#cursor;
    switch (op) {
      case Op.nop:
      case Op.gnuUninit:
        return true;
      case Op.addr:
        return this.#push(cursor.u64() + this.#context.frame.bias);
      case Op.addrx:
      case Op.gnuAddrIndex:
        return this.#push(indexedAddress(this.#context.unit, cursor.uleb()).u64() + this.#context.frame.bias);
      case Op.constx:
      case Op.gnuConstIndex:
        return this.#push(indexedAddress(this.#context.unit, cursor.uleb()).u64());
      case Op.plusUconst:
        return this.#push((this.#stack.pop() ?? 0n) + cursor.ulebBig());
      case Op.deref:
        return this.#push(this.#deref(8));
      case Op.derefSize:
        return this.#push(this.#deref(cursor.u8()));
      case Op.formTlsAddress:
      case Op.gnuPushTlsAddress:
        return this.#based(this.#context.frame.threadBlock?.() ?? null, this.#stack.pop() ?? 0n);
      case Op.entryValue:
      case Op.gnuEntryValue:
        return this.#push(this.#atEntry(cursor.block(cursor.uleb())));
      case Op.skip:
        return jump(cursor, true);
      case Op.bra: {
        const value = this.#stack.pop();
        return value !== undefined && jump(cursor, value !== 0n);
      }
      default:
        // DW_OP_call*, and what nobody knows.
        return false;
    }
  }

  /** Compilers ask for nothing but what a register held. */
  #atEntry(expression: Uint8Array): bigint | null {
    const register = registerIn(expression);
    return register === null ? null : (this.#context.frame.entryValue?.(register) ?? null);
  }

  #deref(size: number): bigint | null {
    const address = this.#stack.pop();
    if (address === undefined || size === 0 || size > 8) return null;
    const bytes = this.#context.frame.read(address, size);
    return bytes === null || bytes.length < size ? null : numberOf(bytes);
  }
}

/** The register that is all of `expression`; else null. Throws DwarfError where it ends early. */
export function registerIn(expression: Uint8Array): number | null {
  const cursor = new Cursor(expression);
  if (cursor.done) return null;
  const op = cursor.u8();
  const register = op >= Op.reg0 && op <= Op.reg31 ? op - Op.reg0 : op === Op.regx ? cursor.uleb() : null;
  return cursor.done ? register : null;
}

/** DW_ATE_float. */
const FLOAT = 4;

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = Math.min(bytes.length, 8) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** Eight bytes, low first. */
function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
