// Debug registers as ptrace's user area has them, and slots as DR7 has them: numbers that cases write and expect.
//
//   u_debugreg[n] lies at 848 + 8n. R-501 gives the area 912 bytes, as the C library's header does; the running kernel has two words
//   more behind the debug registers, which read 0: 928 bytes (measured, Linux 6.18)
//   DR7: bit 2i = Li, bit 2i+1 = Gi; bits 16+4i..19+4i = LENi R/Wi
import { expect } from 'vitest';
import type { Errno, PtraceSubject } from './subject.js';

/** Byte offset of u_debugreg. */
export const U_DEBUGREG = 848n;
/** Size of the user area as the kernel has it. */
export const USER_BYTES = 928n;
/** The first address that no user breakpoint may touch. */
export const TASK_SIZE_MAX = 0x7fff_ffff_f000n;

/** Virtual DR6 without a reason. */
export const NO_REASON = 0xffff_0ff0n;
/** BS. */
export const STEP = 0x4000n;

export type RegisterNumber = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
export type SlotIndex = 0 | 1 | 2 | 3;
export const SLOT_INDICES = [0, 1, 2, 3] as const satisfies readonly SlotIndex[];

/** Which of the two enable bits. */
export type Enable = 'local' | 'global' | 'both';
const ENABLE_BITS: Readonly<Record<Enable, bigint>> = { local: 1n, global: 2n, both: 3n };

export type SlotType = 'execute' | 'write' | 'readwrite';
const TYPE_BITS: Readonly<Record<SlotType, bigint>> = { execute: 0n, write: 1n, readwrite: 3n };

export type SlotBytes = 1 | 2 | 4 | 8;
const LENGTH_BITS: Readonly<Record<SlotBytes, bigint>> = { 1: 0n, 2: 1n, 4: 3n, 8: 2n };

/** One slot as a case wants it. */
export interface ArmedSlot {
  readonly slot: SlotIndex;
  readonly address: bigint;
  readonly type: SlotType;
  /** Default 1. */
  readonly bytes?: SlotBytes;
  /** Default `global`. */
  readonly enable?: Enable;
}

/** Reads DR`register`. Throws where the subject refuses. */
export function debugRegister(subject: PtraceSubject, register: RegisterNumber): bigint {
  const answer = subject.peek(U_DEBUGREG + 8n * BigInt(register));
  if (typeof answer === 'string') throw new Error(`reading dr${register}: ${answer}`);
  return answer;
}

/** Writes DR`register`. */
export function setDebugRegister(subject: PtraceSubject, register: RegisterNumber, value: bigint): Errno | null {
  return subject.poke(U_DEBUGREG + 8n * BigInt(register), value);
}

/** The DR7 value that these slots make. */
export function dr7Of(...slots: readonly Omit<ArmedSlot, 'address'>[]): bigint {
  return slots.reduce((bits, { slot, type, bytes = 1, enable = 'global' }) => {
    const at = BigInt(slot);
    const nibble = TYPE_BITS[type] | (LENGTH_BITS[bytes] << 2n);
    return bits | (ENABLE_BITS[enable] << (2n * at)) | (nibble << (16n + 4n * at));
  }, 0n);
}

/** The DR6 value of hits in these slots; with `step`, of a single step too. */
export function dr6Of(slots: readonly number[], step = false): bigint {
  return slots.reduce((bits, slot) => bits | (1n << BigInt(slot)), NO_REASON) | (step ? STEP : 0n);
}

/** Arms these slots in a fresh subject, addresses first. Fails the case where anything is refused. */
export function arm(subject: PtraceSubject, ...slots: readonly ArmedSlot[]): void {
  const refusals = slots.map(({ slot, address }) => setDebugRegister(subject, slot, address));
  expect([...refusals, setDebugRegister(subject, 7, dr7Of(...slots))]).toEqual([...slots.map(() => null), null]);
}

/** A slot on the data at byte `at`. */
export function dataSlot(subject: PtraceSubject, at: number, slot: Omit<ArmedSlot, 'address'>): ArmedSlot {
  return { ...slot, address: subject.dataAddress + BigInt(at) };
}
