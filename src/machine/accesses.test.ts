import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { B, bitsOf, cpuWatching, DATA, PROPERTY, Thread } from '../../test/machine/processor.js';
import { newCpu } from './cpu.js';
import { wrapValue } from './memory.js';
import type { Instruction } from './program.js';

/** Which of a write slot (B0) and a readwrite slot (B1) on the same 4 bytes an instruction meets. */
function met(instruction: Instruction, before = 0): number {
  const thread = new Thread(cpuWatching({ at: DATA + 4, access: 'write', length: 4 }, { at: DATA + 4, access: 'readwrite', length: 4 }));
  thread.poke(DATA + 4, 4, before);
  return bitsOf(thread.run(instruction));
}

const AT = DATA + 4;
const BOTH = B[0] | B[1];

describe('R-042: which instructions touch a slot', () => {
  test.each<readonly [string, Instruction, number]>([
    ['a load, or CMP with memory', { op: 'load', at: AT, length: 4 }, B[1]],
    ['a store', { op: 'store', at: AT, length: 4, value: 1 }, BOTH],
    ['a store of the value that is there', { op: 'store', at: AT, length: 4, value: 5 }, BOTH],
    ['a 16-byte store', { op: 'store', at: DATA, length: 16, value: 1 }, BOTH],
    ['ADD', { op: 'add', at: AT, length: 4, value: 1, locked: false }, BOTH],
    ['LOCK ADD of 0', { op: 'add', at: AT, length: 4, value: 0, locked: true }, BOTH],
    ['XCHG', { op: 'xchg', at: AT, length: 4, value: 1 }, BOTH],
    ['CMPXCHG that succeeds', { op: 'cmpxchg', at: AT, length: 4, expected: 5, value: 1 }, BOTH],
    ['CMPXCHG that fails', { op: 'cmpxchg', at: AT, length: 4, expected: 6, value: 1 }, BOTH],
    ['CLFLUSH of the byte', { op: 'clflush', at: AT + 3 }, B[1]],
    ['CLFLUSH of another byte of the line, as measured', { op: 'clflush', at: DATA }, 0],
    ['PREFETCH', { op: 'no-access', name: 'prefetch' }, 0],
    ['LEA', { op: 'no-access', name: 'lea' }, 0],
    ['a vector store with an all-zero mask', { op: 'no-access', name: 'masked-store' }, 0],
    ['the byte before', { op: 'store', at: AT - 1, length: 1, value: 1 }, 0],
    ['the byte behind', { op: 'store', at: AT + 4, length: 1, value: 1 }, 0],
    ['an unaligned straddle', { op: 'store', at: AT - 3, length: 4, value: 1 }, BOTH],
  ])('R-042: %s', (_name, instruction, bits) => {
    expect(met(instruction, 5)).toBe(bits);
  });
});

describe('what is left in memory', () => {
  test.each<readonly [Instruction, number]>([
    [{ op: 'load', at: AT, length: 4 }, 5],
    [{ op: 'add', at: AT, length: 4, value: 2, locked: true }, 7],
    [{ op: 'add', at: AT, length: 4, value: -6, locked: false }, 0xffff_ffff],
    [{ op: 'xchg', at: AT, length: 4, value: 9 }, 9],
    [{ op: 'cmpxchg', at: AT, length: 4, expected: 5, value: 8 }, 8],
    [{ op: 'cmpxchg', at: AT, length: 4, expected: 4, value: 8 }, 5],
    [{ op: 'cmpxchg', at: AT, length: 4, expected: 5 - 2 ** 32, value: 8 }, 8],
  ])('$op', (instruction, after) => {
    const thread = new Thread(newCpu());
    thread.poke(AT, 4, 5);
    thread.run(instruction);
    expect(thread.peek(AT, 4)).toBe(after);
  });

  test('R-032: breakpoints never change what an instruction does', () => {
    const accesses = fc.record({
      op: fc.constantFrom('store' as const, 'xchg' as const, 'add' as const),
      at: fc.nat({ max: 24 }).map((offset) => DATA + offset),
      length: fc.constantFrom(1, 2, 4, 8),
      value: fc.integer(),
      locked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(accesses, { maxLength: 10 }), (instructions) => {
        const free = new Thread(newCpu());
        const watched = new Thread(
          cpuWatching(...[0, 8, 16, 24].map((offset) => ({ at: DATA + offset, access: 'write', length: 8 }) as const)),
        );
        for (const instruction of instructions) {
          expect(bitsOf(free.run(instruction))).toBe(0);
          expect(bitsOf(watched.run(instruction))).not.toBe(0);
        }
        expect(watched.memory).toEqual(free.memory);
        expect(watched.context).toEqual(free.context);
      }),
      PROPERTY,
    );
  });

  test('counters of 8 bytes count through 2^32 and below 0', () => {
    const thread = new Thread(newCpu());
    thread.poke(DATA, 8, 2 ** 32 - 1);
    thread.run({ op: 'add', at: DATA, length: 8, value: 1, locked: false });
    expect(thread.peek(DATA, 8)).toBe(2 ** 32);
    thread.run({ op: 'add', at: DATA, length: 8, value: -(2 ** 32) - 1, locked: false });
    expect(thread.peek(DATA, 8)).toBe(wrapValue(-1, 8));
  });
});

describe('ports', () => {
  const slot = { at: 0x60, access: 'io', length: 2 } as const;

  test('R-007, R-030: IN and OUT trap after the access, only with CR4.DE', () => {
    for (const direction of ['in', 'out'] as const) {
      const thread = new Thread(cpuWatching(slot));
      const instruction: Instruction = { op: 'io', direction, port: 0x61, length: 1, count: 1 };
      expect(thread.run(instruction)).toEqual({ kind: 'done', dr6: 0 });
      thread.cpu.de = true;
      expect(thread.run(instruction)).toEqual({ kind: 'done', dr6: B[0] });
      expect(thread.index).toBe(2);
    }
  });

  test('R-040: repeated INS and OUTS trap after the first iteration', () => {
    const thread = new Thread(cpuWatching(slot));
    thread.cpu.de = true;
    const instruction: Instruction = { op: 'io', direction: 'out', port: 0x60, length: 1, count: 3 };
    expect(thread.run(instruction)).toEqual({ kind: 'repeating', dr6: B[0] });
    expect([thread.context.rep, thread.index]).toEqual([1, 0]);
    expect(thread.repeat(instruction)).toEqual([
      { kind: 'repeating', dr6: B[0] },
      { kind: 'done', dr6: B[0] },
    ]);
    expect([thread.context.rep, thread.index]).toEqual([0, 1]);
  });

  test('R-041: no iteration, no access', () => {
    const thread = new Thread(cpuWatching(slot));
    thread.cpu.de = true;
    expect(thread.run({ op: 'io', direction: 'in', port: 0x60, length: 1, count: 0 })).toEqual({ kind: 'done', dr6: 0 });
  });
});
