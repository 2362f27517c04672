import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { B, bitsOf, CODE, cpuWatching, DATA, NOP, PROPERTY, STEP, Thread, type Watch } from '../../test/machine/processor.js';
import type { Outcome } from './cpu-state.js';
import { INSTRUCTION_BYTES, type Instruction } from './program.js';

const MOV_SS: Instruction = { op: 'mov-ss', at: DATA };
const SYSCALL: Instruction = { op: 'syscall', call: { name: 'yield' } };
const OPERAND: Watch = { at: DATA, access: 'readwrite', length: 2 };
const QUIET: Outcome = { kind: 'done', dr6: 0 };

/** What MOV SS of a watched word and then `next` do; slots behind the first are extra. */
function afterMovSs(next: Instruction, tf = false): { readonly outcome: Outcome; readonly thread: Thread } {
  const thread = new Thread(cpuWatching(OPERAND, { at: DATA + 8, access: 'write' }), { tf });
  expect(thread.run(MOV_SS)).toEqual(QUIET);
  return { outcome: thread.run(next), thread };
}

describe('T-L-10: MOV SS of a watched word, then', () => {
  test('T-L-10: a plain read of the word traps by itself', () => {
    expect(new Thread(cpuWatching(OPERAND)).run({ op: 'load', at: DATA, length: 2 })).toEqual({ kind: 'done', dr6: B[0] });
  });

  test('R-039, R-007: it reads the two bytes of a selector', () => {
    const watches: readonly Watch[] = [
      { at: DATA, access: 'write', length: 2 },
      { at: DATA + 1, access: 'readwrite' },
      { at: DATA + 2, access: 'readwrite' },
    ];
    expect(new Thread(cpuWatching(...watches)).runAll(MOV_SS, NOP).map(bitsOf)).toEqual([0, B[1]]);
  });

  test('R-022: slots that are not enabled show in what is held, and hold nothing by themselves', () => {
    const model = { reportsDisabledSlots: true };
    const both = new Thread(cpuWatching(OPERAND, { ...OPERAND, disabled: true }), {}, model);
    expect(both.runAll(MOV_SS, NOP).map(bitsOf)).toEqual([0, B[0] | B[1]]);
    const none = new Thread(cpuWatching({ ...OPERAND, disabled: true }), {}, model);
    expect(none.runAll(MOV_SS, NOP).map(bitsOf)).toEqual([0, 0]);
  });

  test('R-039: NOP: the trap comes after it', () => {
    const { outcome, thread } = afterMovSs(NOP);
    expect([outcome, thread.index]).toEqual([{ kind: 'done', dr6: B[0] }, 2]);
  });

  test('R-039, R-031: a store that meets another slot: one trap for both', () => {
    expect(afterMovSs({ op: 'store', at: DATA + 8, length: 1, value: 1 }).outcome).toEqual({ kind: 'done', dr6: B[0] | B[1] });
  });

  test.each<readonly [Instruction, number]>([
    [{ op: 'int3' }, 3],
    [{ op: 'int', vector: 3 }, 3],
    [{ op: 'int', vector: 4 }, 4],
    [{ op: 'int', vector: 128 }, 128],
  ])('R-039: $op: the kernel gets the trap at its first instruction', (next, vector) => {
    const { outcome, thread } = afterMovSs(next);
    expect([outcome, thread.index]).toEqual([{ kind: 'interrupt', vector, dr6: B[0] }, 2]);
  });

  test('R-039: SYSCALL: the kernel gets the trap at its first instruction', () => {
    expect(afterMovSs(SYSCALL).outcome).toEqual({ kind: 'syscall', dr6: B[0] });
  });

  test('R-043: ICEBP absorbs the trap: one #DB without a reason, as measured', () => {
    const { outcome, thread } = afterMovSs({ op: 'icebp' });
    expect(outcome).toEqual({ kind: 'icebp', dr6: 0 });
    expect(thread.run(NOP)).toEqual(QUIET);
  });

  test.each<readonly [Instruction, 'gp' | 'pf']>([
    [{ op: 'cli' }, 'gp'],
    [{ op: 'int', vector: 1 }, 'gp'],
    [{ op: 'mov-dr', register: 7 }, 'gp'],
    [{ op: 'fault' }, 'pf'],
    [{ op: 'load', at: 0, length: 8 }, 'pf'],
    [{ op: 'mov-ss', at: 0 }, 'pf'],
  ])('T-L-10: $op: the fault drops the trap', (next, vector) => {
    const { outcome, thread } = afterMovSs(next);
    expect([outcome, thread.index]).toEqual([{ kind: 'exception', vector }, 1]);
    expect(thread.run(NOP)).toEqual(QUIET);
  });

  test('R-039: the first iteration of a repeated instruction: the trap comes between iterations, as measured', () => {
    const next: Instruction = { op: 'rep-stos', at: DATA + 16, length: 1, count: 3, value: 1, lag: 0 };
    const { outcome, thread } = afterMovSs(next);
    expect([outcome, thread.context.rep]).toEqual([{ kind: 'repeating', dr6: B[0] }, 1]);
    expect(thread.repeat(next).map(bitsOf)).toEqual([0, 0]);
  });

  test('R-039: another MOV SS: both traps wait for the instruction behind, as measured', () => {
    const { outcome, thread } = afterMovSs(MOV_SS);
    expect(outcome).toEqual(QUIET);
    expect([thread.run(NOP), thread.run(NOP)]).toEqual([{ kind: 'done', dr6: B[0] }, QUIET]);
  });
});

