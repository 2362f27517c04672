// How a hit stops the thread: before or after the instruction, with which registers, in which order, and how it goes on.
import { expect } from 'vitest';
import {
  expectCheckpoint,
  expectHit,
  expectIcebp,
  expectInt3,
  expectProtectionFault,
  expectResumeFlag,
  fact,
  perform,
} from './expectations.js';
import type { Operation } from './operation.js';
import type { PtraceSubject } from './subject.js';
import { arm, dataSlot, debugRegister, dr6Of, NO_REASON, type SlotIndex, setDebugRegister } from './words.js';

const STORE: Operation = { op: 'store', at: 64, length: 8, value: 7 };
const NOP: Operation = { op: 'nop' };
const ICEBP: Operation = { op: 'icebp' };

/** Loads a program and arms execute slots 0, 1 ... on these of its operations. */
function executeSlots(subject: PtraceSubject, program: readonly Operation[], ...at: readonly number[]): void {
  const addresses = subject.load(program);
  arm(subject, ...at.map((index, slot) => ({ slot: slot as SlotIndex, address: addresses[index] ?? 0n, type: 'execute' as const })));
}

function watch(subject: PtraceSubject, at: number, slot: SlotIndex) {
  return dataSlot(subject, at, { slot, type: 'write', bytes: 8 });
}

