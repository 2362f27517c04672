// Pointer arithmetic in conditions: p + 1 is an element further, p - q how many elements lie between.
import type { Operand } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import type { Meaning } from './condition-meaning.js';
import { constant } from './condition-places.js';
import { scaled, sum } from './condition-steps.js';
import type { BinaryOperator } from './condition-syntax.js';
import { direct } from './part.js';
import { pointerTo } from './pointers.js';

/** What pointers make of `+` and `-`; null where no pointer with a type is beside it. */
export function pointerArithmetic(operator: BinaryOperator, leftSide: Meaning, rightSide: Meaning): Meaning | null {
  const [left, right] = [decayed(leftSide), decayed(rightSide)];
  const [from, to] = [elementSize(left), elementSize(right)];
  if (operator === '-' && left.type === 'whole' && right.type === 'whole' && from !== null && from === to)
    return between(left, right, from);
  if (left.type === 'whole' && from !== null && to === null) return moved(left, operator, { by: right, size: from });
  if (operator === '+' && right.type === 'whole' && to !== null) return moved(right, '+', { by: left, size: to });
  return null;
}

/** An array in memory is the address of its first element. */
function decayed(meaning: Meaning): Meaning {
  const { place, at } = meaning;
  const type = place?.type == null ? null : direct(place.type);
  if (place?.where.kind !== 'memory' || type?.kind !== 'array') return meaning;
  return { type: 'whole', at, operand: place.where.address, truth: false, typed: pointerTo(type.element()) };
}

type Pointer = Extract<Meaning, { type: 'whole' }>;

function moved(pointer: Pointer, operator: BinaryOperator, { by, size }: { readonly by: Meaning; readonly size: number }): Meaning | null {
  const number = numberOf(by);
  if (number === null || (operator !== '+' && operator !== '-')) return null;
  const bytes = scaledNumber(number, size);
  const operand: Operand =
    operator === '+'
      ? sum(pointer.operand, bytes)
      : { kind: 'arithmetic', operator: '-', left: pointer.operand, right: bytes, unsigned: true };
  const { at, typed } = pointer;
  return { type: 'whole', at, operand, truth: false, ...(typed === undefined ? {} : { typed }) };
}

function numberOf(meaning: Meaning): Operand | null {
  if (meaning.type === 'whole') return meaning.operand;
  return meaning.type === 'literal' && meaning.whole !== null ? constant(meaning.whole) : null;
}

function scaledNumber(number: Operand, size: number): Operand {
  return number.kind === 'number' ? constant(number.value * BigInt(size)) : scaled(number, size);
}

function between(left: Pointer, right: Pointer, size: number): Meaning {
  const bytes: Operand = { kind: 'arithmetic', operator: '-', left: left.operand, right: right.operand, unsigned: false };
  const operand: Operand = { kind: 'arithmetic', operator: '/', left: bytes, right: constant(BigInt(size)), unsigned: false };
  return { type: 'whole', at: left.at, operand, truth: false };
}

/** Of what a pointer points to, bytes; null for what is no pointer to something of a known size. */
function elementSize(meaning: Meaning): number | null {
  if (meaning.type !== 'whole' || meaning.typed == null) return null;
  const type: Type = direct(meaning.typed);
  const target = type.kind === 'pointer' ? type.target() : null;
  return target === null || target.size === 0 ? null : target.size;
}