describe('T-L-10: an instruction breakpoint right behind MOV SS', () => {
  const onNop: Watch = { at: CODE + INSTRUCTION_BYTES, access: 'execute' };

  /** MOV SS, the NOP with the slot, again with RF as a handler sets it, and one more. */
  function outcomes(breakpointInShadow: 'merges' | 'drops' | 'missed'): Outcome[] {
    const thread = new Thread(cpuWatching(OPERAND, onNop), {}, { breakpointInShadow });
    const seen = thread.runAll(MOV_SS, NOP);
    if (seen.at(-1)?.kind === 'fault') thread.context.rf = true;
    return [...seen, ...thread.runAll(NOP, NOP)];
  }

  test('T-L-10: one exception, the fault, with both reasons', () => {
    expect(outcomes('merges')).toEqual([QUIET, { kind: 'fault', dr6: B[0] | B[1] }, QUIET, QUIET]);
  });

  test('T-L-10: or with its own, and the data hit is lost, as measured on AMD', () => {
    expect(outcomes('drops')).toEqual([QUIET, { kind: 'fault', dr6: B[1] }, QUIET, QUIET]);
  });

  test('R-039: or it is missed, and the data hit traps after the instruction', () => {
    expect(outcomes('missed')).toEqual([QUIET, { kind: 'done', dr6: B[0] }, QUIET, QUIET]);
  });
});

describe('a step over MOV SS', () => {
  test('R-039: goes over the next instruction too', () => {
    const thread = new Thread(cpuWatching(), { tf: true });
    expect(thread.runAll(MOV_SS, NOP, NOP).map(bitsOf)).toEqual([0, STEP, STEP]);
  });

  test('R-039, R-031: and comes with the data hit', () => {
    expect(afterMovSs(NOP, true).outcome).toEqual({ kind: 'done', dr6: B[0] | STEP });
  });

  test('R-038, R-039: is not held for the kernel where that follows', () => {
    expect(afterMovSs(SYSCALL, true).outcome).toEqual({ kind: 'syscall', dr6: B[0] });
    expect(afterMovSs({ op: 'int3' }, true).outcome).toMatchObject({ kind: 'interrupt', dr6: B[0] });
  });

  test('R-038: a POPF behind it that sets TF is not stepped', () => {
    expect(afterMovSs({ op: 'popf', tf: true }).outcome).toEqual({ kind: 'done', dr6: B[0] });
  });
});

test('R-039, T-L-10: no sequence loses a hit, but by a fault or an ICEBP behind MOV SS', () => {
  const slots = [0, 8, 16, 24].map((offset): Watch => ({ at: DATA + offset, access: 'readwrite', length: 8 }));
  const place = fc.nat({ max: 3 }).map((slot) => DATA + 8 * slot);
  const instruction = fc.oneof(
    { weight: 3, arbitrary: place.map((at): Instruction => ({ op: 'mov-ss', at })) },
    place.map((at): Instruction => ({ op: 'store', at, length: 4, value: 1 })),
    place.map((at): Instruction => ({ op: 'rep-stos', at, length: 4, count: 2, value: 1, lag: 1 })),
    fc.constantFrom<Instruction[]>(NOP, SYSCALL, { op: 'int3' }, { op: 'icebp' }, { op: 'cli' }, { op: 'popf', tf: true }),
  );
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 12 }), fc.boolean(), (instructions, tf) => {
      const thread = new Thread(cpuWatching(...slots), { tf });
      // Bits that are owed, and may wait for one boundary.
      let owed = 0;
      for (const one of [...instructions, NOP]) {
        for (const outcome of thread.repeat(one)) {
          const met = 'at' in one ? 1 << ((one.at - DATA) / 8) : 0;
          if (outcome.kind === 'exception' || outcome.kind === 'icebp') owed = 0;
          else if (one.op === 'mov-ss') owed |= met;
          else {
            expect(bitsOf(outcome) & 0xf).toBe(owed | met);
            owed = 0;
          }
        }
      }
      expect([owed, thread.context.held, thread.context.shadow]).toEqual([0, 0, false]);
    }),
    PROPERTY,
  );
});
