import { describe, expect, test } from 'vitest';
import type { HitFacts } from '../conditions/index.js';
import type { ValueType } from '../model/value.js';
import { conditionOf, filterBy } from './hit-filter.js';
import type { WatchOptions } from './options.js';

const INT: ValueType = { kind: 'signed', size: 4, name: 'int' };
const BITS: ValueType = { kind: 'bits', size: 1, name: 'int:2', signed: false, shift: 1, width: 2, members: new Map() };

/** Whether a hit that went from `old` to `now` is wanted. */
function wants(options: WatchOptions, old: number | null, now: number | null, type = INT): boolean {
  const condition = conditionOf({ type, access: 'write' }, options);
  if (condition === null) return true;
  const bytes = (value: number | null): Uint8Array | null => (value === null ? null : new Uint8Array(new Int32Array([value]).buffer));
  const hit: HitFacts = { tid: 7, pid: 6, cpu: 0, kernel: false, comm: null, oldBytes: bytes(old), newBytes: bytes(now) };
  return filterBy(condition)(hit);
}

describe('wanted are', () => {
  test('all hits, where nothing is said', () => {
    expect(conditionOf({ type: INT, access: 'write' }, {})).toBeNull();
  });

  test('those for which the condition holds', () => {
    expect(wants({ condition: 'new > 5' }, 0, 6)).toBe(true);
    expect(wants({ condition: 'new > 5' }, 0, 5)).toBe(false);
  });

  test('changes, of a bit-field only of its own bits', () => {
    expect(wants({ changesOnly: true }, 5, 5)).toBe(false);
    expect(wants({ changesOnly: true }, 5, 6)).toBe(true);
    expect(wants({ changesOnly: true }, 0b0000, 0b1001, BITS)).toBe(false);
    expect(wants({ changesOnly: true }, 0b0000, 0b0100, BITS)).toBe(true);
  });

  test('those for which both hold', () => {
    const both = { changesOnly: true, condition: 'new > 5' };
    expect(wants(both, 6, 7)).toBe(true);
    expect(wants(both, 7, 7)).toBe(false);
    expect(wants(both, 4, 5)).toBe(false);
  });

  test('those of which nobody knows', () => {
    expect(wants({ condition: 'new > 5' }, null, null)).toBe(true);
    expect(wants({ condition: 'comm == "worker"' }, 0, 0)).toBe(true);
    expect(wants({ changesOnly: true, condition: 'new > 5' }, null, 5)).toBe(false);
    expect(wants({ condition: 'new > 5 && tid == 8' }, null, null)).toBe(false);
  });
});

test('a condition that means nothing for the type is an error', () => {
  expect(() => conditionOf({ type: INT, access: 'write' }, { condition: 'new > 1.5' })).toThrow('floating-point');
  expect(() => conditionOf({ type: INT, access: 'execute' }, { condition: 'new > 1' })).toThrow('execution');
  expect(conditionOf({ type: INT, access: 'execute' }, { condition: 'tid == 1' })).not.toBeNull();
});