/** */
export const STOP_CASES = [
  fact('R-030, R-032, R-533 a data hit stops after the instruction, the value already written', (subject) => {
    arm(subject, watch(subject, 64, 0));
    const stop = perform(subject, STORE, NOP);
    expectHit(stop, 1, 0);
    expectResumeFlag(stop, false);
    expect(subject.readData(64)).toBe(7n);
    expectCheckpoint(subject.resume());
  }),
  fact('R-030, R-533 an execute hit stops on the instruction, not yet executed', (subject) => {
    executeSlots(subject, [NOP, STORE], 1);
    const stop = subject.resume();
    expectHit(stop, 1, 0);
    expectResumeFlag(stop, true);
    expect(subject.readData(64)).toBe(0n);
    expectCheckpoint(subject.resume());
    expect(subject.readData(64)).toBe(7n);
  }),
  fact('R-011 an execute slot inside an instruction never hits', (subject) => {
    const [first = 0n] = subject.load([STORE, NOP]);
    arm(subject, { slot: 0, address: first + 1n, type: 'execute' }, { slot: 1, address: first + 3n, type: 'execute' });
    expectCheckpoint(subject.resume());
  }),
  fact('R-011 an instruction begins with its prefixes', (subject) => {
    const program: Operation[] = [{ op: 'add', at: 64, locked: true }];
    executeSlots(subject, program, 0);
    expectHit(subject.resume(), 0, 0);
    const [first = 0n] = subject.load(program);
    expect(setDebugRegister(subject, 0, first + 1n)).toBeNull();
    expectCheckpoint(subject.resume());
  }),
  fact('R-031, R-531 two slots on one datum are one stop with two bits', (subject) => {
    arm(subject, watch(subject, 64, 0), watch(subject, 64, 3));
    expectHit(perform(subject, STORE), 1, 0, 3);
    expectCheckpoint(subject.resume());
  }),
  fact('R-031 one access that touches two slots is one stop with two bits', (subject) => {
    arm(subject, watch(subject, 64, 1), watch(subject, 72, 2));
    expectHit(perform(subject, { op: 'store', at: 70, length: 4, value: 1 }), 1, 1, 2);
    expectCheckpoint(subject.resume());
  }),
  fact('R-033 the data trap of one instruction comes before the fault of the next', (subject) => {
    const addresses = subject.load([STORE, NOP]);
    arm(subject, watch(subject, 64, 0), { slot: 1, address: addresses[1] ?? 0n, type: 'execute' });
    expectHit(subject.resume(), 1, 0);
    expectHit(subject.resume(), 1, 1);
    expectCheckpoint(subject.resume());
  }),
  fact('R-034 one instruction with both: its fault first, then its data trap, with RF clear again', (subject) => {
    const [first = 0n] = subject.load([STORE]);
    arm(subject, watch(subject, 64, 0), { slot: 1, address: first, type: 'execute' });
    expectHit(subject.resume(), 0, 1);
    const stop = subject.resume();
    expectHit(stop, 1, 0);
    expectResumeFlag(stop, false);
    expectCheckpoint(subject.resume());
  }),
  fact('R-034 RF lasts for one instruction: the next one faults too', (subject) => {
    executeSlots(subject, [NOP, NOP, NOP], 0, 1, 2);
    expectHit(subject.resume(), 0, 0);
    expectHit(subject.resume(), 1, 1);
    expectHit(subject.resume(), 2, 2);
    expectCheckpoint(subject.resume());
  }),
  fact('R-535 an execute slot stays armed after its hit', (subject) => {
    executeSlots(subject, [NOP, NOP], 0);
    for (let time = 0; time < 3; time++) {
      subject.load([NOP, NOP]);
      expectHit(subject.resume(), 0, 0);
      expectCheckpoint(subject.resume());
    }
  }),
  fact('R-535, R-036 with RF cleared the same instruction faults again, and again', (subject) => {
    executeSlots(subject, [STORE, NOP], 0);
    expectHit(subject.resume(), 0, 0);
    for (let time = 0; time < 3; time++) {
      subject.clearResumeFlag();
      expectHit(subject.resume(), 0, 0);
    }
    expect(subject.readData(64)).toBe(0n);
    expectCheckpoint(subject.resume());
  }),
  fact('R-035 POPF cannot set RF: the next instruction faults', (subject) => {
    executeSlots(subject, [{ op: 'pop-flags', tf: false, rf: true }, NOP], 1);
    expectHit(subject.resume(), 1, 0);
    expectCheckpoint(subject.resume());
  }),
  fact('R-035 a fault of another kind saves RF set', (subject) => {
    const stop = perform(subject, { op: 'cli' });
    expectProtectionFault(stop, 0);
    expectResumeFlag(stop, true);
  }),
  fact('R-002 reading a debug register in user mode is a protection fault', (subject) => {
    expectProtectionFault(perform(subject, { op: 'read-debug-register' }), 0);
  }),
  fact('R-043, R-534 ICEBP: TRAP_BRKPT after it, without a reason', (subject) => {
    expectIcebp(perform(subject, NOP, ICEBP), 2);
    expectCheckpoint(subject.resume());
  }),
  fact('R-534 INT3: SI_KERNEL after it, no address', (subject) => {
    expectInt3(perform(subject, NOP, { op: 'int3', prefixes: 0 }), 2);
    expectCheckpoint(subject.resume());
  }),
  fact('R-043, R-534 INT 1: a protection fault', (subject) => {
    expectProtectionFault(perform(subject, NOP, { op: 'int', vector: 1 }), 1);
  }),
  fact('R-532, R-304 a second hit shows its own bit only', (subject) => {
    arm(subject, watch(subject, 64, 0), watch(subject, 72, 1));
    expectHit(perform(subject, STORE, { op: 'store', at: 72, length: 8, value: 1 }), 1, 0);
    expectHit(subject.resume(), 2, 1);
    expect(debugRegister(subject, 6)).toBe(dr6Of([1]));
  }),
  fact('R-532, N-4 a hit replaces what the tracer wrote into DR6', (subject) => {
    arm(subject, watch(subject, 64, 2));
    for (const value of [0n, 2n ** 64n - 1n, dr6Of([0, 1], true)]) {
      expect(setDebugRegister(subject, 6, value)).toBeNull();
      expectHit(perform(subject, STORE), 1, 2);
    }
  }),
  fact(
    'R-532, R-541 ICEBP is a debug exception and clears the bits of the last one; INT3 is none and leaves them (measured)',
    (subject) => {
      arm(subject, watch(subject, 64, 0));
      expectHit(perform(subject, STORE, { op: 'int3', prefixes: 0 }, ICEBP), 1, 0);
      expectInt3(subject.resume(), 2, dr6Of([0]));
      expectIcebp(subject.resume(), 3);
      expect(debugRegister(subject, 6)).toBe(NO_REASON);
    },
  ),
  ...(['read', 'write'] as const).map((name) =>
    fact(`R-537, N-5 ${name}(2) of watched data gives no trap`, (subject) => {
      arm(subject, dataSlot(subject, 64, { slot: 0, type: 'readwrite', bytes: 8 }));
      expectCheckpoint(perform(subject, STORE_ELSEWHERE, { op: 'system-call', call: { name, at: 64, length: 8 } }));
      // It was armed all the time.
      expectHit(perform(subject, { op: 'load', at: 64, length: 8 }), 1, 0);
    }),
  ),
];

const STORE_ELSEWHERE: Operation = { op: 'store', at: 128, length: 8, value: 1 };
