// T-L-01: the 110 cases of the kernel's breakpoint_test.c. Each stops exactly once, and not at all when its slot has been turned off.
import type { PtraceCase } from './case.js';
import { expectCheckpoint, expectHit, expectIcebp, expectInt3, fact, perform } from './expectations.js';
import type { Operation } from './operation.js';
import { write } from './scripts.js';
import type { PtraceSubject } from './subject.js';
import { type ArmedSlot, arm, dataSlot, type Enable, SLOT_INDICES, type SlotBytes } from './words.js';

const ENABLES = ['local', 'global', 'both'] as const satisfies readonly Enable[];
const LENGTHS = [1, 2, 4, 8] as const satisfies readonly SlotBytes[];
const NOP: Operation = { op: 'nop' };

/** The slot hits once in `program`, with the thread at `at`; turned off, it does not. */
function expectOneHit(subject: PtraceSubject, slot: ArmedSlot, program: readonly Operation[], at: number): void {
  arm(subject, slot);
  expectHit(perform(subject, ...program), at, slot.slot);
  expectCheckpoint(subject.resume());
  write(subject, [[7, 0n, null]]);
  expectCheckpoint(perform(subject, ...program));
}

const EXECUTE = ENABLES.flatMap((enable) =>
  SLOT_INDICES.map((slot) =>
    fact(`T-L-01 instruction breakpoint ${slot}, enabled by ${enable}`, (subject) => {
      const program = [NOP, NOP];
      const address = subject.load(program)[1] ?? 0n;
      expectOneHit(subject, { slot, address, type: 'execute', enable }, program, 1);
    }),
  ),
);

const DATA = (['write', 'readwrite'] as const).flatMap((type) =>
  LENGTHS.flatMap((bytes) =>
    ENABLES.flatMap((enable) =>
      SLOT_INDICES.map((slot) => {
        const access: Operation =
          type === 'write' ? { op: 'store', at: 8 * slot, length: bytes, value: 1 } : { op: 'load', at: 8 * slot, length: bytes };
        const touched = type === 'write' ? 'written' : 'read';
        return fact(`T-L-01 ${type} breakpoint ${slot} of ${bytes}, enabled by ${enable}, is ${touched}`, (subject) => {
          expectOneHit(subject, dataSlot(subject, 8 * slot, { slot, type, bytes, enable }), [access], 1);
        });
      }),
    ),
  ),
);

/** T-L-01. */
export const BREAKPOINT_TEST_CASES: readonly PtraceCase[] = [
  ...EXECUTE,
  ...DATA,
  fact('T-L-01 ICEBP', (subject) => {
    expectIcebp(perform(subject, { op: 'icebp' }), 1);
    expectCheckpoint(subject.resume());
  }),
  fact('T-L-01 INT3', (subject) => {
    expectInt3(perform(subject, { op: 'int3', prefixes: 0 }), 1);
    expectCheckpoint(subject.resume());
  }),
];
