import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueToText } from './format-value.js';
import { sameValue } from './same-value.js';
import type { ValueType } from './value.js';

test('a bit-field is the same where its number is', () => {
  const two = fc.uint8Array({ minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(two, two, fc.nat(63), fc.integer({ min: 1, max: 64 }), (a, noise, shift, wide) => {
      const width = Math.min(wide, 64 - shift);
      const size = Math.ceil((shift + width) / 8);
      const type: ValueType = { kind: 'bits', size, name: 'bits', signed: false, shift, width, members: new Map() };
      const [one, other] = [
        a.subarray(0, size),
        a.map((byte, i) => byte ^ ((noise[i] ?? 0) & (noise[7 - i] ?? 0) & 0x11)).subarray(0, size),
      ];
      expect(sameValue(one, other, type)).toBe(valueToText(one, type) === valueToText(other, type));
    }),
    { seed: 20070222, numRuns: 2000 },
  );
});

test('anything else where its bytes are', () => {
  const type: ValueType = { kind: 'float', size: 4, name: 'float' };
  const [zero, minusZero] = [new Uint8Array(4), Uint8Array.of(0, 0, 0, 0x80)];
  expect(sameValue(zero, zero.slice(), type)).toBe(true);
  expect(sameValue(zero, minusZero, type)).toBe(false);
});
