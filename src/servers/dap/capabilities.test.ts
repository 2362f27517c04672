import { expect, test } from 'vitest';
import { signalsOf } from './capabilities.js';

test('filters name the signals that stop: faults, or what programs do not live with', () => {
  expect([...signalsOf(['fatal'])]).toContain(11);
  expect(signalsOf([]).size).toBe(0);
  const other = signalsOf(['other']);
  expect([other.has(10), other.has(15), other.has(11), other.has(17), other.has(9), other.has(19), other.has(33)]).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});
