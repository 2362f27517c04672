// What cases expect of a stop, in few words.
import { expect } from 'vitest';
import type { PtraceCase } from './case.js';
import type { Operation } from './operation.js';
import type { PtraceSubject, SignalStop, Stop } from './subject.js';
import { dr6Of, NO_REASON } from './words.js';

/** A case. */
export function fact(title: string, check: PtraceCase['check'], more: Omit<PtraceCase, 'title' | 'check'> = {}): PtraceCase {
  return { title, check, ...more };
}

/** Loads these operations and lets the thread go on to its first stop. */
export function perform(subject: PtraceSubject, ...operations: readonly Operation[]): Stop {
  subject.load(operations);
  return subject.resume();
}

/** SIGTRAP of hits in these slots, with the thread at operation `at`. */
export function expectHit(stop: Stop, at: number | null, ...slots: readonly number[]): void {
  expectTrap(stop, { code: 'TRAP_HWBKPT', at, dr6: dr6Of(slots) });
}

/** SIGTRAP of a single step, perhaps with hits. */
export function expectStep(stop: Stop, at: number | null, ...slots: readonly number[]): void {
  expectTrap(stop, { code: 'TRAP_TRACE', at, dr6: dr6Of(slots, true) });
}

/** SIGTRAP of ICEBP. */
export function expectIcebp(stop: Stop, at: number): void {
  expectTrap(stop, { code: 'TRAP_BRKPT', at, dr6: NO_REASON });
}

function expectTrap(stop: Stop, expected: Pick<SignalStop, 'code' | 'at' | 'dr6'>): void {
  expect(stop).toMatchObject({ kind: 'signal', signal: 'SIGTRAP', ...expected });
  if (stop.kind === 'signal') expect(stop.address).toBe(stop.ip);
}

/** SIGTRAP of INT3, which is no debug exception and leaves the virtual DR6 as it was. */
export function expectInt3(stop: Stop, at: number, dr6 = NO_REASON): void {
  expect(stop).toMatchObject({ kind: 'signal', signal: 'SIGTRAP', code: 'SI_KERNEL', at, address: 0n, dr6 });
}

/** SIGSEGV of a general-protection fault or a trap with the vector of one; `dr6` as it was. */
export function expectProtectionFault(stop: Stop, at: number, dr6 = NO_REASON): void {
  expect(stop).toMatchObject({ kind: 'signal', signal: 'SIGSEGV', code: 'SI_KERNEL', at, dr6 });
}

/** Everything was done without a stop. */
export function expectCheckpoint(stop: Stop): void {
  expect(stop).toEqual({ kind: 'checkpoint' });
}

/** RF in the saved flags. */
export function expectResumeFlag(stop: Stop, rf: boolean): void {
  expect(stop).toMatchObject({ kind: 'signal', rf });
}
