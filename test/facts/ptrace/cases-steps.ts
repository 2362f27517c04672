// Single steps, alone and together with breakpoints.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, expectIcebp, expectInt3, expectResumeFlag, expectStep, fact, perform } from './expectations.js';
import type { Operation } from './operation.js';
import { arm, dataSlot, dr6Of } from './words.js';

const NOP: Operation = { op: 'nop' };
const STORE: Operation = { op: 'store', at: 64, length: 8, value: 7 };
const SET_TF: Operation = { op: 'pop-flags', tf: true, rf: false };
const CLEAR_TF: Operation = { op: 'pop-flags', tf: false, rf: false };

const SYSTEM_CALLS: readonly (readonly [name: string, call: Operation])[] = [
  ['SYSCALL', { op: 'system-call', call: { name: 'getpid' } }],
  ['INT 0x80', { op: 'int', vector: 128 }],
];

/** */
export const STEP_CASES = [
  fact('R-030, R-531 a step stops after the instruction, with BS', (subject) => {
    subject.load([NOP, NOP]);
    expectStep(subject.step(), 1);
    expectStep(subject.step(), 2);
  }),
  fact('R-031, R-530, R-531 a step over a hit is one stop with both reasons, told as a step', (subject) => {
    arm(subject, dataSlot(subject, 64, { slot: 0, type: 'write', bytes: 8 }));
    subject.load([STORE, NOP]);
    expectStep(subject.step(), 1, 0);
    expectStep(subject.step(), 2);
  }),
  fact('R-031 a step over an access to two slots carries all three reasons', (subject) => {
    arm(subject, dataSlot(subject, 64, { slot: 1, type: 'write', bytes: 8 }), dataSlot(subject, 66, { slot: 3, type: 'write', bytes: 2 }));
    subject.load([STORE]);
    expectStep(subject.step(), 1, 1, 3);
  }),
  fact('R-541 BS does not outlive its exception', (subject) => {
    arm(subject, dataSlot(subject, 64, { slot: 0, type: 'write', bytes: 8 }));
    subject.load([NOP, STORE]);
    expectStep(subject.step(), 1);
    expectHit(subject.resume(), 2, 0);
  }),
  fact('R-536 stepping onto an execute slot: first the step, then the hit, then it is executed', (subject) => {
    const addresses = subject.load([NOP, NOP, NOP]);
    arm(subject, { slot: 0, address: addresses[1] ?? 0n, type: 'execute' });
    expectStep(subject.step(), 1);
    const hit = subject.step();
    expectHit(hit, 1, 0);
    expectResumeFlag(hit, true);
    expectStep(subject.step(), 2);
  }),
  fact('R-536 stepping onto an execute slot, then going on: the hit is not lost', (subject) => {
    const addresses = subject.load([NOP, NOP]);
    arm(subject, { slot: 0, address: addresses[1] ?? 0n, type: 'execute' });
    expectStep(subject.step(), 1);
    expectHit(subject.resume(), 1, 0);
    expectCheckpoint(subject.resume());
  }),
  fact('R-536 a step from an execute hit goes over its instruction', (subject) => {
    const addresses = subject.load([NOP, NOP]);
    arm(subject, { slot: 0, address: addresses[0] ?? 0n, type: 'execute' });
    expectHit(subject.resume(), 0, 0);
    expectStep(subject.step(), 1);
  }),
  fact('R-536, R-031 a step over a hit onto an execute slot: step and data bit first, the execute hit on its own', (subject) => {
    const addresses = subject.load([STORE, NOP]);
    arm(subject, { slot: 0, address: addresses[1] ?? 0n, type: 'execute' }, dataSlot(subject, 64, { slot: 1, type: 'write', bytes: 8 }));
    expectStep(subject.step(), 1, 1);
    expectHit(subject.step(), 1, 0);
    expectStep(subject.step(), 2);
  }),
  ...SYSTEM_CALLS.map(([name, call]) =>
    fact(`R-541 a step over ${name} stops after it, without a debug exception: TRAP_BRKPT, DR6 as it was (measured)`, (subject) => {
      subject.load([NOP, call, NOP]);
      expectStep(subject.step(), 1);
      expect(subject.step()).toMatchObject({ kind: 'signal', signal: 'SIGTRAP', code: 'TRAP_BRKPT', at: 2, dr6: dr6Of([], true) });
      expectStep(subject.step(), 3);
    }),
  ),
  fact('R-038, R-534 a step over INT3 is the stop of INT3 (measured)', (subject) => {
    subject.load([{ op: 'int3', prefixes: 0 }, NOP]);
    expectInt3(subject.step(), 1);
    expectStep(subject.step(), 2);
  }),
  fact('R-043, R-534 a step over ICEBP is the stop of ICEBP, without BS (measured)', (subject) => {
    subject.load([{ op: 'icebp' }, NOP]);
    expectIcebp(subject.step(), 1);
    expectStep(subject.step(), 2);
  }),
  fact('R-547 a step with a signal stops before the first instruction of its handler (measured)', (subject) => {
    expectIcebp(perform(subject, { op: 'system-call', call: { name: 'sigaction', action: 'handler' } }, { op: 'icebp' }, NOP), 2);
    expect(subject.step('SIGTRAP')).toMatchObject({ kind: 'signal', signal: 'SIGTRAP', ip: subject.handlerAddress, at: null, rf: false });
    expect(subject.handlerRuns()).toBe(0);
    expectStep(subject.step(), null);
    expectCheckpoint(subject.resume());
    expect(subject.handlerRuns()).toBe(1);
  }),
  fact('R-038 TF set by the thread itself traps after the instruction that follows', (subject) => {
    const stop = perform(subject, SET_TF, NOP, CLEAR_TF, NOP);
    expectStep(stop, 2);
    expectStep(subject.resume(), 3);
    expectCheckpoint(subject.resume());
  }),
  fact("R-038 the second step after one over POPF leaves TF behind: the kernel takes it for the thread's own (measured)", (subject) => {
    subject.load([CLEAR_TF, NOP, NOP, CLEAR_TF, NOP]);
    expectStep(subject.step(), 1);
    const second = subject.step();
    expectStep(second, 2);
    expect(second).toMatchObject({ tf: true });
    // Nobody steps it any more.
    expectStep(subject.resume(), 3);
    expectStep(subject.resume(), 4);
    expectCheckpoint(subject.resume());
  }),
  fact('R-038, R-031 TF and a hit are one stop', (subject) => {
    arm(subject, dataSlot(subject, 64, { slot: 2, type: 'write', bytes: 8 }));
    expectStep(perform(subject, SET_TF, STORE, CLEAR_TF), 2, 2);
    expectStep(subject.resume(), 3);
    expectCheckpoint(subject.resume());
  }),
];
