import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  B,
  bitsOf,
  CODE,
  cpuWatching,
  DATA,
  DATA_BYTES,
  dataWatches,
  PROPERTY,
  STEP,
  Thread,
  type Watch,
} from '../../test/machine/processor.js';
import { newCpu } from './cpu.js';
import type { Cpu } from './cpu-state.js';
import { dataHits } from './hits.js';
import type { Instruction } from './program.js';

type Move = Extract<Instruction, { readonly op: 'rep-movs' }>;
type Fill = Extract<Instruction, { readonly op: 'rep-stos' }>;

const SOURCE = DATA + 128;

function move(changes: Partial<Move> = {}): Move {
  return { op: 'rep-movs', from: SOURCE, to: DATA, length: 1, count: 16, lag: 0, ...changes };
}

function fill(changes: Partial<Fill> = {}): Fill {
  return { op: 'rep-stos', at: DATA, length: 1, count: 16, value: 7, lag: 0, ...changes };
}

/** Iterations done and bits, at each report. */
function reports(thread: Thread, instruction: Instruction): (readonly [iterations: number, bits: number])[] {
  const told: (readonly [number, number])[] = [];
  for (let steps = 0; steps < 1000; steps++) {
    const before = thread.context.rep;
    const outcome = thread.run(instruction);
    const done = outcome.kind === 'repeating' ? thread.context.rep : before + 1;
    if (bitsOf(outcome) > 0) told.push([done, bitsOf(outcome)]);
    if (outcome.kind !== 'repeating') break;
  }
  return told;
}

