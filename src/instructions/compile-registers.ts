// Translates the decoder library's registers and immediates into this room's words.
import type { Instruction, InstructionInfo, Register, UsedRegister } from 'iced-x86';
import { highU32, lowU32 } from '../base/u64.js';
import type { Operand, RegisterPart } from './access-plan.js';
import type { Iced } from './decoder.js';
import { REGISTER } from './registers.js';

/** One decoded instruction with what the library knows about it. */
export interface Decoded {
  readonly iced: Iced;
  readonly instruction: Instruction;
  readonly info: InstructionInfo;
  /** Of the thread whose code it is; null where it may be any. */
  readonly fsBase: bigint | null;
}

/** Index in the layout of registers.ts of the general register that `register` is a part of; -1 for all other registers. */
export function layoutIndex(iced: Iced, register: Register): number {
  const { Register: R, RegisterExt } = iced;
  switch (RegisterExt.fullRegister(register)) {
    case R.RAX:
      return REGISTER.ax;
    case R.RBX:
      return REGISTER.bx;
    case R.RCX:
      return REGISTER.cx;
    case R.RDX:
      return REGISTER.dx;
    case R.RSI:
      return REGISTER.si;
    case R.RDI:
      return REGISTER.di;
    case R.RBP:
      return REGISTER.bp;
    case R.RSP:
      return REGISTER.sp;
    case R.R8:
      return REGISTER.r8;
    case R.R9:
      return REGISTER.r9;
    case R.R10:
      return REGISTER.r10;
    case R.R11:
      return REGISTER.r11;
    case R.R12:
      return REGISTER.r12;
    case R.R13:
      return REGISTER.r13;
    case R.R14:
      return REGISTER.r14;
    case R.R15:
      return REGISTER.r15;
    default:
      return -1;
  }
}

/** Operand `index` as a part of a general register, or null when it is something else. */
export function registerPart({ iced, instruction }: Decoded, index: number): RegisterPart | null {
  if (index >= instruction.opCount || instruction.opKind(index) !== iced.OpKind.Register) return null;
  const name = instruction.opRegister(index);
  const register = layoutIndex(iced, name);
  const { AH, BH, CH, DH } = iced.Register;
  return register < 0 ? null : { register, high: name === AH || name === BH || name === CH || name === DH };
}

/** Operand `index` as a register or an immediate; null when it is something else. */
export function plainOperand(decoded: Decoded, index: number): Exclude<Operand, { kind: 'none' }> | null {
  const part = registerPart(decoded, index);
  if (part !== null) return { kind: 'register', ...part };
  const { instruction } = decoded;
  if (index >= instruction.opCount || !isImmediate(decoded, index)) return null;
  const value = instruction.immediate(index);
  return { kind: 'immediate', lo: lowU32(value), hi: highU32(value) };
}

function isImmediate({ iced: { OpKind }, instruction }: Decoded, index: number): boolean {
  const kind = instruction.opKind(index);
  return kind >= OpKind.Immediate8 && kind <= OpKind.Immediate32to64;
}

/** Indices of the general registers that the instruction writes, or may write. */
export function writtenRegisters({ iced, info }: Decoded): Set<number> {
  const { OpAccess } = iced;
  const written = new Set<number>();
  for (const used of info.usedRegisters() as UsedRegister[]) {
    const { access } = used;
    const writes = access !== OpAccess.Read && access !== OpAccess.CondRead && access !== OpAccess.None && access !== OpAccess.NoMemAccess;
    if (writes) written.add(layoutIndex(iced, used.register));
    used.free();
  }
  written.delete(-1);
  return written;
}
