// The four slots of a thread: what holds them, who shares them, and which of them a hit is told in.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, fact, perform } from './expectations.js';
import { slotsLeft, takeSlots, write } from './scripts.js';
import type { PtraceSubject, RivalSlot } from './subject.js';
import { arm, dataSlot, dr7Of, SLOT_INDICES, setDebugRegister } from './words.js';

/** */
export const SLOT_CASES = [
  fact('R-518, N-2 clearing all registers gives no slot back', (subject) => {
    chargeAll(subject);
    write(subject, [[7, 0n, null], ...SLOT_INDICES.map((slot) => [slot, 0n, null] as const), [7, 0n, null]]);
    expect(slotsLeft(subject)).toBe(0);
  }),
  fact('R-518 letting go of the thread gives no slot back', (subject) => {
    chargeAll(subject);
    subject.load([{ op: 'spin' }]);
    subject.detach();
    expect(slotsLeft(subject)).toBe(0);
  }),
  fact('R-518, R-552 exec gives all slots back', (subject) => {
    chargeAll(subject);
    subject.exec();
    expect(slotsLeft(subject)).toBe(4);
  }),
  fact('R-519, R-567 with all slots taken by another client the first write of an address is ENOSPC', (subject) => {
    takeSlots(subject, 4);
    for (const slot of SLOT_INDICES) expect(setDebugRegister(subject, slot, 0x1000n)).toBe('ENOSPC');
    write(subject, [
      [7, 0x1n, 'ENOSPC'],
      [7, 0n, null],
    ]);
  }),
  ...[1, 2, 3].map((count) =>
    fact(`R-519 with ${count} slots taken by another client ${4 - count} are left to ptrace`, (subject) => {
      takeSlots(subject, count);
      const answers = SLOT_INDICES.map((slot) => setDebugRegister(subject, slot, 0x1000n));
      expect(answers).toEqual([null, ...[1, 2, 3].map((taken) => (taken < 4 - count ? null : 'ENOSPC'))]);
    }),
  ),
  fact('R-567, N-7 what another client gives back ptrace can have', (subject) => {
    const [first] = SLOT_INDICES.map(() => taken(subject, 0));
    expect(setDebugRegister(subject, 0, 0x1000n)).toBe('ENOSPC');
    first?.release();
    expect(setDebugRegister(subject, 0, 0x1000n)).toBeNull();
  }),
  fact('R-564 a slot that ptrace has written needs no free one to be enabled, moved or changed', (subject) => {
    write(subject, [[0, 0x1000n, null]]);
    takeSlots(subject, 3);
    write(subject, [
      [7, dr7Of({ slot: 0, type: 'write', bytes: 8 }), null],
      [0, 0x1008n, null],
      [7, 0n, null],
      [7, dr7Of({ slot: 0, type: 'execute' }), null],
    ]);
  }),
  fact('R-520 with all slots in use one can change from data to instruction and back', (subject) => {
    write(subject, [
      [7, 0x1111_00ffn, null],
      [7, 0x1110_00ffn, null],
      [7, 0x1011_00ffn, null],
    ]);
  }),
  ...SLOT_INDICES.map((slot) =>
    fact(`R-521, R-102 a breakpoint in slot ${slot} alone is told in bit ${slot}`, (subject) => {
      arm(subject, dataSlot(subject, 16, { slot, type: 'write', bytes: 8 }));
      expectHit(perform(subject, { op: 'store', at: 16, length: 8, value: 1 }), 1, slot);
    }),
  ),
  fact("R-521, R-102 it is told in its own bit though others' breakpoints came first", (subject) => {
    takeSlots(subject, 2);
    arm(subject, dataSlot(subject, 16, { slot: 1, type: 'write', bytes: 8 }));
    expectHit(perform(subject, { op: 'store', at: 16, length: 8, value: 1 }), 1, 1);
  }),
  fact("R-544 another client's breakpoint stops nobody", (subject) => {
    const rival = taken(subject, 16);
    expectCheckpoint(perform(subject, { op: 'store', at: 16, length: 8, value: 1 }, { op: 'load', at: 16, length: 8 }));
    expect(rival.count()).toBe(1);
  }),
  fact('R-594 one access can serve ptrace and another client', (subject) => {
    const rival = taken(subject, 16);
    arm(subject, dataSlot(subject, 16, { slot: 3, type: 'write', bytes: 8 }));
    expectHit(perform(subject, { op: 'store', at: 16, length: 8, value: 1 }), 1, 3);
    expect(rival.count()).toBe(1);
  }),
  fact('R-563 threads do not compete: each has four', (subject) => {
    const other = subject.bear('thread');
    chargeAll(subject);
    chargeAll(other);
    expect([slotsLeft(subject), slotsLeft(other)]).toEqual([0, 0]);
  }),
];

function chargeAll(subject: PtraceSubject): void {
  write(
    subject,
    SLOT_INDICES.map((slot) => [slot, 0x1000n, null]),
  );
}

function taken(subject: PtraceSubject, at: number): RivalSlot {
  const answer = subject.takeSlot(at);
  if (typeof answer === 'string') throw new Error(`taking a slot: ${answer}`);
  return answer;
}
