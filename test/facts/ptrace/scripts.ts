// Cases that only write debug registers and look at the answers.
import { expect } from 'vitest';
import type { PtraceCase } from './case.js';
import { fact } from './expectations.js';
import { UNTOUCHED_AT } from './operation.js';
import type { Errno, PtraceSubject } from './subject.js';
import { debugRegister, type RegisterNumber, SLOT_INDICES, setDebugRegister } from './words.js';

/** Registers written one after the other, with the answer to each. */
export type Script = readonly (readonly [register: RegisterNumber, value: bigint, answer: Errno | null])[];

/** Runs a script. `reads`: what registers hold afterwards. */
export function scripted(title: string, script: Script, reads: Partial<Record<RegisterNumber, bigint>> = {}): PtraceCase {
  return fact(title, (subject) => {
    write(subject, script);
    const registers = Object.keys(reads).map((name) => Number(name) as RegisterNumber);
    expect(Object.fromEntries(registers.map((register) => [register, debugRegister(subject, register)]))).toEqual(reads);
  });
}

/** Writes registers and expects the answers. */
export function write(subject: PtraceSubject, script: Script): void {
  const answers = script.map(([register, value]) => [register, value, setDebugRegister(subject, register, value)]);
  expect(answers).toEqual(script);
}

/** How many slots of the thread another client can still have; it takes them. */
export function slotsLeft(subject: PtraceSubject): number {
  return SLOT_INDICES.filter(() => typeof subject.takeSlot(UNTOUCHED_AT) !== 'string').length;
}

/** Has other clients take this many slots of the thread. Fails the case where they cannot. */
export function takeSlots(subject: PtraceSubject, count: number): void {
  const answers = Array.from({ length: count }, () => subject.takeSlot(UNTOUCHED_AT));
  expect(answers.filter((answer) => typeof answer === 'string')).toEqual([]);
}

/** For titles. */
export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
