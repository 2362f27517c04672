import { describe, expect, test } from 'vitest';
import type { Condition, Operand, TextPlace } from './condition.js';
import { evaluator } from './evaluate.js';
import type { HitFacts, Moment } from './fields.js';
import { mentions } from './mentions.js';
import { utf8 } from './utf8.js';

const U32 = { kind: 'integer', shift: 0, bits: 32, signed: false } as const;
const U64 = { kind: 'integer', shift: 0, bits: 64, signed: false } as const;
const BASE = 0x7000_0000_0fd0n;

/** Two pages, of which the second cannot be read; the memory of these tests is at the end of the first. */
function moment(bytes: readonly number[], registers: Readonly<Record<string, bigint>> = {}): Moment {
  const memory = Uint8Array.from({ length: 48 }, (_, i) => bytes[i] ?? 0);
  return {
    read: (address, length) => {
      const at = Number(address - BASE);
      return at >= 0 && at + length <= memory.length ? memory.subarray(at, at + length) : null;
    },
    register: (name) => registers[name] ?? null,
  };
}

function number(value: bigint): Operand {
  return { kind: 'number', value, unsigned: false };
}

function memory(address: Operand): Operand {
  return { kind: 'memory', address, size: 4, field: U32, unsigned: false };
}

function plus(left: Operand, right: Operand): Operand {
  return { kind: 'arithmetic', operator: '+', left, right, unsigned: false };
}

const POINTER: Operand = { kind: 'memory', address: number(BASE), size: 8, field: U64, unsigned: true };
const NEW: Operand = { kind: 'value', which: 'new', offset: 4, field: U32, unsigned: false };
const POINTER_BYTES = [0xd8, 0x0f, 0, 0, 0, 0x70, 0, 0];

function equals(left: Operand, value: bigint): Condition {
  return { kind: 'integers', comparison: '==', left, right: number(value) };
}

function answer(condition: Condition, of: Moment | null, newBytes: readonly number[] = []): string {
  const hit: HitFacts = {
    tid: 7,
    pid: 6,
    cpu: 1,
    kernel: false,
    comm: null,
    oldBytes: null,
    newBytes: Uint8Array.from(newBytes),
    moment: of,
  };
  return evaluator(condition)(hit);
}

describe('memory is read as the hit left it', () => {
  test('at an address, along a pointer, at an index that the hit tells', () => {
    const at = moment([...POINTER_BYTES, 5, 0, 0, 0, 6, 0, 0, 0]);
    expect(answer(equals(memory(number(BASE + 8n)), 5n), at)).toBe('yes');
    expect(answer(equals(memory(plus(POINTER, number(4n))), 6n), at)).toBe('yes');
    expect(answer(equals(memory(plus(POINTER, NEW)), 6n), at, [0, 0, 0, 0, 4, 0, 0, 0])).toBe('yes');
  });

  test('what cannot be read is not known, and no later comparison suffers from it', () => {
    const failing = equals(memory(memory(number(8n))), 0n);
    const at = moment(POINTER_BYTES);
    expect(answer(failing, at)).toBe('unknown');
    expect(answer(failing, null)).toBe('unknown');
    expect(answer({ kind: 'any', of: [failing, equals(number(1n), 1n)] }, at)).toBe('yes');
    expect(answer({ kind: 'all', of: [failing, equals(number(1n), 2n)] }, at)).toBe('no');
  });

  test('registers, signed and unsigned', () => {
    const at = moment([], { rdi: 2n ** 64n - 1n });
    expect(answer(equals({ kind: 'register', register: 'rdi', unsigned: false }, -1n), at)).toBe('yes');
    expect(answer(equals({ kind: 'register', register: 'rdi', unsigned: true }, -1n), at)).toBe('no');
    expect(answer(equals({ kind: 'register', register: 'rsi', unsigned: false }, 0n), at)).toBe('unknown');
  });

  test('is told from the value by what a condition mentions', () => {
    expect(mentions(equals(memory(NEW), 0n))).toMatchObject({ memory: true, new: true, old: false, registers: false });
    expect(mentions(equals({ kind: 'register', register: 'rsp', unsigned: true }, 0n))).toMatchObject({ memory: false, registers: true });
  });
});

describe('texts', () => {
  const is = (of: TextPlace, text: string): Condition => ({ kind: 'text', comparison: '==', of, text: [...utf8(text)] });
  const at = moment([...utf8('bob\0ann'), ...new Array<number>(38).fill(0), ...utf8('end')]);
  const array = (size: number | null): TextPlace => ({ kind: 'memory', address: number(BASE), size });

  test('end with a NUL, or with their array', () => {
    expect(answer(is(array(8), 'bob'), at)).toBe('yes');
    expect(answer(is(array(3), 'bob'), at)).toBe('yes');
    expect(answer(is(array(2), 'bob'), at)).toBe('no');
    expect(answer(is(array(8), 'bo'), at)).toBe('no');
    expect(answer(is(array(null), 'bob'), at)).toBe('yes');
    expect(answer({ ...is(array(null), 'bob'), comparison: '!=' } as Condition, at)).toBe('no');
    const value: TextPlace = { kind: 'value', which: 'new', offset: 1, size: 3 };
    expect(answer(is(value, 'ob'), at, [...utf8('bob\0')])).toBe('yes');
  });

  test('at the end of what is mapped are decided as far as that goes', () => {
    const last: TextPlace = { kind: 'memory', address: number(BASE + 45n), size: null };
    expect(answer(is(last, 'end'), at)).toBe('unknown');
    expect(answer(is(last, 'and more'), at)).toBe('no');
    expect(answer(is({ kind: 'memory', address: number(8n), size: null }, 'x'), at)).toBe('unknown');
  });
});
