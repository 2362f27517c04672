import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { B, bitsOf, CODE, cpuWatching, DATA, DATA_BYTES, dataWatches, NOP, PROPERTY, STEP, Thread } from '../../test/machine/processor.js';
import { checkMoveDr, newCpu, raise } from './cpu.js';
import { INSTRUCTION_BYTES, type Instruction } from './program.js';

const STORE: Instruction = { op: 'store', at: DATA, length: 8, value: 1 };
const LOAD: Instruction = { op: 'load', at: DATA, length: 8 };
const SET_TF: Instruction = { op: 'popf', tf: true };
const CLEAR_TF: Instruction = { op: 'popf', tf: false };
const onData = { at: DATA, access: 'readwrite', length: 8 } as const;
const onCode = { at: CODE, access: 'execute' } as const;

describe('faults and traps', () => {
  test('R-030: an instruction breakpoint faults before, with nothing done', () => {
    const thread = new Thread(cpuWatching(onCode, onData));
    expect(thread.run(STORE)).toEqual({ kind: 'fault', dr6: B[0] });
    expect([thread.index, thread.peek(DATA, 8), thread.context.rf]).toEqual([0, 0, false]);
  });

  test('R-030: a data breakpoint traps after, on the next instruction', () => {
    const thread = new Thread(cpuWatching(onData));
    expect(thread.run(STORE)).toEqual({ kind: 'done', dr6: B[0] });
    expect(thread.index).toBe(1);
  });

  test('R-031: all slots that an instruction meets, and its step, are one exception', () => {
    const thread = new Thread(cpuWatching(onData, { ...onData, access: 'write' }, { at: DATA + 64, access: 'write' }), { tf: true });
    expect(thread.run(STORE)).toEqual({ kind: 'done', dr6: B[0] | B[1] | STEP });
    expect(thread.run(LOAD)).toEqual({ kind: 'done', dr6: B[0] | STEP });
    const move: Instruction = { op: 'rep-movs', from: DATA, to: DATA + 64, length: 1, count: 1, lag: 0 };
    expect(thread.run(move)).toEqual({ kind: 'done', dr6: B[0] | B[2] | STEP });
  });

  test('R-032: the datum is overwritten by the time of the trap', () => {
    const thread = new Thread(cpuWatching(onData));
    thread.poke(DATA, 8, 41);
    expect(thread.run({ op: 'add', at: DATA, length: 8, value: 1, locked: false })).toEqual({ kind: 'done', dr6: B[0] });
    expect(thread.peek(DATA, 8)).toBe(42);
  });

  test('R-033: traps of an instruction come before the instruction breakpoint of the next', () => {
    const thread = new Thread(cpuWatching(onData, { at: CODE + INSTRUCTION_BYTES, access: 'execute' }), { tf: true });
    expect(thread.runAll(STORE, NOP)).toEqual([
      { kind: 'done', dr6: B[0] | STEP },
      { kind: 'fault', dr6: B[1] },
    ]);
  });

  test.each<Instruction>([{ op: 'fault' }, { op: 'cli' }, { op: 'int', vector: 1 }, { op: 'mov-dr', register: 7 }])(
    'R-033: the instruction breakpoint comes before the exception of $op',
    (instruction) => {
      expect(new Thread(cpuWatching(onCode)).run(instruction)).toEqual({ kind: 'fault', dr6: B[0] });
    },
  );

  test('R-033: a page fault comes before the data breakpoint, and nothing is written', () => {
    const end = DATA + DATA_BYTES;
    const thread = new Thread(cpuWatching({ at: end - 1, access: 'readwrite' }), { tf: true });
    for (const op of ['load', 'store', 'xchg'] as const) {
      expect(thread.run({ op, at: end - 4, length: 8, value: 7 })).toEqual({ kind: 'exception', vector: 'pf' });
    }
    expect([thread.index, thread.peek(end - 4, 4)]).toEqual([0, 0]);
  });

  test('R-002: a MOV of a debug register is #GP in user mode; general detect is not asked (R-037)', () => {
    const cpu = newCpu();
    cpu.dr7 |= 0x2000;
    for (const register of [0, 6, 7]) {
      expect(new Thread(cpu).run({ op: 'mov-dr', register })).toEqual({ kind: 'exception', vector: 'gp' });
    }
    expect(checkMoveDr(cpu, 0, false)).toBe('db');
  });

  test('R-022: slots that are not enabled may show in an exception, but never make one', () => {
    const watches = [onData, { ...onData, disabled: true }, { ...onCode, disabled: true }, onCode] as const;
    const quiet = new Thread(cpuWatching(...watches), { rf: true });
    const telling = new Thread(cpuWatching(...watches), { rf: true }, { reportsDisabledSlots: true });
    expect([quiet.run(STORE), telling.run(STORE)].map(bitsOf)).toEqual([B[0], B[0] | B[1]]);
    telling.context.pc = CODE;
    quiet.context.pc = CODE;
    expect([quiet.run(NOP), telling.run(NOP)].map(bitsOf)).toEqual([B[3], B[2] | B[3]]);
    const unarmed = new Thread(cpuWatching({ ...onData, disabled: true }), {}, { reportsDisabledSlots: true });
    expect(unarmed.run(STORE)).toEqual({ kind: 'done', dr6: 0 });
    expect(unarmed.runAll(SET_TF, STORE).map(bitsOf)).toEqual([0, B[0] | STEP]);
  });

  test('R-021: executing does not change DR6; raising does', () => {
    const thread = new Thread(cpuWatching(onData));
    const before = thread.cpu.dr6;
    const outcome = thread.run(STORE);
    expect(thread.cpu.dr6).toBe(before);
    raise(thread.cpu, thread.model, bitsOf(outcome));
    expect(thread.cpu.dr6 ^ before).toBe(B[0]);
  });
});

