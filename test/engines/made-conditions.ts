// Random conditions, and values that are worth asking them about.
import fc from 'fast-check';
import { type Condition, type FloatOperand, type Operand, REGISTERS, type TextPlace } from '../../src/conditions/index.js';

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

/** Bytes from the start of the memory that conditions read. */
export const MEMORY_BYTES = 64;
/** Where in it a pointer lies to its byte {@link POINTED}. */
export const POINTER_AT = 56;
export const POINTED = 16;
/** Where texts lie in it. */
export const TEXTS_AT = 24;
export const TEXTS = ['', 'b', 'bob', 'a text of 17 byte', 'eight by', 'nine byte', 'bo'];

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
      .map(([which, field]): Operand => ({ kind: 'value', which, offset: 0, field, unsigned: !field.signed && field.bits === 64 })),
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
    arbitrary: fc.constantFrom(...REGISTERS).map((register): Operand => ({ kind: 'register', register, unsigned: register === 'rip' })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('tid', 'pid', 'cpu', 'kernel').map((fact): Operand => ({ kind: 'fact', fact, unsigned: false })),
  },
);

const operator = fc.constantFrom('+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>');

/** Addresses in the memory at `base`, computed from the hit or not, through a pointer, and in nobody's. */
function addresses(base: bigint): fc.Arbitrary<Operand> {
  const number = (value: bigint): Operand => ({ kind: 'number', value, unsigned: false });
  const plus = (left: Operand, right: Operand): Operand => ({ kind: 'arithmetic', operator: '+', left, right, unsigned: false });
  const within = fc.integer({ min: 0, max: MEMORY_BYTES - 8 });
  const pointer: Operand = {
    ...{ kind: 'memory', address: number(base + BigInt(POINTER_AT)), size: 8, unsigned: true },
    field: { kind: 'integer', shift: 0, bits: 64, signed: false },
  };
  const masked = (of: Operand): Operand => ({ kind: 'arithmetic', operator: '&', left: of, right: number(31n), unsigned: of.unsigned });
  return fc.oneof(
    { weight: 4, arbitrary: within.map((offset) => number(base + BigInt(offset))) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }).map((offset) => plus(pointer, number(BigInt(offset)))) },
    { weight: 3, arbitrary: leaf.map((of) => plus(number(base), masked(of))) },
    { weight: 1, arbitrary: fc.constant(number(8n)) },
  );
}

function operands(base: bigint): fc.Arbitrary<Operand> {
  const size = fc.integer({ min: 1, max: 8 });
  const memory = fc
    .tuple(addresses(base), size, field)
    .filter(([, size, { shift, bits }]) => shift + bits <= 8 * size)
    .map(([address, size, field]): Operand => ({ kind: 'memory', address, size, field, unsigned: !field.signed && field.bits === 64 }));
  return fc.letrec<{ operand: Operand }>((tie) => ({
    operand: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'operand' },
      { weight: 3, arbitrary: leaf },
      { weight: 1, arbitrary: memory },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('negated', 'inverted'), tie('operand'))
          .map(([kind, of]): Operand => ({ kind, of, unsigned: of.unsigned })),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(operator, tie('operand'), tie('operand')).map(([operator, left, right]): Operand => {
          const isShift = operator === '<<' || operator === '>>';
          return { kind: 'arithmetic', operator, left, right, unsigned: isShift ? left.unsigned : left.unsigned || right.unsigned };
        }),
      },
    ),
  })).operand;
}

function floatOperand(size: 4 | 8, base: bigint): fc.Arbitrary<FloatOperand> {
  const number = fc.oneof(
    fc.constantFrom(0, -0, 1.5, -1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double({ noNaN: true }),
  );
  return fc.oneof(
    which.map((which): FloatOperand => ({ kind: 'value', which, offset: 0, size })),
    addresses(base).map((address): FloatOperand => ({ kind: 'memory', address, size })),
    number.map((value): FloatOperand => ({ kind: 'number', value: size === 4 ? Math.fround(value) : value, size })),
  );
}

const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const equality = fc.constantFrom('==', '!=');

function textPlace(base: bigint): fc.Arbitrary<TextPlace> {
  const inMemory = fc.tuple(
    fc.oneof(
      fc.constantFrom(...TEXTS.keys()).map((i): Operand => ({ kind: 'number', value: base + BigInt(TEXTS_AT + i), unsigned: false })),
      addresses(base),
    ),
    fc.option(fc.integer({ min: 1, max: 40 })),
  );
  return fc.oneof(
    inMemory.map(([address, size]): TextPlace => ({ kind: 'memory', address, size })),
    fc
      .tuple(which, fc.integer({ min: 0, max: 6 }))
      .chain(([which, offset]) =>
        fc.integer({ min: 1, max: 8 - offset }).map((size): TextPlace => ({ kind: 'value', which, offset, size })),
      ),
  );
}

/** Conditions of all kinds on the memory at `base`; those about names take one of `names`. */
export function conditions(names: readonly string[], base: bigint): fc.Arbitrary<Condition> {
  const operand = operands(base);
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
        .chain((size) => fc.tuple(comparison, floatOperand(size, base), floatOperand(size, base)))
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
      arbitrary: fc
        .tuple(equality, textPlace(base), fc.constantFrom(...TEXTS))
        .map(([comparison, of, text]): Condition => ({ kind: 'text', comparison, of, text: [...Buffer.from(text)] })),
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
