// Places that a condition speaks of: parts of the watched value and other memory, and the steps from one to another. Nothing is read here: a
// place in memory is an operand that tells its address, to be computed at each hit.
import type { Operand, Which } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import type { Meaning, Subject } from './condition-meaning.js';
import { problem } from './condition-problem.js';
import { type Bits, scalarOf } from './condition-scalar.js';
import { described, direct, isReference } from './part.js';
import { POINTER_SIZE } from './pointers.js';

const MOST_REFERENCES = 8;

/** Where a place is. `offset`: bytes from the value's start. */
export type Where =
  | { readonly kind: 'value'; readonly which: Which; readonly offset: number }
  | { readonly kind: 'memory'; readonly address: Operand };

/** A part of the value, or of memory. */
export interface ConditionPlace {
  readonly where: Where;
  /** Null where nothing tells. */
  readonly type: Type | null;
  /** For a bit-field, from {@link where} on. */
  readonly bits: Bits | null;
  /** Bytes; 0 where nobody knows. */
  readonly size: number;
}

/** The number `value` as an operand. */
export function constant(value: bigint): Operand {
  return { kind: 'number', value, unsigned: value >= 1n << 63n };
}

/** `address` and so many bytes further. */
export function plus(address: Operand, bytes: number): Operand {
  if (bytes === 0) return address;
  if (address.kind === 'number') return constant(BigInt.asUintN(64, address.value + BigInt(bytes)));
  if (address.kind === 'arithmetic' && address.operator === '+' && address.right.kind === 'number')
    return { ...address, right: { ...address.right, value: address.right.value + BigInt(bytes) } };
  return {
    kind: 'arithmetic',
    operator: '+',
    left: address,
    right: { kind: 'number', value: BigInt(bytes), unsigned: false },
    unsigned: true,
  };
}

/** A place so many bytes further, of another type. */
export function placeAt(from: ConditionPlace, bytes: number, type: Type, bits: Bits | null = null): ConditionPlace {
  const { where } = from;
  const moved: Where =
    where.kind === 'value' ? { ...where, offset: where.offset + bytes } : { ...where, address: plus(where.address, bytes) };
  return { where: moved, type, bits, size: type.size };
}

/** The memory that a pointer leads to. */
export function pointedBy(address: Operand, type: Type | null): ConditionPlace {
  return { where: { kind: 'memory', address }, type, bits: null, size: type?.size ?? 0 };
}

/** What a place holds as an operand: `size` bytes, 1 to 8, without a sign. */
function wordAt({ where }: ConditionPlace, size: number): Operand {
  const field = { kind: 'integer', shift: 0, bits: 8 * size, signed: false } as const;
  const unsigned = size === 8;
  return where.kind === 'value' ? { ...where, field, unsigned } : { ...where, size, field, unsigned };
}

/** What a C++ reference stands for; other places as they are. */
export function behindReferences(from: ConditionPlace): ConditionPlace {
  let place = from;
  for (let i = 0; i < MOST_REFERENCES && place.type !== null; i++) {
    const type = direct(place.type);
    if (!isReference(type)) break;
    place = pointedBy(wordAt(place, POINTER_SIZE), type.target());
  }
  return place;
}

/** What stands in `place`: a number where it can be one, else bytes of which only the place is known. Throws ConditionError. */
export function meaningOfPlace(from: ConditionPlace, at: number, subject: Subject): Meaning {
  const place = behindReferences(from);
  const { where, bits, type } = place;
  const size = type?.size ?? place.size;
  if (size === 0) throw problem(subject, at, { what: 'nothing tells how large this is', hint: 'Cast it: *(int *)&NAME.' });
  const value = scalarOf(type, { size, bits });
  switch (value.kind) {
    case 'integer': {
      const { field, truth } = value;
      const unsigned = !field.signed && field.bits === 64;
      const operand: Operand = where.kind === 'value' ? { ...where, field, unsigned } : { ...where, size: value.size, field, unsigned };
      return { type: 'whole', at, operand, truth, of: value, typed: type, place };
    }
    case 'float':
      return { type: 'float', at, operand: { ...where, size: value.size }, of: value, place };
    default:
      return { type: 'bytes', at, which: null, size, of: value, place };
  }
}

/** What a place is called in errors. */
export function typeName({ type, size }: ConditionPlace): string {
  return type === null ? `${size} bytes` : described(type);
}
