// REP string instructions: between which iterations a hit stops them, and how they go on.
//
// Measured for these cases on an AMD EPYC (family 25) under KVM, Linux 6.18: no lag at all, each iteration that touches a watched byte is a stop
// of its own, the last iteration stops after the instruction. R-041 measured lags on an Intel Xeon; the cases accept both.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, expectResumeFlag, expectStep, fact } from './expectations.js';
import type { Operation } from './operation.js';
import type { PtraceSubject, Stop } from './subject.js';
import { arm, dataSlot } from './words.js';

const PROCESSOR = 'how late a processor reports a hit within a REP instruction is its own affair (R-040)';
const SOURCE = 4096;
const BIG = 4096;

function move(at: number, count: number): Operation {
  return { op: 'repeat-move', from: SOURCE, at, count };
}

/** On the instruction, between two iterations, `early` to `late` of them still to be done. */
function expectInside(stop: Stop, remaining: { readonly early: number; readonly late: number }): void {
  expectHit(stop, 0, 0);
  expectResumeFlag(stop, true);
  if (stop.kind !== 'signal') return;
  expect(Number(stop.remaining)).toBeLessThanOrEqual(remaining.early);
  expect(Number(stop.remaining)).toBeGreaterThanOrEqual(remaining.late);
}

/** Goes on until the program is done; how many stops there were, all of slot 0. */
function stopsToTheEnd(subject: PtraceSubject): number {
  for (let stops = 0; ; stops++) {
    const stop = subject.resume();
    if (stop.kind === 'checkpoint') return stops;
    expect(stop).toMatchObject({ kind: 'signal', code: 'TRAP_HWBKPT' });
    if (stops > 1000) throw new Error('it does not end');
  }
}

/** */
export const REPEAT_CASES = [
  ...[0, 1, 10, 100, 1000].map((at) =>
    fact(`R-041, R-035 REP MOVSB over a watched byte at +${at} stops on the instruction with RF, at most one iteration late`, (subject) => {
      arm(subject, dataSlot(subject, at, { slot: 0, type: 'write' }));
      subject.load([move(0, BIG)]);
      const exact = BIG - at - 1;
      expectInside(subject.resume(), { early: exact, late: exact - 1 });
      expectCheckpoint(subject.resume());
    }),
  ),
  fact('R-041 REP MOVSB over a watched byte of its source', (subject) => {
    arm(subject, dataSlot(subject, SOURCE + 10, { slot: 0, type: 'readwrite' }));
    subject.load([move(0, 64)]);
    expectInside(subject.resume(), { early: 53, late: 52 });
    expectCheckpoint(subject.resume());
  }),
  fact('R-041 the last iteration stops after the instruction, with RF clear', (subject) => {
    arm(subject, dataSlot(subject, 15, { slot: 0, type: 'write' }));
    subject.load([move(0, 16)]);
    const stop = subject.resume();
    expectHit(stop, 1, 0);
    expectResumeFlag(stop, false);
    expect(stop).toMatchObject({ remaining: 0n });
  }),
  fact(
    'R-040, R-041 REP MOVSB over 8 watched bytes at +1000: the first stop comes at most 128 bytes late, and there are 1 to 8',
    (subject) => {
      arm(subject, dataSlot(subject, 1000, { slot: 0, type: 'write', bytes: 8 }));
      subject.load([move(0, BIG)]);
      const exact = BIG - 1000 - 1;
      expectInside(subject.resume(), { early: exact, late: exact - 128 });
      expect(stopsToTheEnd(subject)).toBeLessThanOrEqual(7);
    },
    { liveOnly: PROCESSOR },
  ),
  fact(
    'R-040, R-041 REP STOSQ over 8 watched bytes at +2048 stops once, at most 128 bytes late',
    (subject) => {
      arm(subject, dataSlot(subject, 2048, { slot: 0, type: 'write', bytes: 8 }));
      subject.load([{ op: 'repeat-store', at: 0, count: 512 }]);
      const exact = 512 - 256 - 1;
      expectInside(subject.resume(), { early: exact, late: exact - 16 });
      expectCheckpoint(subject.resume());
    },
    { liveOnly: PROCESSOR },
  ),
  fact('R-041 a count of 0 touches nothing', (subject) => {
    arm(subject, dataSlot(subject, 0, { slot: 0, type: 'write' }), dataSlot(subject, SOURCE, { slot: 1, type: 'readwrite' }));
    subject.load([move(0, 0)]);
    expectCheckpoint(subject.resume());
  }),
  fact('R-041 a step is one iteration: on the instruction with RF, the last one after it without', (subject) => {
    subject.load([move(0, 3)]);
    for (const remaining of [2n, 1n]) {
      const stop = subject.step();
      expectStep(stop, 0);
      expect(stop).toMatchObject({ rf: true, remaining });
    }
    const last = subject.step();
    expectStep(last, 1);
    expect(last).toMatchObject({ rf: false, remaining: 0n });
  }),
  fact('R-031, R-041 a step and a hit of one iteration are one stop', (subject) => {
    arm(subject, dataSlot(subject, 1, { slot: 0, type: 'write' }));
    subject.load([move(0, 3)]);
    expectStep(subject.step(), 0);
    expectStep(subject.step(), 0, 0);
    expectStep(subject.step(), 1);
  }),
  fact('R-041 an execute slot on a REP instruction hits once, not once per iteration', (subject) => {
    const addresses = subject.load([move(0, 64)]);
    arm(subject, { slot: 0, address: addresses[0] ?? 0n, type: 'execute' });
    const stop = subject.resume();
    expectHit(stop, 0, 0);
    expect(stop).toMatchObject({ remaining: 64n });
    expectCheckpoint(subject.resume());
  }),
  fact('R-041, R-035 it does not hit again when a data hit has stopped the instruction in between', (subject) => {
    const addresses = subject.load([move(0, 64)]);
    arm(subject, { slot: 0, address: addresses[0] ?? 0n, type: 'execute' }, dataSlot(subject, 10, { slot: 1, type: 'write' }));
    expectHit(subject.resume(), 0, 0);
    const inside = subject.resume();
    expectHit(inside, 0, 1);
    expectResumeFlag(inside, true);
    expectCheckpoint(subject.resume());
  }),
];
