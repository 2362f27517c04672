// T-L-11 and T-L-12: threads that set TF themselves. No trap is lost, none repeats for ever, and TF survives system calls.
import { expect } from 'vitest';
import { expectCheckpoint, expectStep, fact, perform } from './expectations.js';
import type { Operation } from './operation.js';
import type { PtraceSubject } from './subject.js';

const NOP: Operation = { op: 'nop' };
const SET_TF: Operation = { op: 'pop-flags', tf: true, rf: false };
const CLEAR_TF: Operation = { op: 'pop-flags', tf: false, rf: false };
const SYSCALL: Operation = { op: 'system-call', call: { name: 'getpid' } };
const INT80: Operation = { op: 'int', vector: 128 };
const HANDLE: Operation = { op: 'system-call', call: { name: 'sigaction', action: 'handler' } };

/** Goes on, with the signal each time, to the end; where each stop was, and whether TF was set. */
function trapsToTheEnd(subject: PtraceSubject, signal?: 'SIGTRAP'): { readonly at: number | null; readonly tf: boolean }[] {
  const traps = [];
  for (let stop = subject.resume(); stop.kind !== 'checkpoint'; stop = subject.resume(signal)) {
    if (stop.kind !== 'signal' || traps.length > 40) throw new Error(`not the trap that was expected: ${stop.kind}`);
    expectStep(stop, stop.at);
    traps.push({ at: stop.at, tf: stop.tf });
  }
  return traps;
}

/** TF from operation 0 to 3 on: traps after operations 1, 2 and 3, the last of them with TF clear. */
const TRAPS_AROUND_ONE = [
  { at: 2, tf: true },
  { at: 3, tf: true },
  { at: 4, tf: false },
];

/** T-L-11, T-L-12, R-038. */
export const TRAP_FLAG_CASES = [
  fact('T-L-11 TF set by one POPF and cleared by another four instructions later: the handler runs four times', (subject) => {
    subject.load([HANDLE, SET_TF, NOP, NOP, NOP, CLEAR_TF, { op: 'system-call', call: { name: 'exit', status: 'handler-runs' } }]);
    subject.detach();
    expect(subject.end()).toEqual({ kind: 'exited', status: 4 });
  }),
  fact('T-L-11 the same under a tracer that passes each signal on: one stop and one run for each', (subject) => {
    subject.load([HANDLE, SET_TF, NOP, NOP, NOP, CLEAR_TF, NOP]);
    expect(trapsToTheEnd(subject, 'SIGTRAP').map(({ at }) => at)).toEqual([3, 4, 5, 6]);
    expect(subject.handlerRuns()).toBe(4);
  }),
  fact('T-L-11 the same under a tracer that swallows each', (subject) => {
    subject.load([SET_TF, NOP, NOP, NOP, CLEAR_TF, NOP]);
    expect(trapsToTheEnd(subject).map(({ at }) => at)).toEqual([2, 3, 4, 5]);
  }),
  fact('T-L-12 (a) TF and a NOP: it traps, TF stays', (subject) => {
    subject.load([SET_TF, NOP, NOP, CLEAR_TF, NOP]);
    expect(trapsToTheEnd(subject)).toEqual(TRAPS_AROUND_ONE);
  }),
  ...(
    [
      ['(c) INT 0x80', INT80],
      ['(d) SYSCALL', SYSCALL],
    ] as const
  ).flatMap(([name, call]) => [
    fact(`T-L-12 ${name} with TF: TF survives it, and the instruction after it traps`, (subject) => {
      subject.load([SET_TF, NOP, call, NOP, CLEAR_TF, NOP]);
      const traps = trapsToTheEnd(subject);
      expect(traps[0]).toEqual({ at: 2, tf: true });
      expect(traps.slice(-2)).toEqual([
        { at: 4, tf: true },
        { at: 5, tf: false },
      ]);
    }),
    fact(`T-L-12, R-038 ${name} with TF does not trap itself: the way into the kernel clears TF (measured)`, (subject) => {
      subject.load([SET_TF, NOP, call, NOP, CLEAR_TF, NOP]);
      expect(trapsToTheEnd(subject).map(({ at }) => at)).toEqual([2, 4, 5]);
    }),
    fact(`T-L-12 ${name} with TF clear: no trap, and TF stays clear`, (subject) => {
      expectCheckpoint(perform(subject, CLEAR_TF, call, NOP));
    }),
  ]),
];
