import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldReader, floatReader } from './fields.js';
import { whole } from './whole.js';

test('a field of any place and width is read as its bits say', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 63 }),
      fc.integer({ min: 1, max: 64 }),
      fc.boolean(),
      (bytes, shift, width, signed) => {
        const bits = Math.min(width, 64 - shift);
        const all = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n) >> BigInt(shift);
        const expected = signed ? BigInt.asIntN(bits, all) : BigInt.asUintN(bits, all);
        expect(fieldReader({ kind: 'integer', shift, bits, signed })(bytes, 0)).toBe(whole(expected));
      },
    ),
    { seed: 20070222, numRuns: 3000 },
  );
});

test('floats of both sizes', () => {
  expect(floatReader(4)(new Uint8Array(new Float32Array([1.5]).buffer), 0)).toBe(1.5);
  expect(floatReader(8)(new Uint8Array(new Float64Array([-0]).buffer), 0)).toBe(-0);
  expect(floatReader(8)(new Uint8Array(new Float64Array([Number.NaN]).buffer), 0)).toBeNaN();
});
