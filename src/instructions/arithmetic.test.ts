import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highU32, joinU64, lowU32 } from '../base/u64.js';
import type { ArithmeticOperation } from './access-plan.js';
import { compute, newComputation } from './arithmetic.js';
import { setWord } from './word.js';

type Bits = 8 | 16 | 32 | 64;

/** The operations once more, in bigint and straight from their definitions. */
const DEFINITIONS: Record<ArithmeticOperation, (old: bigint, operand: bigint, bits: Bits) => bigint> = {
  add: (old, operand) => old + operand,
  sub: (old, operand) => old - operand,
  and: (old, operand) => old & operand,
  or: (old, operand) => old | operand,
  xor: (old, operand) => old ^ operand,
  inc: (old) => old + 1n,
  dec: (old) => old - 1n,
  neg: (old) => -old,
  not: (old) => ~old,
  shl: (old, operand, bits) => old << count(operand, bits),
  shr: (old, operand, bits) => old >> count(operand, bits),
  sar: (old, operand, bits) => BigInt.asIntN(bits, old) >> count(operand, bits),
  rol: (old, operand, bits) => rotate(old, count(operand, bits) % BigInt(bits), bits),
  ror: (old, operand, bits) => rotate(old, BigInt(bits) - (count(operand, bits) % BigInt(bits)), bits),
  bts: (old, operand, bits) => old | (1n << (operand % BigInt(bits))),
  btr: (old, operand, bits) => old & ~(1n << (operand % BigInt(bits))),
  btc: (old, operand, bits) => old ^ (1n << (operand % BigInt(bits))),
};

function count(operand: bigint, bits: Bits): bigint {
  return operand & (bits === 64 ? 63n : 31n);
}

function rotate(value: bigint, by: bigint, bits: Bits): bigint {
  return (value << by) | (value >> (BigInt(bits) - by));
}

function byHalves(operation: ArithmeticOperation, old: bigint, operand: bigint, size: number): bigint {
  const computation = newComputation();
  computation.operation = operation;
  computation.size = size;
  setWord(computation.old, lowU32(old), highU32(old), size);
  setWord(computation.operand, lowU32(operand), highU32(operand), size);
  compute(computation);
  return joinU64(computation.result.lo, computation.result.hi);
}

/** Values with long runs of equal bits, where carries and signs are. */
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.tuple(fc.constantFrom(0n, -1n, 1n, -2n), fc.integer({ min: 0, max: 63 })).map(([seed, by]) => BigInt.asUintN(64, seed << BigInt(by))),
);

describe('operations in halves equal those in bigint', () => {
  test.each(Object.keys(DEFINITIONS) as ArithmeticOperation[])('%s', (operation) => {
    fc.assert(
      fc.property(value, value, fc.constantFrom<Bits>(8, 16, 32, 64), (a, b, bits) => {
        const old = BigInt.asUintN(bits, a);
        const operand = BigInt.asUintN(bits, b);
        const expected = BigInt.asUintN(bits, DEFINITIONS[operation](old, operand, bits));
        expect(byHalves(operation, old, operand, bits / 8)).toBe(expected);
      }),
      { seed: 20070222, numRuns: 2000 },
    );
  });
});
