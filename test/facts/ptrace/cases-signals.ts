// What becomes of a thread whose hit reaches it as a signal, or that nobody traces any more.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, fact, perform } from './expectations.js';
import type { Operation, SystemCall } from './operation.js';
import { write } from './scripts.js';
import { arm, dataSlot, debugRegister, dr7Of } from './words.js';

const NOP: Operation = { op: 'nop' };
const STORE: Operation = { op: 'store', at: 64, length: 8, value: 7 };
const KILLED = { kind: 'killed', signal: 'SIGTRAP' };
const SLOT = { slot: 0, type: 'write', bytes: 8 } as const;

function call(systemCall: SystemCall): Operation {
  return { op: 'system-call', call: systemCall };
}

const HANDLE = call({ name: 'sigaction', action: 'handler' });

/** What a thread may have done about SIGTRAP before its hit, none of which helps it. */
const PRECAUTIONS: readonly (readonly [name: string, operations: readonly Operation[]])[] = [
  ['by default', []],
  ['with the signal ignored', [call({ name: 'sigaction', action: 'ignore' })]],
  ['with the signal blocked', [call({ name: 'block-sigtrap' })]],
  ['with a handler, and the signal blocked', [HANDLE, call({ name: 'block-sigtrap' })]],
];

/** N-8. */
export const SIGNAL_CASES = [
  ...PRECAUTIONS.map(([name, operations]) =>
    fact(`R-538, R-539, R-109 a hit ends an untraced process, ${name}`, (subject) => {
      arm(subject, dataSlot(subject, 64, SLOT));
      subject.load([...operations, STORE, call({ name: 'exit', status: 3 })]);
      subject.detach();
      expect(subject.end()).toEqual(KILLED);
    }),
  ),
  fact('R-538 in an untraced process with a handler each hit runs it', (subject) => {
    arm(subject, dataSlot(subject, 64, SLOT));
    subject.load([HANDLE, STORE, NOP, STORE, call({ name: 'exit', status: 'handler-runs' })]);
    subject.detach();
    expect(subject.end()).toEqual({ kind: 'exited', status: 2 });
  }),
  ...PRECAUTIONS.slice(0, 3).map(([name, operations]) =>
    fact(`R-538 a hit that the tracer swallows does no harm, ${name}`, (subject) => {
      arm(subject, dataSlot(subject, 64, SLOT));
      expectHit(perform(subject, ...operations, STORE, NOP, STORE), operations.length + 1, 0);
      expectHit(subject.resume(), operations.length + 3, 0);
      expectCheckpoint(subject.resume());
    }),
  ),
  ...PRECAUTIONS.slice(0, 2).map(([name, operations]) =>
    fact(`R-538, N-10 a hit that the tracer passes on ends the process, ${name}`, (subject) => {
      arm(subject, dataSlot(subject, 64, SLOT));
      expectHit(perform(subject, ...operations, STORE, NOP), operations.length + 1, 0);
      expect(subject.resume('SIGTRAP')).toEqual(KILLED);
    }),
  ),
  fact('R-538 a hit that the tracer passes on runs the handler', (subject) => {
    arm(subject, dataSlot(subject, 64, SLOT));
    expectHit(perform(subject, HANDLE, STORE, NOP), 2, 0);
    expect(subject.handlerRuns()).toBe(0);
    expectCheckpoint(subject.resume('SIGTRAP'));
    expect(subject.handlerRuns()).toBe(1);
  }),
  fact('R-539 slots stay armed while nobody traces, and read the same to the next tracer', (subject) => {
    const slot = dataSlot(subject, 64, SLOT);
    arm(subject, slot);
    subject.load([{ op: 'spin' }]);
    subject.detach();
    subject.attach();
    expect([debugRegister(subject, 0), debugRegister(subject, 7)]).toEqual([slot.address, dr7Of(SLOT)]);
    expectHit(perform(subject, STORE), 1, 0);
  }),
  fact('N-8 with DR7 cleared before it is let go a process runs on unharmed', (subject) => {
    arm(subject, dataSlot(subject, 64, SLOT));
    write(subject, [[7, 0n, null]]);
    subject.load([STORE, call({ name: 'exit', status: 4 })]);
    subject.detach();
    expect(subject.end()).toEqual({ kind: 'exited', status: 4 });
  }),
  fact('R-305, R-547 a handler starts with RF clear, and what it interrupted goes on with RF set', (subject) => {
    const addresses = subject.load([HANDLE, NOP, NOP]);
    arm(subject, { slot: 0, address: addresses[1] ?? 0n, type: 'execute' }, { slot: 1, address: subject.handlerAddress, type: 'execute' });
    expectHit(subject.resume(), 1, 0);
    const inHandler = subject.resume('SIGTRAP');
    expectHit(inHandler, null, 1);
    expect(inHandler).toMatchObject({ ip: subject.handlerAddress });
    expectCheckpoint(subject.resume());
    expect(subject.handlerRuns()).toBe(1);
  }),
];
