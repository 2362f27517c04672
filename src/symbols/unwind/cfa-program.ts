// Runs the unwind instructions of an entry up to an address (DWARF 5 section 6.4.2).
import { Cursor } from '../dwarf/bytes/cursor.js';
import { DwarfError } from '../dwarf/error.js';
import type { Cie, Fde, FrameSection, Instructions } from './entries.js';
import { readPointer } from './pointers.js';
import type { CfaRule, RegisterRule, Row } from './row.js';

/** DW_CFA codes; of the first three the lower six bits are an operand. */
const Op = {
  advance: 0x40,
  offset: 0x80,
  restore: 0xc0,
  nop: 0x00,
  setLocation: 0x01,
  advance1: 0x02,
  advance2: 0x03,
  advance4: 0x04,
  offsetExtended: 0x05,
  restoreExtended: 0x06,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  rememberState: 0x0a,
  restoreState: 0x0b,
  defCfa: 0x0c,
  defCfaRegister: 0x0d,
  defCfaOffset: 0x0e,
  defCfaExpression: 0x0f,
  expression: 0x10,
  offsetExtendedSigned: 0x11,
  defCfaSigned: 0x12,
  defCfaOffsetSigned: 0x13,
  valueOffset: 0x14,
  valueOffsetSigned: 0x15,
  valueExpression: 0x16,
  gnuArgumentsSize: 0x2e,
  gnuNegativeOffset: 0x2f,
} as const;

/** States remembered at once; compilers use one or two. */
const MOST_REMEMBERED = 64;

/** The row for `address`, which `fde` describes. Throws DwarfError. */
export function rowAt(section: FrameSection, fde: Fde, address: number): Row {
  const machine = new Machine(section, fde.cie, fde.start);
  machine.run(fde.cie, Number.POSITIVE_INFINITY);
  machine.startsHere();
  machine.run(fde, address);
  return machine.row();
}

interface State {
  readonly cfa: CfaRule | null;
  readonly rules: ReadonlyMap<number, RegisterRule>;
}

class Machine {
  readonly #section: FrameSection;
  readonly #cie: Cie;
  #location: number;
  #cfa: CfaRule | null = null;
  #rules = new Map<number, RegisterRule>();
  #initial: ReadonlyMap<number, RegisterRule> = new Map();
  readonly #remembered: State[] = [];

  constructor(section: FrameSection, cie: Cie, start: number) {
    this.#section = section;
    this.#cie = cie;
    this.#location = start;
  }

  /** What the CIE has set up is what `restore` goes back to. */
  startsHere(): void {
    this.#initial = new Map(this.#rules);
  }

