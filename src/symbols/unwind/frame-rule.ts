// A row made ready for use: how to get from a frame to its caller, as few numbers as possible, because it is done for every frame of every hit.
import { Cursor } from '../dwarf/bytes/cursor.js';
import { DwarfError } from '../dwarf/error.js';
import { DWARF_REGISTER, REGISTERS, type RegisterRule, type Row } from './row.js';

/** In {@link FrameRule.bases}: the CFA. */
export const CFA_BASE = -1;

/** A value that an expression computes. `inMemory`: the expression gives its address. */
export interface Computed {
  readonly register: number;
  readonly block: Uint8Array;
  readonly inMemory: boolean;
}

export interface FrameRule {
  /** The CFA is this register and so many bytes; or, `cfaInMemory`, the word there; or what `cfaBlock` computes. */
  readonly cfaRegister: number;
  readonly cfaOffset: number;
  readonly cfaInMemory: boolean;
  readonly cfaBlock: Uint8Array | null;
  /** Registers that lie in memory: which, from which base (a register of this frame, or {@link CFA_BASE}), at what distance. */
  readonly registers: Int8Array;
  readonly bases: Int8Array;
  readonly offsets: Int32Array;
  /** Registers whose values are lost. */
  readonly lost: Int8Array;
  /** Registers that are another one's value, or the CFA (base {@link CFA_BASE}) and so many bytes. */
  readonly moved: readonly { readonly register: number; readonly base: number; readonly offset: number }[];
  readonly computed: readonly Computed[];
  /** Nobody called this frame. */
  readonly outermost: boolean;
  /** The kernel made the frame: its caller was interrupted, and did not call. */
  readonly signal: boolean;
}

/** `row` of an entry whose return address is register `returnRegister`. Throws DwarfError. */
export function frameRule(row: Row, { signal, returnRegister }: { readonly signal: boolean; readonly returnRegister: number }): FrameRule {
  const parts = new Parts();
  for (const [written, rule] of row.rules) {
    const register = written === returnRegister ? DWARF_REGISTER.returnAddress : written;
    if (register < REGISTERS) parts.add(register, rule);
  }
  const returns = row.rules.get(returnRegister);
  if (returns === undefined) throw new DwarfError('unwind instructions that do not tell the return address');
  return { ...cfaOf(row), ...parts.packed(), outermost: returns.kind === 'undefined', signal };
}

/** The rule of a frame that the kernel made: all registers lie in memory, at these distances from the stack pointer. */
export function savedAround(distances: readonly number[]): FrameRule {
  return {
    ...{ cfaRegister: DWARF_REGISTER.sp, cfaOffset: distances[DWARF_REGISTER.sp] ?? 0, cfaInMemory: true, cfaBlock: null },
    registers: Int8Array.from(distances.keys()),
    bases: Int8Array.from(distances, () => DWARF_REGISTER.sp),
    offsets: Int32Array.from(distances),
    ...{ lost: new Int8Array(0), moved: [], computed: [], outermost: false, signal: true },
  };
}

class Parts {
  readonly #saved: { register: number; base: number; offset: number }[] = [];
  readonly #moved: { register: number; base: number; offset: number }[] = [];
  readonly #lost: number[] = [];
  readonly #computed: Computed[] = [];

  add(register: number, rule: RegisterRule): void {
    switch (rule.kind) {
      case 'same':
        return;
      case 'undefined':
        this.#lost.push(register);
        return;
      case 'offset':
        this.#saved.push({ register, base: CFA_BASE, offset: rule.offset });
        return;
      case 'value-offset':
        this.#moved.push({ register, base: CFA_BASE, offset: rule.offset });
        return;
      case 'register':
        this.#moved.push({ register, base: rule.register, offset: 0 });
        return;
      case 'value-expression':
        this.#computed.push({ register, block: rule.block, inMemory: false });
        return;
      case 'expression':
        this.#addExpression(register, rule.block);
    }
  }

  #addExpression(register: number, block: Uint8Array): void {
    const plain = plainSum(block);
    if (plain === null || plain.inMemory) this.#computed.push({ register, block, inMemory: true });
    else this.#saved.push({ register, base: plain.register, offset: plain.offset });
  }

  packed(): Pick<FrameRule, 'registers' | 'bases' | 'offsets' | 'lost' | 'moved' | 'computed'> {
    return {
      registers: Int8Array.from(this.#saved, ({ register }) => register),
      bases: Int8Array.from(this.#saved, ({ base }) => base),
      offsets: Int32Array.from(this.#saved, ({ offset }) => offset),
      lost: Int8Array.from(this.#lost),
      moved: this.#moved,
      computed: this.#computed,
    };
  }
}

function cfaOf({ cfa }: Row): Pick<FrameRule, 'cfaRegister' | 'cfaOffset' | 'cfaInMemory' | 'cfaBlock'> {
  if (cfa.kind === 'register') {
    if (cfa.register >= REGISTERS) throw new DwarfError(`a CFA from register ${cfa.register}`);
    return { cfaRegister: cfa.register, cfaOffset: cfa.offset, cfaInMemory: false, cfaBlock: null };
  }
  const plain = plainSum(cfa.block);
  if (plain === null) return { cfaRegister: 0, cfaOffset: 0, cfaInMemory: false, cfaBlock: cfa.block };
  return { cfaRegister: plain.register, cfaOffset: plain.offset, cfaInMemory: plain.inMemory, cfaBlock: null };
}

const BREG0 = 0x70;
const DEREF = 0x06;

/** An expression that is only a register and a distance, with the word there (`inMemory`) or without; null for others. */
function plainSum(block: Uint8Array): { readonly register: number; readonly offset: number; readonly inMemory: boolean } | null {
  const register = (block[0] ?? 0) - BREG0;
  if (!(register >= 0 && register < REGISTERS)) return null;
  const cursor = new Cursor(block, 1);
  const offset = cursor.sleb();
  if (cursor.done) return { register, offset, inMemory: false };
  return cursor.u8() === DEREF && cursor.done ? { register, offset, inMemory: true } : null;
}
