import { describe, expect, test } from 'vitest';
import { allOf, changed } from './changes.js';
import type { Comparison, Condition, FloatOperand, Operand } from './condition.js';
import { type Answer, evaluator } from './evaluate.js';
import type { HitFacts } from './fields.js';
import { mentions } from './mentions.js';

const INT = { kind: 'integer', shift: 0, bits: 32, signed: true } as const;
const U64 = { kind: 'integer', shift: 0, bits: 64, signed: false } as const;
const NEW: Operand = { kind: 'value', which: 'new', offset: 0, field: INT, unsigned: false };
const OLD: Operand = { kind: 'value', which: 'old', offset: 0, field: INT, unsigned: false };
const HIT: HitFacts = { tid: 7, pid: 6, cpu: 1, kernel: false, comm: 'worker', oldBytes: null, newBytes: null };

function number(value: bigint): Operand {
  return { kind: 'number', value, unsigned: value >= 2n ** 63n };
}

function int(value: number): Uint8Array {
  return new Uint8Array(new Int32Array([value]).buffer);
}

function is(left: Operand, comparison: Comparison, right: Operand): Condition {
  return { kind: 'integers', comparison, left, right };
}

function answer(condition: Condition, hit: Partial<HitFacts>): Answer {
  return evaluator(condition)({ ...HIT, ...hit });
}

const BIG = is(NEW, '>', number(10n));
const ROSE = is(NEW, '>', OLD);

describe('what is not known', () => {
  test('makes a comparison unknown', () => {
    expect(answer(BIG, { newBytes: int(11) })).toBe('yes');
    expect(answer(BIG, { newBytes: int(10) })).toBe('no');
    expect(answer(BIG, {})).toBe('unknown');
    expect(answer(ROSE, { newBytes: int(11) })).toBe('unknown');
    expect(answer({ kind: 'comm', comparison: '==', text: 'worker' }, { comm: null })).toBe('unknown');
  });

  test('does not matter where the rest decides', () => {
    const hit = { newBytes: int(10) };
    expect(answer({ kind: 'all', of: [ROSE, BIG] }, hit)).toBe('no');
    expect(answer({ kind: 'any', of: [ROSE, BIG] }, hit)).toBe('unknown');
    expect(answer({ kind: 'any', of: [ROSE, { kind: 'not', of: BIG }] }, hit)).toBe('yes');
    expect(answer({ kind: 'all', of: [ROSE, { kind: 'not', of: BIG }] }, hit)).toBe('unknown');
    expect(answer({ kind: 'not', of: ROSE }, hit)).toBe('unknown');
  });

  test('nothing of it is asked for by conditions that do not speak of it', () => {
    expect(answer(is({ kind: 'fact', fact: 'tid', unsigned: false }, '==', number(7n)), {})).toBe('yes');
    expect(mentions({ kind: 'all', of: [ROSE, is({ kind: 'fact', fact: 'cpu', unsigned: false }, '<', number(1n))] })).toEqual({
      ...{ old: true, new: true, cpu: true },
      ...{ comm: false, memory: false, registers: false, tid: false, pid: false, kernel: false },
    });
  });
});

describe('comparisons', () => {
  test('between signed and unsigned numbers are those of mathematics', () => {
    const large: Operand = { kind: 'value', which: 'new', offset: 0, field: U64, unsigned: true };
    const newBytes = new Uint8Array(8).fill(0xff);
    expect(answer(is(number(-1n), '<', large), { newBytes })).toBe('yes');
    expect(answer(is(large, '==', number(-1n)), { newBytes })).toBe('no');
    expect(answer(is(large, '==', number(2n ** 64n - 1n)), { newBytes })).toBe('yes');
  });

  test('of floats are those of IEEE', () => {
    const value: FloatOperand = { kind: 'value', which: 'new', offset: 0, size: 8 };
    const zero: FloatOperand = { kind: 'number', value: 0, size: 8 };
    const of = (comparison: Comparison, right: FloatOperand, of: number): Answer =>
      answer({ kind: 'floats', comparison, left: value, right }, { newBytes: new Uint8Array(new Float64Array([of]).buffer) });
    expect(of('==', zero, -0)).toBe('yes');
    expect(of('<', zero, -0)).toBe('no');
    for (const comparison of ['==', '<', '<=', '>', '>='] as const) expect(of(comparison, zero, Number.NaN)).toBe('no');
    expect(of('!=', value, Number.NaN)).toBe('yes');
  });

  test('of names and of facts', () => {
    expect(answer({ kind: 'comm', comparison: '==', text: 'worker' }, {})).toBe('yes');
    expect(answer({ kind: 'comm', comparison: '!=', text: 'worker' }, {})).toBe('no');
    const kernel: Operand = { kind: 'fact', fact: 'kernel', unsigned: false };
    expect(answer(is(kernel, '!=', number(0n)), { kernel: true })).toBe('yes');
  });
});

describe('a change', () => {
  test('of a bit-field is one of its own bits', () => {
    const field = { kind: 'integer', shift: 3, bits: 7, signed: false } as const;
    const condition = changed({ kind: 'integer', name: 'unsigned', field, size: 2, truth: false, members: new Map() });
    expect(answer(condition, { oldBytes: int(0xfc07), newBytes: int(0) })).toBe('no');
    expect(answer(condition, { oldBytes: int(0), newBytes: int(8) })).toBe('yes');
  });

  test('of anything else is one of its bytes', () => {
    const condition = changed({ kind: 'float', name: 'float', size: 4 });
    const bytes = (value: number): Uint8Array => new Uint8Array(new Float32Array([value]).buffer);
    expect(answer(condition, { oldBytes: bytes(0), newBytes: bytes(-0) })).toBe('yes');
    expect(answer(condition, { oldBytes: bytes(Number.NaN), newBytes: bytes(Number.NaN) })).toBe('no');
    expect(answer(condition, { newBytes: bytes(1) })).toBe('unknown');
    expect(answer(changed({ kind: 'none' }), {})).toBe('yes');
  });

  test('and another condition make one', () => {
    expect(allOf([null, null])).toBeNull();
    expect(allOf([null, BIG])).toBe(BIG);
    expect(allOf([ROSE, BIG])).toEqual({ kind: 'all', of: [ROSE, BIG] });
  });
});
