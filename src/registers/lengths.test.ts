import { describe, expect, test } from 'vitest';
import { accessCode, accessOfCode, isSlotAccess } from './access.js';
import { isSlotLength, lengthCode, lengthOfCode, SLOT_LENGTHS } from './lengths.js';

describe('LEN (R-008)', () => {
  test.each([
    [1, 0b00],
    [2, 0b01],
    [4, 0b11],
    [8, 0b10],
  ] as const)('%i bytes are encoded as %i', (length, code) => {
    expect(lengthCode(length)).toBe(code);
    expect(lengthOfCode(code)).toBe(length);
    expect(lengthOfCode(code | 0b100)).toBe(length);
  });

  test('only 1, 2, 4 and 8 are lengths of a slot', () => {
    const accepted = Array.from({ length: 20 }, (_, n) => n - 2).filter(isSlotLength);
    expect(accepted).toEqual([...SLOT_LENGTHS]);
    expect(isSlotLength(1.5)).toBe(false);
  });
});

describe('R/W (R-007)', () => {
  test.each([
    ['execute', 0b00],
    ['write', 0b01],
    ['io', 0b10],
    ['readwrite', 0b11],
  ] as const)('%s is encoded as %i', (access, code) => {
    expect(accessCode(access)).toBe(code);
    expect(accessOfCode(code)).toBe(access);
    expect(accessOfCode(code | 0b1100)).toBe(access);
  });

  test('there is no slot for reads alone', () => {
    expect(isSlotAccess('read')).toBe(false);
    expect(isSlotAccess('readwrite')).toBe(true);
  });
});