describe('RF', () => {
  test('R-034: RF lets one instruction pass and is then clear', () => {
    const thread = new Thread(cpuWatching(onCode), { rf: true });
    const here: Instruction = { op: 'jump', to: CODE };
    expect(thread.runAll(here, here)).toEqual([
      { kind: 'done', dr6: 0 },
      { kind: 'fault', dr6: B[0] },
    ]);
  });

  test('R-036: without RF the instruction faults again for ever', () => {
    const thread = new Thread(cpuWatching(onCode));
    expect(thread.runAll(NOP, NOP, NOP).map(({ kind }) => kind)).toEqual(['fault', 'fault', 'fault']);
    thread.context.rf = true;
    expect(thread.run(NOP)).toEqual({ kind: 'done', dr6: 0 });
  });

  test('R-035: a fault saves RF = 1, so the instruction breakpoint does not come again', () => {
    const thread = new Thread(cpuWatching(onCode), { rf: true });
    expect(thread.run({ op: 'fault' })).toEqual({ kind: 'exception', vector: 'pf' });
    expect([thread.context.rf, thread.index]).toEqual([true, 0]);
    const fresh = new Thread(newCpu());
    fresh.run({ op: 'cli' });
    expect(fresh.context.rf).toBe(true);
  });

  test('R-035: a trap after a completed instruction saves RF = 0; POPF cannot set RF', () => {
    const thread = new Thread(cpuWatching(onData), { rf: true });
    thread.run(STORE);
    expect(thread.context.rf).toBe(false);
    thread.run(SET_TF);
    expect(thread.context.rf).toBe(false);
  });

  test('R-034: RF suppresses neither data breakpoints nor steps, whatever the instruction', () => {
    const instructions: readonly Instruction[] = [
      STORE,
      LOAD,
      { op: 'add', at: DATA, length: 4, value: 3, locked: true },
      { op: 'xchg', at: DATA + 8, length: 2, value: 3 },
      { op: 'cmpxchg', at: DATA + 16, length: 8, expected: 1, value: 2 },
      { op: 'clflush', at: DATA + 5 },
      { op: 'rep-stos', at: DATA, length: 8, count: 5, value: 7, lag: 2 },
      { op: 'mov-ss', at: DATA },
      NOP,
    ];
    fc.assert(
      fc.property(dataWatches, fc.constantFrom(...instructions), fc.boolean(), (watches, instruction, tf) => {
        const [without, withRf] = [false, true].map((rf) => new Thread(cpuWatching(...watches), { tf, rf }));
        expect(withRf?.repeat(instruction)).toEqual(without?.repeat(instruction));
        expect(withRf?.context).toEqual(without?.context);
        expect(withRf?.memory).toEqual(without?.memory);
      }),
      PROPERTY,
    );
  });
});

