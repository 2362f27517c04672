// Random conditions, and values that are worth asking them about.
import fc from 'fast-check';
import type { Condition, FloatOperand, Operand } from '../../src/conditions/index.js';

const BITS = [
  0n,
  1n,
  2n,
  7n,
  0x7fn,
  0x80n,
  0xffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
];
/** As bits: 0, infinity, the greatest and the least, NaNs, 1.5. */
const FLOATS = [0n, 0x7f80_0000n, 0x7f7f_ffffn, 1n, 0x7fc0_0000n, 0x7f80_0001n, 0x3fc0_0000n];
const DOUBLES = [
  0n,
  0x7ff0_0000_0000_0000n,
  0x7fef_ffff_ffff_ffffn,
  1n,
  0x7ff8_0000_0000_0000n,
  0x7ff0_0000_0000_0001n,
  0x3ff8_0000_0000_0000n,
];
const SIGNED_END = 2n ** 63n;

/** 64 bits of a value, those of numbers and floats that matter often among them. */
export const valueBits: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(...BITS, ...BITS.map((bits) => BigInt.asUintN(64, -bits))),
  fc.constantFrom(...FLOATS, ...FLOATS.map((bits) => bits + 0x8000_0000n)),
  fc.constantFrom(...DOUBLES, ...DOUBLES.map((bits) => bits + SIGNED_END)),
  fc.integer({ min: -20, max: 20 }).map((value) => BigInt.asUintN(64, BigInt(value))),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

const which = fc.constantFrom('old', 'new');

const field = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 8, 32), fc.integer({ min: 0, max: 63 })),
    fc.oneof(fc.constantFrom(8, 16, 32, 64), fc.integer({ min: 1, max: 64 })),
    fc.boolean(),
  )
  .map(([shift, bits, signed]) => ({ kind: 'integer', shift, bits: Math.min(bits, 64 - shift), signed }) as const);

const leaf: fc.Arbitrary<Operand> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(which, field)
      .map(([which, field]): Operand => ({ kind: 'value', which, field, unsigned: !field.signed && field.bits === 64 })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(valueBits, fc.boolean()).map(([bits, signed]): Operand => {
      const value = signed ? BigInt.asIntN(64, bits) : bits;
      return { kind: 'number', value, unsigned: value >= SIGNED_END };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('tid', 'pid', 'cpu', 'kernel').map((fact): Operand => ({ kind: 'fact', fact, unsigned: false })),
  },
);

const operator = fc.constantFrom('+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>');

const { operand } = fc.letrec<{ operand: Operand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'operand' },
    leaf,
    fc.tuple(fc.constantFrom('negated', 'inverted'), tie('operand')).map(([kind, of]): Operand => ({ kind, of, unsigned: of.unsigned })),
    fc.tuple(operator, tie('operand'), tie('operand')).map(([operator, left, right]): Operand => {
      const isShift = operator === '<<' || operator === '>>';
      return { kind: 'arithmetic', operator, left, right, unsigned: isShift ? left.unsigned : left.unsigned || right.unsigned };
    }),
  ),
}));

function floatOperand(size: 4 | 8): fc.Arbitrary<FloatOperand> {
  const number = fc.oneof(
    fc.constantFrom(0, -0, 1.5, -1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double({ noNaN: true }),
  );
  return fc.oneof(
    which.map((which): FloatOperand => ({ kind: 'value', which, size })),
    number.map((value): FloatOperand => ({ kind: 'number', value: size === 4 ? Math.fround(value) : value, size })),
  );
}

const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const equality = fc.constantFrom('==', '!=');

/** Conditions of all kinds; those about names take one of `names`. */
export function conditions(names: readonly string[]): fc.Arbitrary<Condition> {
  const comparisons = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(comparison, operand, operand)
        .map(([comparison, left, right]): Condition => ({ kind: 'integers', comparison, left, right })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(4, 8)
        .chain((size) => fc.tuple(comparison, floatOperand(size), floatOperand(size)))
        .map(([comparison, left, right]): Condition => ({ kind: 'floats', comparison, left, right })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(equality, fc.integer({ min: 1, max: 8 }))
        .map(([comparison, size]): Condition => ({ kind: 'bytes', comparison, size })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(equality, fc.constantFrom(...names)).map(([comparison, text]): Condition => ({ kind: 'comm', comparison, text })),
    },
  );
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'condition' },
      comparisons,
      fc.tuple(fc.constantFrom('all', 'any'), fc.array(tie('condition'), { maxLength: 3 })).map(([kind, of]): Condition => ({ kind, of })),
      tie('condition').map((of): Condition => ({ kind: 'not', of })),
    ),
  })).condition;
}