describe('a hit in a repeated instruction', () => {
  test('R-041: comes with pc on the instruction, RF = 1 and the exact count', () => {
    const thread = new Thread(cpuWatching({ at: DATA + 5, access: 'write' }));
    const instruction = move();
    let outcome = thread.run(instruction);
    while (bitsOf(outcome) === 0) outcome = thread.run(instruction);
    expect(outcome).toEqual({ kind: 'repeating', dr6: B[0] });
    expect([thread.context.pc, thread.context.rf, thread.context.rep]).toEqual([CODE, true, 6]);
  });

  test.each([
    [0, 6],
    [1, 7],
    [3, 9],
    [9, 15],
    [10, 16],
    [100, 16],
  ])('R-040, R-041: with lag %i it is told after iteration %i, never after the end', (lag, iteration) => {
    for (const instruction of [move({ lag }), fill({ lag })]) {
      const thread = new Thread(cpuWatching({ at: DATA + 5, access: 'write' }));
      const outcomes = thread.repeat(instruction);
      const told = outcomes.findIndex((outcome) => bitsOf(outcome) !== 0);
      // Steps before the hit are single iterations; the one that meets it holds the lag.
      expect(told).toBe(5);
      expect(outcomes[told]).toEqual({ kind: iteration === 16 ? 'done' : 'repeating', dr6: B[0] });
      expect(outcomes).toHaveLength(16 - iteration + 6);
      expect([thread.index, thread.context.rep, thread.context.rf]).toEqual([1, 0, false]);
    }
  });

  test('R-031, R-040: what one group meets is one exception', () => {
    const watches: readonly Watch[] = [
      { at: DATA + 2, access: 'write' },
      { at: SOURCE + 3, access: 'readwrite' },
      { at: DATA + 9, access: 'write' },
    ];
    expect(reports(new Thread(cpuWatching(...watches)), move({ lag: 2 })).map(([, bits]) => bits)).toEqual([B[0] | B[1], B[2]]);
    expect(reports(new Thread(cpuWatching(...watches)), move()).map(([, bits]) => bits)).toEqual([B[0], B[1], B[2]]);
  });

  test('R-041: count 0 touches nothing, and is stepped once', () => {
    const watches: readonly Watch[] = [{ at: DATA, access: 'readwrite', length: 8 }];
    for (const instruction of [move({ count: 0 }), fill({ count: 0 })]) {
      const thread = new Thread(cpuWatching(...watches));
      expect(thread.run(instruction)).toEqual({ kind: 'done', dr6: 0 });
      expect([thread.index, thread.peek(DATA, 1)]).toEqual([1, 0]);
      thread.context.tf = true;
      expect(thread.run(instruction)).toEqual({ kind: 'done', dr6: STEP });
    }
  });

  test('R-041: a step ends after each iteration, and then no hit is late', () => {
    const thread = new Thread(cpuWatching({ at: DATA + 1, access: 'write' }), { tf: true });
    const instruction = fill({ count: 4, lag: 3 });
    const seen = [0, 1, 2].map(() => [thread.run(instruction), thread.context.pc, thread.context.rf, thread.context.rep]);
    expect(seen).toEqual([
      [{ kind: 'repeating', dr6: STEP }, CODE, true, 1],
      [{ kind: 'repeating', dr6: STEP | B[0] }, CODE, true, 2],
      [{ kind: 'repeating', dr6: STEP }, CODE, true, 3],
    ]);
    expect(thread.run(instruction)).toEqual({ kind: 'done', dr6: STEP });
    expect([thread.index, thread.context.rf]).toEqual([1, false]);
  });

  test('R-041: an instruction breakpoint on it fires once', () => {
    const thread = new Thread(cpuWatching({ at: CODE, access: 'execute' }, { at: DATA + 3, access: 'write' }));
    expect(thread.run(move())).toEqual({ kind: 'fault', dr6: B[0] });
    thread.context.rf = true;
    const outcomes = thread.repeat(move());
    expect(outcomes.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(outcomes.reduce((bits, outcome) => bits | bitsOf(outcome), 0)).toBe(B[1]);
  });

  test('a page fault leaves what iterations before it did, after their hits were told', () => {
    const end = DATA + DATA_BYTES;
    const thread = new Thread(cpuWatching({ at: end - 1, access: 'write' }));
    const instruction = fill({ at: end - 2, lag: 5 });
    expect(thread.run(instruction)).toEqual({ kind: 'repeating', dr6: 0 });
    expect(thread.run(instruction)).toEqual({ kind: 'repeating', dr6: B[0] });
    expect(thread.run(instruction)).toEqual({ kind: 'exception', vector: 'pf' });
    expect([thread.context.rep, thread.context.rf, thread.peek(end - 2, 2), thread.index]).toEqual([2, true, 0x0707, 0]);
  });

  test('an iteration that faults on its second address has not touched its first', () => {
    const thread = new Thread(cpuWatching({ at: DATA, access: 'readwrite' }), { tf: true });
    expect(thread.run(move({ from: DATA, to: DATA + DATA_BYTES }))).toEqual({ kind: 'exception', vector: 'pf' });
    expect(thread.run(move({ from: DATA + DATA_BYTES, to: DATA }))).toEqual({ kind: 'exception', vector: 'pf' });
    expect(thread.context.rep).toBe(0);
  });

  test('elements are moved one by one, so an overlapping copy repeats its first', () => {
    const thread = new Thread(newCpu());
    thread.poke(DATA, 1, 9);
    thread.repeat(move({ from: DATA, to: DATA + 1, count: 5 }));
    expect([0, 1, 2, 3, 4, 5, 6].map((offset) => thread.peek(DATA + offset, 1))).toEqual([9, 9, 9, 9, 9, 9, 0]);
  });
});

describe('any repeated instruction', () => {
  const shape = fc.record({
    length: fc.constantFrom(1, 2, 4, 8),
    count: fc.nat({ max: 12 }),
    lag: fc.nat({ max: 6 }),
    to: fc.nat({ max: 32 }).map((offset) => DATA + offset),
    from: fc.nat({ max: 64 }).map((offset) => DATA + offset),
    op: fc.constantFrom('rep-movs' as const, 'rep-stos' as const),
  });

  function instructionOf({ op, length, count, lag, to, from }: typeof shape extends fc.Arbitrary<infer T> ? T : never): Move | Fill {
    return op === 'rep-movs' ? { op, from, to, length, count, lag } : { op, at: to, length, count, lag, value: 3 };
  }

  /** What iteration `index` meets. */
  function metBy(cpu: Cpu, instruction: Move | Fill, index: number): number {
    const { length } = instruction;
    const by = index * length;
    const to = instruction.op === 'rep-movs' ? instruction.to : instruction.at;
    const read = instruction.op === 'rep-movs' ? dataHits(cpu, 'read', instruction.from + by, length) : 0;
    return read | dataHits(cpu, 'write', to + by, length);
  }

  test('R-040, R-041: each iteration is in one report, at its end or up to lag later, and no report has more', () => {
    fc.assert(
      fc.property(dataWatches, shape, fc.boolean(), (watches, drawn, tf) => {
        const thread = new Thread(cpuWatching(...watches), { tf });
        const instruction = instructionOf(drawn);
        let done = 0;
        for (let steps = 0; thread.index === 0 && steps < 20; steps++) {
          const outcome = thread.run(instruction);
          const end = outcome.kind === 'repeating' ? thread.context.rep : instruction.count;
          let expected = tf ? STEP : 0;
          let first = -1;
          for (let index = done; index < end; index++) {
            const met = metBy(thread.cpu, instruction, index);
            if (met !== 0 && first === -1) first = index;
            expected |= met;
          }
          expect(bitsOf(outcome)).toBe(expected);
          // The group ends `lag` iterations behind its first hit, or with the instruction; without a hit it is one iteration.
          const late = tf ? 0 : instruction.lag;
          if (first !== -1) expect(end).toBe(Math.min(first + 1 + late, instruction.count));
          done = end;
        }
        expect([thread.index, done]).toEqual([1, instruction.count]);
      }),
      PROPERTY,
    );
  });

  test('R-032, R-041: neither lag nor stepping nor slots change what it writes', () => {
    fc.assert(
      fc.property(dataWatches, shape, fc.boolean(), (watches, drawn, tf) => {
        const instruction = instructionOf(drawn);
        const plain = new Thread(newCpu());
        const watched = new Thread(cpuWatching(...watches), { tf });
        for (const thread of [plain, watched]) {
          for (let offset = 0; offset < DATA_BYTES; offset++) thread.poke(DATA + offset, 1, offset);
        }
        plain.repeat({ ...instruction, lag: 0 });
        watched.repeat(instruction);
        expect(watched.memory).toEqual(plain.memory);
      }),
      { ...PROPERTY, numRuns: 100 },
    );
  });
});
