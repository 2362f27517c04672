// T-L-10: MOV SS whose operand is watched holds its trap back over the next instruction, whatever that one is.
//
// What the processor holds back is told after a plain next instruction, dropped by a fault, and lost to ptrace where the next instruction enters
// the kernel: there the kernel takes it and a user breakpoint does not count. The 32-bit runs (INTO, SYSENTER) cannot be made in 64-bit
// mode; INT 0x80 can.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, expectIcebp, expectInt3, expectProtectionFault, expectStep, fact, perform } from './expectations.js';
import type { Operation } from './operation.js';
import type { PtraceSubject } from './subject.js';
import { arm, dataSlot, dr6Of, NO_REASON } from './words.js';

const MOV_SS: Operation = { op: 'load-ss', at: 64 };
const NOP: Operation = { op: 'nop' };
const SYSCALL: Operation = { op: 'system-call', call: { name: 'getpid' } };

function operandSlot(subject: PtraceSubject) {
  return dataSlot(subject, 64, { slot: 0, type: 'readwrite', bytes: 2 });
}

function movSs(title: string, next: Operation, check: (subject: PtraceSubject) => void) {
  return fact(`T-L-10, R-039 MOV SS, then ${title}`, (subject) => {
    arm(subject, operandSlot(subject));
    subject.load([MOV_SS, next, NOP]);
    check(subject);
    // The kernel and the slot are as they were.
    expectHit(perform(subject, { op: 'load', at: 64, length: 2 }), 1, 0);
  });
}

/** INT3 in any form: its own signal, and no bit. */
function thenInt3(title: string, next: Operation) {
  return movSs(title, next, (subject) => {
    expectInt3(subject.resume(), 2);
    expectCheckpoint(subject.resume());
  });
}

/** T-L-10. */
export const MOV_SS_CASES = [
  fact('T-L-10 a plain read of the watched word traps', (subject) => {
    arm(subject, operandSlot(subject));
    expectHit(perform(subject, { op: 'load', at: 64, length: 2 }), 1, 0);
    expectCheckpoint(subject.resume());
  }),
  movSs('NOP: told after it', NOP, (subject) => {
    expectHit(subject.resume(), 2, 0);
    expectCheckpoint(subject.resume());
  }),
  thenInt3('INT3', { op: 'int3', prefixes: 0 }),
  thenInt3('INT 3', { op: 'int', vector: 3 }),
  thenInt3('CS CS INT3', { op: 'int3', prefixes: 2 }),
  thenInt3('14 times CS, INT3', { op: 'int3', prefixes: 14 }),
  movSs('INT 4: SIGSEGV after it', { op: 'int', vector: 4 }, (subject) => {
    expectProtectionFault(subject.resume(), 2);
  }),
  movSs('ICEBP, which absorbs the trap', { op: 'icebp' }, (subject) => {
    expectIcebp(subject.resume(), 2);
    expectCheckpoint(subject.resume());
  }),
  movSs('CLI: the fault drops the trap', { op: 'cli' }, (subject) => {
    expectProtectionFault(subject.resume(), 1);
  }),
  movSs('a page fault, which drops the trap', { op: 'fault' }, (subject) => {
    expect(subject.resume()).toMatchObject({ kind: 'signal', signal: 'SIGSEGV', code: 'SEGV_MAPERR', at: 1, dr6: NO_REASON });
  }),
  movSs('INT 1: the fault drops the trap', { op: 'int', vector: 1 }, (subject) => {
    expectProtectionFault(subject.resume(), 1);
  }),
  movSs('SYSCALL: the kernel takes the trap', SYSCALL, (subject) => {
    expectCheckpoint(subject.resume());
  }),
  movSs('INT 0x80: the kernel takes the trap', { op: 'int', vector: 128 }, (subject) => {
    expectCheckpoint(subject.resume());
  }),
  fact(
    'T-L-10, R-039 MOV SS, then a NOP with an execute slot: one stop before it (AMD, measured: without the data bit; Intel: with both)',
    (subject) => {
      const addresses = subject.load([MOV_SS, NOP, NOP]);
      arm(subject, operandSlot(subject), { slot: 1, address: addresses[1] ?? 0n, type: 'execute' });
      const stop = subject.resume();
      expect(stop).toMatchObject({ kind: 'signal', signal: 'SIGTRAP', code: 'TRAP_HWBKPT', at: 1 });
      if (stop.kind === 'signal') expect([dr6Of([1]), dr6Of([0, 1])]).toContain(stop.dr6);
      expectCheckpoint(subject.resume());
    },
  ),
  fact('R-039 a step over MOV SS goes over the next instruction too', (subject) => {
    subject.load([MOV_SS, NOP, NOP]);
    expectStep(subject.step(), 2);
    expectStep(subject.step(), 3);
  }),
  fact('R-039, R-031 a step over MOV SS with a watched operand: both reasons after the next instruction', (subject) => {
    arm(subject, operandSlot(subject));
    subject.load([MOV_SS, NOP, NOP]);
    expectStep(subject.step(), 2, 0);
    expectStep(subject.step(), 3);
  }),
];
