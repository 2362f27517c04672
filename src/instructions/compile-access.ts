// The memory operands of an instruction, with addresses rewritten so that the registers AFTER it give them.
//
// The decoder library states addresses in terms of the registers before the instruction. Three rewritings bring them back:
//   push, pop, pushf, popf   the stack pointer has moved by a known amount: subtract it from the displacement
//   string instructions      RSI and RDI have moved by one element: `step` takes them back
//   leave, enter             the new RSP and RBP tell where the old frame pointer was read or written
// Any other instruction that overwrites a register of its own address leaves that address unverifiable.
import type { Register, UsedMemory } from 'iced-x86';
import { highU32, lowU32 } from '../base/u64.js';
import type { AddressForm, FoundRule, MemoryAccess, WriteEffect } from './access-plan.js';
import { foundRule, writeEffect } from './compile-effect.js';
import { type Decoded, layoutIndex, writtenRegisters } from './compile-registers.js';
import type { Iced } from './decoder.js';
import { REGISTER } from './registers.js';

const NOTHING_FOUND: FoundRule = { kind: 'none' };
const OPAQUE: WriteEffect = { kind: 'opaque' };

/** All memory accesses of an instruction that falls through, in the library's order. */
export function memoryAccesses(decoded: Decoded): MemoryAccess[] {
  const { iced, info } = decoded;
  const written = writtenRegisters(decoded);
  const used = (info.usedMemory() as UsedMemory[]).filter((memory) => {
    const touches = memory.access !== iced.OpAccess.None && memory.access !== iced.OpAccess.NoMemAccess;
    if (!touches) memory.free();
    return touches;
  });
  const accesses = used.map((memory) => memoryAccess(decoded, memory, written));
  for (const memory of used) memory.free();
  return accesses;
}

function memoryAccess(decoded: Decoded, memory: UsedMemory, written: ReadonlySet<number>): MemoryAccess {
  const { iced } = decoded;
  const { OpAccess, MemorySizeExt } = iced;
  const isRead = memory.access === OpAccess.Read || memory.access === OpAccess.CondRead;
  const frame = frameAccess(decoded, memory);
  if (frame !== null) return frame;
  const step = stringStep(decoded, memory);
  const size = step > 0 ? step : MemorySizeExt.size(memory.memorySize);
  const address = addressForm(decoded, memory, step);
  return {
    address,
    size,
    verifiable: size > 0 && isVerifiable(decoded, memory) && (step > 0 || !isOverwritten(decoded, address, written)),
    write: isRead ? null : writeEffect(decoded, memory),
    found: isRead ? foundRule(decoded) : NOTHING_FOUND,
  };
}

/** FS and GS have bases that no sample shows, and that of FS may be known; a vector of indices is many addresses; bt with a register index reaches beyond its operand, clzero before it. */
function isVerifiable({ iced, instruction, fsBase }: Decoded, memory: UsedMemory): boolean {
  const { Register: R, Mnemonic: M, OpKind } = iced;
  const isBased = memory.segment === R.FS && fsBase !== null && !isNarrow(iced, memory.base) && !isNarrow(iced, memory.index);
  if ((memory.segment === R.FS && !isBased) || memory.segment === R.GS || instruction.isVsib || instruction.mnemonic === M.Clzero)
    return false;
  const known = (register: number) => register === R.None || layoutIndex(iced, register) >= 0;
  if (!known(memory.base) || !known(memory.index)) return false;
  const { mnemonic } = instruction;
  const tests = mnemonic === M.Bt || mnemonic === M.Bts || mnemonic === M.Btr || mnemonic === M.Btc;
  return !(tests && instruction.opKind(1) === OpKind.Register);
}

function addressForm(decoded: Decoded, memory: UsedMemory, step: number): AddressForm {
  const { iced } = decoded;
  const base = layoutIndex(iced, memory.base);
  const moved = base === REGISTER.sp ? stackMove(decoded) : 0;
  const start = memory.segment === iced.Register.FS ? (decoded.fsBase ?? 0n) : 0n;
  const displacement = BigInt.asUintN(64, memory.displacement - BigInt(moved) + start);
  return {
    base,
    index: layoutIndex(iced, memory.index),
    scale: memory.scale,
    dispLo: lowU32(displacement),
    dispHi: highU32(displacement),
    narrow: isNarrow(iced, memory.base) || isNarrow(iced, memory.index),
    step,
  };
}

/** EBX or EDI in an address: the address size is 32 bits. (Without registers the displacement is already cut.) */
function isNarrow({ RegisterExt }: Iced, register: Register): boolean {
  return RegisterExt.isGPR32(register);
}

/** How far the instruction moved RSP, for those that only do that with it. */
function stackMove({ iced: { Mnemonic: M }, instruction }: Decoded): number {
  switch (instruction.mnemonic) {
    case M.Push:
    case M.Pushf:
    case M.Pushfq:
    case M.Pop:
    case M.Popf:
    case M.Popfq:
      return instruction.stackPointerIncrement;
    default:
      return 0;
  }
}

function isOverwritten(decoded: Decoded, { base, index }: AddressForm, written: ReadonlySet<number>): boolean {
  if (index >= 0 && written.has(index)) return true;
  if (base < 0 || !written.has(base)) return false;
  return base !== REGISTER.sp || stackMove(decoded) === 0 || popsInto(decoded, base);
}

function popsInto({ iced, instruction }: Decoded, register: number): boolean {
  const { mnemonic } = instruction;
  if (mnemonic !== iced.Mnemonic.Pop || instruction.opKind(0) !== iced.OpKind.Register) return false;
  return layoutIndex(iced, instruction.opRegister(0)) === register;
}

/** Element size where `memory` is addressed by the RSI or RDI that a string instruction moves, else 0. */
function stringStep({ iced, instruction }: Decoded, memory: UsedMemory): number {
  if (!instruction.isStringInstruction) return 0;
  const base = layoutIndex(iced, memory.base);
  return base === REGISTER.si || base === REGISTER.di ? iced.MemorySizeExt.size(instruction.memorySize) : 0;
}

/** `leave` has read the old RBP just below the new RSP; `enter n, 0` has stored it where the new RBP points. */
function frameAccess({ iced, instruction }: Decoded, memory: UsedMemory): MemoryAccess | null {
  const { Mnemonic: M, MemorySizeExt } = iced;
  const size = MemorySizeExt.size(memory.memorySize);
  if (instruction.mnemonic === M.Leave) {
    const found: FoundRule = { kind: 'register', part: { register: REGISTER.bp, high: false }, swapped: false };
    return { address: plainForm(REGISTER.sp, -size), size, verifiable: true, write: null, found };
  }
  if (instruction.mnemonic === M.Enter) {
    const flat = instruction.immediate(1) === 0n;
    return { address: plainForm(REGISTER.bp, 0), size, verifiable: flat, write: OPAQUE, found: NOTHING_FOUND };
  }
  return null;
}

function plainForm(base: number, displacement: number): AddressForm {
  return { base, index: -1, scale: 1, dispLo: displacement >>> 0, dispHi: displacement < 0 ? 0xffff_ffff : 0, narrow: false, step: 0 };
}
