// The numbers of conditions: each operand is compiled to a closure, which makes no bigint unless a number beyond 2^53 or an address is involved.
import { assertNever } from '../base/assert.js';
import type { Arithmetic, FloatOperand, Operand, Which } from './condition.js';
import { bytesOf, fieldReader, floatReader, type HitFacts } from './fields.js';
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

/** What the reads of one comparison have come to: `failed` is set by each that could not be made, whose result then means nothing. */
export interface Reads {
  failed: boolean;
}

const NOTHING = new Uint8Array(0);

/** The bytes of a value, which is known. */
function bytesIn(hit: HitFacts, which: Which): Uint8Array {
  return bytesOf(hit, which) ?? NOTHING;
}

/** Reads `size` bytes where `address` says. */
export function memoryReader(address: Operand, reads: Reads): (hit: HitFacts, size: number) => Uint8Array {
  const addressIn = operandOf(address, reads);
  return (hit, size) => {
    const at = BigInt.asUintN(64, BigInt(addressIn(hit)));
    const bytes = reads.failed ? null : (hit.moment?.read(at, size) ?? null);
    if (bytes !== null) return bytes;
    reads.failed = true;
    return NOTHING;
  };
}

/** The float that `of` is in a hit. */
export function floatOf(of: FloatOperand, reads: Reads): (hit: HitFacts) => number {
  if (of.kind === 'number') return () => of.value;
  const float = floatReader(of.size);
  if (of.kind === 'value') return (hit) => float(bytesIn(hit, of.which), of.offset);
  const read = memoryReader(of.address, reads);
  return (hit) => float(read(hit, of.size), 0);
}

/** The whole number that `of` is in a hit. */
export function operandOf(of: Operand, reads: Reads): (hit: HitFacts) => Whole {
  switch (of.kind) {
    case 'value': {
      const { which, offset } = of;
      const field = fieldReader(of.field);
      return (hit) => field(bytesIn(hit, which), offset);
    }
    case 'memory': {
      const { size } = of;
      const [field, read] = [fieldReader(of.field), memoryReader(of.address, reads)];
      return (hit) => field(read(hit, size), 0);
    }
    case 'register':
      return registerReader(of, reads);
    case 'number': {
      const value = whole(of.value);
      return () => value;
    }
    case 'fact': {
      const { fact } = of;
      return fact === 'kernel' ? ({ kernel }) => (kernel ? 1 : 0) : (hit) => hit[fact];
    }
    case 'arithmetic': {
      const [apply, left, right] = [OPERATIONS[of.operator], operandOf(of.left, reads), operandOf(of.right, reads)];
      return (hit) => apply(left(hit), right(hit), of.unsigned);
    }
    case 'negated':
    case 'inverted': {
      const [apply, value] = [of.kind === 'negated' ? negated : inverted, operandOf(of.of, reads)];
      return (hit) => apply(value(hit), of.unsigned);
    }
    default:
      return assertNever(of);
  }
}

function registerReader({ register, unsigned }: Extract<Operand, { kind: 'register' }>, reads: Reads): (hit: HitFacts) => Whole {
  return ({ moment }) => {
    const value = moment?.register(register) ?? null;
    if (value === null) reads.failed = true;
    return whole(unsigned ? (value ?? 0n) : BigInt.asIntN(64, value ?? 0n));
  };
}

const OPERATIONS: Readonly<Record<Arithmetic, (a: Whole, b: Whole, unsigned: boolean) => Whole>> = {
  '+': sum,
  '-': difference,
  '*': product,
  '/': quotient,
  '%': remainder,
  '&': conjunction,
  '|': disjunction,
  '^': exclusion,
  '<<': shiftedLeft,
  '>>': shiftedRight,
};