describe('TF', () => {
  test('R-038: the trap comes after the instruction that follows the one that set TF', () => {
    expect(new Thread(newCpu()).runAll(SET_TF, NOP, NOP).map(bitsOf)).toEqual([0, STEP, STEP]);
  });

  test('R-038: the instruction that clears TF still traps', () => {
    expect(new Thread(newCpu(), { tf: true }).runAll(CLEAR_TF, NOP).map(bitsOf)).toEqual([STEP, 0]);
  });

  test('T-L-11: TF set by POPF and cleared by another four instructions later: four traps, each on another instruction', () => {
    const thread = new Thread(newCpu());
    const traps = [SET_TF, NOP, NOP, NOP, CLEAR_TF, NOP, NOP].map((instruction) => {
      const outcome = thread.run(instruction);
      return bitsOf(outcome) === STEP ? thread.index : 0;
    });
    expect(traps).toEqual([0, 2, 3, 4, 5, 0, 0]);
  });

  test.each<Instruction>([{ op: 'int3' }, { op: 'int', vector: 3 }, { op: 'int', vector: 4 }, { op: 'int', vector: 128 }])(
    'R-038: $op $vector clears TF for the handler only: no step, and the saved flags keep TF',
    (instruction) => {
      const thread = new Thread(newCpu(), { tf: true });
      expect(thread.run(instruction)).toMatchObject({ kind: 'interrupt', dr6: 0 });
      expect([thread.context.tf, thread.index]).toEqual([true, 1]);
    },
  );

  test('R-038: SYSCALL is not stepped in the kernel and keeps TF for the way back', () => {
    const thread = new Thread(newCpu(), { tf: true, rf: true });
    expect(thread.run({ op: 'syscall', call: { name: 'yield' } })).toEqual({ kind: 'syscall', dr6: 0 });
    expect([thread.context.tf, thread.context.rf, thread.index]).toEqual([true, false, 1]);
  });

  test('R-030: an instruction breakpoint comes before the step of its instruction', () => {
    const thread = new Thread(cpuWatching(onCode), { tf: true });
    expect(thread.run(NOP)).toEqual({ kind: 'fault', dr6: B[0] });
    thread.context.rf = true;
    expect(thread.run(NOP)).toEqual({ kind: 'done', dr6: STEP });
  });
});

describe('exceptions and control flow', () => {
  test('R-043: ICEBP gives a #DB without a reason, behind the byte, stepped or not', () => {
    for (const tf of [false, true]) {
      const thread = new Thread(newCpu(), { tf });
      expect(thread.run({ op: 'icebp' })).toEqual({ kind: 'icebp', dr6: 0 });
      expect([thread.index, thread.context.tf]).toEqual([1, tf]);
    }
  });

  test('R-043: INT 1 and gates that are not for user mode are #GP', () => {
    for (const vector of [0, 1, 2, 8, 14, 255]) {
      const thread = new Thread(newCpu());
      expect(thread.run({ op: 'int', vector })).toEqual({ kind: 'exception', vector: 'gp' });
      expect(thread.index).toBe(0);
    }
  });

  test('a loop runs its body the number of times that it says, each time stepped', () => {
    const thread = new Thread(newCpu(), { tf: true });
    const code: readonly Instruction[] = [NOP, { op: 'loop', to: CODE, times: 3 }, { op: 'fault' }];
    const path: number[] = [];
    for (let steps = 0; steps < 20 && thread.index < 2; steps++) {
      path.push(thread.index);
      expect(bitsOf(thread.run(code[thread.index] ?? NOP))).toBe(STEP);
    }
    expect([path, thread.context.passes]).toEqual([[0, 1, 0, 1, 0, 1], 0]);
  });

  test('a call comes back behind itself; a return too many is a page fault', () => {
    const thread = new Thread(newCpu());
    thread.run({ op: 'call', to: CODE + 10 * INSTRUCTION_BYTES });
    expect([thread.index, thread.context.calls]).toEqual([10, [CODE + INSTRUCTION_BYTES]]);
    expect(thread.run({ op: 'ret' })).toEqual({ kind: 'done', dr6: 0 });
    expect(thread.index).toBe(1);
    expect(thread.run({ op: 'ret' })).toEqual({ kind: 'exception', vector: 'pf' });
    expect(thread.index).toBe(1);
  });
});
