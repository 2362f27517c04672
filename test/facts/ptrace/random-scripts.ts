// Random scripts of writes to debug registers, and what a subject makes of one: to hold two subjects, or a subject and the rules, against each other.
import fc from 'fast-check';
import { assertNever } from '../../../src/base/assert.js';
import { UNTOUCHED_AT } from './operation.js';
import type { Errno, PtraceSubject, RivalSlot, Stop } from './subject.js';
import { debugRegister, type RegisterNumber, setDebugRegister, TASK_SIZE_MAX } from './words.js';

/** One step. An address register's `offset` is relative to 64 bytes into the subject's data, so that the accesses at the end meet it. */
export type ScriptStep =
  | { readonly step: 'address'; readonly register: 0 | 1 | 2 | 3; readonly offset: number }
  | { readonly step: 'raw'; readonly register: RegisterNumber; readonly value: bigint }
  | { readonly step: 'take-slot' | 'release-slot' };

/** What was answered: a refusal, and what all registers read then. */
export interface ScriptAnswer {
  readonly error: Errno | null;
  readonly registers: readonly bigint[];
}

/** What a script made of a subject. */
export interface ScriptRun {
  readonly answers: readonly ScriptAnswer[];
  /** The first stop of a store and of a load of 8 bytes at {@link SCRIPT_AT}. */
  readonly store: Stop;
  readonly load: Stop;
}

/** Where in the data scripts put their breakpoints. */
export const SCRIPT_AT = 64;
const REGISTERS = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const EDGES = [0n, 1n, TASK_SIZE_MAX - 8n, TASK_SIZE_MAX - 1n, TASK_SIZE_MAX, 0x8000_0000_0000n, 0xffff_ffff_8100_0000n];
const slotIndex = fc.constantFrom(0, 1, 2, 3);

/** A DR7 of four fields, most of them good, with enables for some. */
const control = fc
  .tuple(
    fc.array(fc.constantFrom(0, 1, 3, 5, 7, 9, 11, 13, 15, 1, 1, 3, 0, 2, 4, 8), { minLength: 4, maxLength: 4 }),
    fc.array(fc.constantFrom(0, 0, 1, 2, 3), { minLength: 4, maxLength: 4 }),
    fc.constantFrom(0n, 0n, 0n, 0x300n, 0x2400n, 0xffff_ffff_0000_0000n),
  )
  .map(([nibbles, enables, rest]) =>
    nibbles.reduce<bigint>(
      (bits, nibble, slot) => bits | (BigInt(nibble) << BigInt(16 + 4 * slot)) | (BigInt(enables[slot] ?? 0) << BigInt(2 * slot)),
      rest,
    ),
  );

const scriptStep: fc.Arbitrary<ScriptStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ step: fc.constant('address' as const), register: slotIndex, offset: fc.integer({ min: -9, max: 9 }) }),
  },
  { weight: 6, arbitrary: fc.record({ step: fc.constant('raw' as const), register: fc.constant(7 as const), value: control }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('raw' as const), register: slotIndex, value: fc.constantFrom(...EDGES) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant('raw' as const),
      register: fc.constantFrom(...REGISTERS),
      value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('take-slot' as const, 'release-slot' as const) }) },
);

/** Scripts of 1 to 20 steps. */
export const RANDOM_SCRIPTS: fc.Arbitrary<readonly ScriptStep[]> = fc.array(scriptStep, { minLength: 1, maxLength: 20 });

/** Runs a script on a subject with fresh registers, and gives all slots back by an exec. */
export function runScript(subject: PtraceSubject, script: readonly ScriptStep[]): ScriptRun {
  const rivals: RivalSlot[] = [];
  const answers = script.map((step) => {
    const error = takeStep(subject, step, rivals);
    return { error, registers: REGISTERS.map((register) => debugRegister(subject, register)) };
  });
  const store = firstStop(subject, 'store');
  const load = firstStop(subject, 'load');
  for (const rival of rivals) rival.release();
  subject.exec();
  return { answers, store, load };
}

function takeStep(subject: PtraceSubject, step: ScriptStep, rivals: RivalSlot[]): Errno | null {
  switch (step.step) {
    case 'address':
      return setDebugRegister(subject, step.register, addressOf(subject, step.offset));
    case 'raw':
      return setDebugRegister(subject, step.register, step.value);
    case 'take-slot': {
      const answer = subject.takeSlot(UNTOUCHED_AT);
      if (typeof answer === 'string') return answer;
      rivals.push(answer);
      return null;
    }
    case 'release-slot':
      rivals.pop()?.release();
      return null;
    default:
      return assertNever(step);
  }
}

/** The address that an `address` step writes. */
export function addressOf(subject: PtraceSubject, offset: number): bigint {
  return subject.dataAddress + BigInt(SCRIPT_AT + offset);
}

function firstStop(subject: PtraceSubject, op: 'store' | 'load'): Stop {
  subject.load([op === 'store' ? { op, at: SCRIPT_AT, length: 8, value: 1 } : { op, at: SCRIPT_AT, length: 8 }]);
  return subject.resume();
}
