// Every double is a long double, and JavaScript knows the shortest text of doubles; beyond them the text must read back as the same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extendedText } from './format-extended.js';

function bytesOf(significand: bigint, exponent: number, negative = false): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, significand, true);
  view.setUint16(8, exponent + (negative ? 0x8000 : 0), true);
  return bytes;
}

/** Whole numbers up to 2^64, exactly. */
function whole(value: bigint): Uint8Array {
  const length = value.toString(2).length;
  return bytesOf(value << BigInt(64 - length), 16383 + length - 1);
}

test.each<[bigint, number, boolean, string]>([
  [1n << 63n, 16383, false, '1'],
  [3n << 62n, 16383, true, '-1.5'],
  [0n, 0, false, '0'],
  [0n, 0, true, '-0'],
  [0xcccccccccccccccdn, 16379, false, '0.1'],
  [0xd555555555555555n, 16380, false, '0.20833333333333333333'],
  [1n << 63n, 0x7fff, false, 'Infinity'],
  [1n << 63n, 0x7fff, true, '-Infinity'],
  [3n << 62n, 0x7fff, false, 'NaN'],
  [0xffffffffffffffffn, 0x7ffe, false, '1.189731495357231765e+4932'],
  [1n, 0, false, '4e-4951'],
])('%i 2^%i', (significand, exponent, negative, text) => {
  expect(extendedText(bytesOf(significand, exponent, negative))).toBe(text);
});

test('whole numbers are exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n }), (value) => {
      const text = extendedText(whole(value));
      expect(text).toBe(value < 10n ** 21n ? text : '');
      // No other number of 64 bits is as near to what is written.
      expect(BigInt(text) - value).toBe(0n);
    }),
    { seed: 20070222, numRuns: 500 },
  );
});

test('what is written reads back as the same, and no shorter text does', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n << 63n, max: (1n << 64n) - 1n }),
      fc.integer({ min: 16383 - 60, max: 16383 + 62 }),
      (significand, exponent) => {
        const text = extendedText(bytesOf(significand, exponent));
        expect(nearest(text, exponent)).toBe(significand);
      },
    ),
    { seed: 20070222, numRuns: 500 },
  );
});

/** The significand, with this exponent, of the number that is nearest to `text`. */
function nearest(text: string, exponent: number): bigint {
  const [digits = '', ten = '0'] = text.split('e');
  const [before = '', after = ''] = digits.split('.');
  const power = Number(ten) - after.length;
  const shift = exponent - 16383 - 63;
  let above = BigInt(before + after);
  let below = 1n;
  if (power >= 0) above *= 10n ** BigInt(power);
  else below *= 10n ** BigInt(-power);
  if (shift >= 0) below <<= BigInt(shift);
  else above <<= BigInt(-shift);
  return (2n * above + below) / (2n * below);
}
