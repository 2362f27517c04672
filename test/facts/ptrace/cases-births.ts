// What a new thread or process, and a new program, have of their maker's debug registers.
import { expect } from 'vitest';
import { expectCheckpoint, expectHit, fact, perform } from './expectations.js';
import type { Operation } from './operation.js';
import { slotsLeft, write } from './scripts.js';
import type { PtraceSubject } from './subject.js';
import { arm, dataSlot, debugRegister, dr6Of, dr7Of, NO_REASON, setDebugRegister } from './words.js';

const STORE: Operation = { op: 'store', at: 64, length: 8, value: 7 };
const SLOT = { slot: 1, type: 'write', bytes: 8 } as const;

function registers(subject: PtraceSubject): bigint[] {
  return ([0, 1, 2, 3, 6, 7] as const).map((register) => debugRegister(subject, register));
}

/** A watch, and a hit that its DR6 shows. */
function armAndHit(subject: PtraceSubject): void {
  arm(subject, dataSlot(subject, 64, SLOT));
  expectHit(perform(subject, STORE), 1, 1);
}

/** */
export const BIRTH_CASES = [
  ...(['fork', 'vfork', 'thread'] as const).flatMap((kind) => [
    fact(`R-550, R-551 what a ${kind} makes has no addresses, but reads its maker's DR7 and DR6`, (subject) => {
      armAndHit(subject);
      expect(registers(subject.bear(kind))).toEqual([0n, 0n, 0n, 0n, dr6Of([1]), dr7Of(SLOT)]);
    }),
    fact(`R-550 nothing is armed in what a ${kind} makes, and all slots are free`, (subject) => {
      armAndHit(subject);
      const child = subject.bear(kind);
      expectCheckpoint(perform(child, STORE));
      expect(slotsLeft(child)).toBe(4);
    }),
    fact(`R-551, N-3 in what a ${kind} makes an address alone arms nothing: DR7 must be written too`, (subject) => {
      armAndHit(subject);
      const child = subject.bear(kind);
      write(child, [[1, child.dataAddress + 64n, null]]);
      expectCheckpoint(perform(child, STORE));
      write(child, [[7, dr7Of(SLOT), null]]);
      expectHit(perform(child, STORE), 1, 1);
    }),
    fact(`R-132 the maker of a ${kind} keeps its own registers, whatever happens to the new ones`, (subject) => {
      armAndHit(subject);
      const before = registers(subject);
      const child = subject.bear(kind);
      write(child, [
        [7, 0n, null],
        [1, 0n, null],
        [6, 0n, null],
      ]);
      expect(registers(subject)).toEqual(before);
    }),
  ]),
  ...(['fork', 'thread'] as const).map((kind) =>
    fact(`R-132 the maker of a ${kind} is still watched`, (subject) => {
      armAndHit(subject);
      expectCheckpoint(perform(subject.bear(kind), STORE));
      expectHit(perform(subject, STORE), 1, 1);
    }),
  ),
  fact('R-551 a DR6 that the tracer wrote is read in a fork too', (subject) => {
    expect(setDebugRegister(subject, 6, 0x1234n)).toBeNull();
    expect(debugRegister(subject.bear('fork'), 6)).toBe(0x1234n);
  }),
  fact('R-552 exec clears everything, and the thread is still traced', (subject) => {
    armAndHit(subject);
    expect(setDebugRegister(subject, 6, 0x1234n)).toBeNull();
    subject.exec();
    expect(registers(subject)).toEqual([0n, 0n, 0n, 0n, NO_REASON, 0n]);
    expectCheckpoint(perform(subject, STORE));
  }),
  fact('R-552 after exec slots can be armed afresh', (subject) => {
    armAndHit(subject);
    subject.exec();
    armAndHit(subject);
  }),
];
