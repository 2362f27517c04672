// From one frame of a stopped thread to its caller with all 64 bits of its registers: for looking at variables, where the unwinder of hits
// (unwinder.ts) needs only addresses, in numbers, and fast.
import { DwarfError } from '../dwarf/error.js';
import { evaluate } from './expression.js';
import { CFA_BASE, type FrameRule } from './frame-rule.js';
import { DWARF_REGISTER, REGISTERS } from './row.js';
import type { WithoutRule } from './unwinder.js';

/** Registers of a frame by DWARF's numbers, the instruction pointer in the return address's place; null where not known. */
export type FrameRegisters = readonly (bigint | null)[];

/** The 64-bit word at an address; null where it cannot be read. */
export type ReadWord = (address: bigint) => bigint | null;

/** How a frame was left. */
export interface Caller {
  /** RSP before the call that made the frame: its canonical address. */
  readonly cfa: bigint;
  readonly registers: FrameRegisters;
  /** The caller was interrupted by a signal, so that its address is the instruction's own; else that of the one after the call. */
  readonly interrupted: boolean;
}

/** What code of no table may have changed without saying where it is saved: RBX, R12 to R15. */
const SILENTLY_SAVED = [3, 12, 13, 14, 15];
const { bp, sp, returnAddress } = DWARF_REGISTER;

/** The caller of the frame with these registers, which is left by `rule`; null at the end of the stack, or where it cannot be told. Throws nothing. */
export function callerOf(rule: FrameRule | WithoutRule, registers: FrameRegisters, read: ReadWord): Caller | null {
  const caller = leave(rule, registers, read);
  if (caller === null) return null;
  const back = caller.registers[returnAddress] ?? null;
  const grows = caller.interrupted || caller.cfa > (registers[sp] ?? 0n);
  return back === null || back === 0n || !grows ? null : caller;
}

function leave(rule: FrameRule | WithoutRule, registers: FrameRegisters, read: ReadWord): Caller | null {
  if (rule === 'no-code') return calledIntoNothing(registers, read);
  return rule === 'untold' ? byFramePointer(registers, read) : byRule(rule, registers, read);
}

/** A call of an address where no code is has pushed its return address, and nothing more. */
function calledIntoNothing(now: FrameRegisters, read: ReadWord): Caller | null {
  const at = now[sp] ?? null;
  if (at === null) return null;
  const next = [...now];
  next[sp] = at + 8n;
  next[returnAddress] = read(at);
  return { cfa: at + 8n, registers: next, interrupted: false };
}

function byRule(rule: FrameRule, now: FrameRegisters, read: ReadWord): Caller | null {
  if (rule.outermost) return null;
  const cfa = cfaOf(rule, now, read);
  if (cfa === null) return null;
  const next = [...now];
  next[sp] = cfa;
  for (const [i, register] of rule.registers.entries()) {
    const from = based(rule.bases[i] ?? CFA_BASE, rule.offsets[i] ?? 0, { cfa, now });
    // Below the stack pointer: it has been popped, or is not pushed yet; either way the register has the caller's value.
    if (from !== null && from < (now[sp] ?? 0n)) continue;
    next[register] = from === null ? null : read(from);
  }
  for (const register of rule.lost) next[register] = null;
  for (const { register, base, offset } of rule.moved) next[register] = based(base, offset, { cfa, now });
  for (const { register, block, inMemory } of rule.computed) {
    const value = computed(block, { now, read, first: cfa });
    next[register] = inMemory && value !== null ? read(value) : value;
  }
  return { cfa, registers: next, interrupted: rule.signal };
}

function cfaOf({ cfaRegister, cfaOffset, cfaInMemory, cfaBlock }: FrameRule, now: FrameRegisters, read: ReadWord): bigint | null {
  if (cfaBlock !== null) return computed(cfaBlock, { now, read, first: null });
  const base = now[cfaRegister] ?? null;
  if (base === null) return null;
  const sum = BigInt.asUintN(64, base + BigInt(cfaOffset));
  return cfaInMemory ? read(sum) : sum;
}

function based(base: number, offset: number, { cfa, now }: { readonly cfa: bigint; readonly now: FrameRegisters }): bigint | null {
  const start = base === CFA_BASE ? cfa : (now[base] ?? null);
  return start === null ? null : BigInt.asUintN(64, start + BigInt(offset));
}

interface Frame {
  readonly now: FrameRegisters;
  readonly read: ReadWord;
  readonly first: bigint | null;
}

/** Expressions compute addresses, which numbers hold. */
function computed(block: Uint8Array, { now, read, first }: Frame): bigint | null {
  const number = (value: bigint | null | undefined) => (value === null || value === undefined ? Number.NaN : Number(value));
  const frame = { register: (index: number) => number(now[index]), word: (address: number) => number(read(BigInt(address))) };
  try {
    const value = evaluate(block, frame, first === null ? null : Number(first));
    return Number.isSafeInteger(value) ? BigInt(value) : null;
  } catch (error) {
    if (error instanceof DwarfError) return null;
    throw error;
  }
}

/**
 *     [bp] the caller's bp   [bp + 8] the return address
 */
function byFramePointer(now: FrameRegisters, read: ReadWord): Caller | null {
  const frame = now[bp] ?? null;
  if (frame === null || frame < (now[sp] ?? 0n)) return null;
  const back = read(frame + 8n);
  if (back === null) return null;
  const next = Array.from({ length: REGISTERS }, (_, i) => (SILENTLY_SAVED.includes(i) ? null : (now[i] ?? null)));
  next[sp] = frame + 16n;
  next[bp] = read(frame);
  next[returnAddress] = back;
  return { cfa: frame + 16n, registers: next, interrupted: false };
}
