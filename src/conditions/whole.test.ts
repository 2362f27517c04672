import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conjunction,
  difference,
  disjunction,
  exclusion,
  inverted,
  negated,
  product,
  quotient,
  remainder,
  shiftedLeft,
  shiftedRight,
  sum,
  type Whole,
  whole,
} from './whole.js';

const SEED = 20070222;

/** What each operation does to numbers of 64 bits, said with bigints alone. */
const REFERENCE: Readonly<Record<string, [(a: Whole, b: Whole, unsigned: boolean) => Whole, (a: bigint, b: bigint) => bigint]>> = {
  '+': [sum, (a, b) => a + b],
  '-': [difference, (a, b) => a - b],
  '*': [product, (a, b) => a * b],
  '/': [quotient, (a, b) => (b === 0n ? 0n : a / b)],
  '%': [remainder, (a, b) => (b === 0n ? a : a % b)],
  '&': [conjunction, (a, b) => a & b],
  '|': [disjunction, (a, b) => a | b],
  '^': [exclusion, (a, b) => a ^ b],
  '<<': [shiftedLeft, (a, b) => a << (b & 63n)],
  '>>': [shiftedRight, (a, b) => a >> (b & 63n)],
};

const EDGES = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const bits = fc.oneof(
  fc.constantFrom(...EDGES, ...EDGES.map((edge) => BigInt.asUintN(64, -edge))),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.integer().map((value) => BigInt.asUintN(64, BigInt(value))),
);

function of(value: bigint, unsigned: boolean): bigint {
  return unsigned ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
}

describe('whole numbers', () => {
  test.each(Object.entries(REFERENCE))('%s is what 64 bits do, in canonical form', (_, [apply, reference]) => {
    fc.assert(
      fc.property(bits, bits, fc.boolean(), fc.boolean(), (a, b, unsigned, mixed) => {
        const [left, right] = [of(a, unsigned), of(b, unsigned)];
        // Among unsigned numbers a signed one may stand, which is what its bits are there.
        const given = mixed ? of(b, false) : right;
        expect(apply(whole(left), whole(unsigned ? given : right), unsigned)).toEqual(asZero(whole(of(reference(left, right), unsigned))));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('negation and inversion', () => {
    fc.assert(
      fc.property(bits, fc.boolean(), (a, unsigned) => {
        const value = of(a, unsigned);
        expect(negated(whole(value), unsigned)).toEqual(asZero(whole(of(-value, unsigned))));
        expect(inverted(whole(value), unsigned)).toEqual(whole(of(~value, unsigned)));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('the least number divided by -1 wraps', () => {
    expect(quotient(-(2n ** 63n), -1, false)).toBe(-(2n ** 63n));
    expect(remainder(-(2n ** 63n), -1, false)).toBe(0);
  });

  test('-2^53 is exact, and beyond the safe integers', () => {
    expect(conjunction(-(2 ** 53 - 1), -(2 ** 53 - 2), false)).toBe(-(2n ** 53n));
  });
});

/** Numbers may come out as -0, which is 0 to every comparison. */
function asZero(value: Whole): unknown {
  return value === 0 ? expect.toSatisfy((actual: Whole) => actual === 0) : value;
}