  row(): Row {
    if (this.#cfa === null) throw new DwarfError('unwind instructions without a CFA');
    return { cfa: this.#cfa, rules: this.#rules };
  }

  /** Until the next row would be for addresses above `address`. */
  run({ from, to }: Instructions, address: number): void {
    const cursor = new Cursor(this.#section.bytes, from, to);
    while (!cursor.done) {
      const op = cursor.u8();
      const delta = this.#advance(op, cursor);
      if (delta === null) this.#execute(op, cursor);
      else if (this.#location + delta > address) return;
      else this.#location += delta;
    }
  }

  /** How far the instruction goes on; null for one that does not. */
  #advance(op: number, cursor: Cursor): number | null {
    const { codeAlignment } = this.#cie;
    if ((op & 0xc0) === Op.advance) return (op & 0x3f) * codeAlignment;
    switch (op) {
      case Op.setLocation:
        return (readPointer(cursor, this.#cie.encoding, this.#section.address) ?? this.#location) - this.#location;
      case Op.advance1:
        return cursor.u8() * codeAlignment;
      case Op.advance2:
        return cursor.u16() * codeAlignment;
      case Op.advance4:
        return cursor.u32() * codeAlignment;
      default:
        return null;
    }
  }

  #execute(op: number, cursor: Cursor): void {
    const { dataAlignment } = this.#cie;
    const packed = op & 0xc0;
    if (packed === Op.offset) this.#rules.set(op & 0x3f, { kind: 'offset', offset: cursor.uleb() * dataAlignment });
    else if (packed === Op.restore) this.#restore(op & 0x3f);
    else if (!this.#defineCfa(op, cursor) && !this.#keepState(op)) this.#defineRegister(op, cursor);
  }

  #defineCfa(op: number, cursor: Cursor): boolean {
    const { dataAlignment } = this.#cie;
    switch (op) {
      case Op.defCfa:
        this.#cfa = { kind: 'register', register: cursor.uleb(), offset: cursor.uleb() };
        return true;
      case Op.defCfaSigned:
        this.#cfa = { kind: 'register', register: cursor.uleb(), offset: cursor.sleb() * dataAlignment };
        return true;
      case Op.defCfaRegister:
        this.#cfa = { ...this.#plainCfa(), register: cursor.uleb() };
        return true;
      case Op.defCfaOffset:
        this.#cfa = { ...this.#plainCfa(), offset: cursor.uleb() };
        return true;
      case Op.defCfaOffsetSigned:
        this.#cfa = { ...this.#plainCfa(), offset: cursor.sleb() * dataAlignment };
        return true;
      case Op.defCfaExpression:
        this.#cfa = { kind: 'expression', block: cursor.block(cursor.uleb()) };
        return true;
      default:
        return false;
    }
  }

  #plainCfa(): CfaRule & { kind: 'register' } {
    if (this.#cfa?.kind !== 'register') throw new DwarfError('half of a CFA is changed, where there is none');
    return this.#cfa;
  }

  /** Also what changes nothing. */
  #keepState(op: number): boolean {
    switch (op) {
      case Op.nop:
        return true;
      case Op.rememberState:
        if (this.#remembered.length >= MOST_REMEMBERED) throw new DwarfError('too many unwind states are remembered');
        this.#remembered.push({ cfa: this.#cfa, rules: new Map(this.#rules) });
        return true;
      case Op.restoreState: {
        const state = this.#remembered.pop();
        if (state === undefined) throw new DwarfError('an unwind state is restored that was not remembered');
        this.#cfa = state.cfa;
        this.#rules = new Map(state.rules);
        return true;
      }
      default:
        return false;
    }
  }

  #defineRegister(op: number, cursor: Cursor): void {
    const { dataAlignment } = this.#cie;
    const operand = cursor.uleb();
    switch (op) {
      case Op.offsetExtended:
        this.#rules.set(operand, { kind: 'offset', offset: cursor.uleb() * dataAlignment });
        return;
      case Op.offsetExtendedSigned:
        this.#rules.set(operand, { kind: 'offset', offset: cursor.sleb() * dataAlignment });
        return;
      case Op.gnuNegativeOffset:
        this.#rules.set(operand, { kind: 'offset', offset: -cursor.uleb() * dataAlignment });
        return;
      case Op.valueOffset:
        this.#rules.set(operand, { kind: 'value-offset', offset: cursor.uleb() * dataAlignment });
        return;
      case Op.valueOffsetSigned:
        this.#rules.set(operand, { kind: 'value-offset', offset: cursor.sleb() * dataAlignment });
        return;
      case Op.register:
        this.#rules.set(operand, { kind: 'register', register: cursor.uleb() });
        return;
      case Op.expression:
        this.#rules.set(operand, { kind: 'expression', block: cursor.block(cursor.uleb()) });
        return;
      case Op.valueExpression:
        this.#rules.set(operand, { kind: 'value-expression', block: cursor.block(cursor.uleb()) });
        return;
      case Op.undefined:
        this.#rules.set(operand, { kind: 'undefined' });
        return;
      case Op.sameValue:
        this.#rules.set(operand, { kind: 'same' });
        return;
      case Op.restoreExtended:
        this.#restore(operand);
        return;
      case Op.gnuArgumentsSize:
        return;
      default:
        throw new DwarfError(`unknown unwind instruction 0x${op.toString(16)}`);
    }
  }

  #restore(register: number): void {
    const rule = this.#initial.get(register);
    if (rule === undefined) this.#rules.delete(register);
    else this.#rules.set(register, rule);
  }
}
