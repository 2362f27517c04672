// A part of what an expression names, on the way from its start to its end.
import type { Type } from '../symbols/types.js';
import type { Expression } from './expression.js';
import type { Memory } from './scope.js';
import type { TypeName } from './type-name.js';

/** A place in memory, or a value that was computed and is nowhere. */
export type Part = Place | Value;

interface Written {
  /** As the expression would be written for this part. */
  readonly display: string;
  /** {@link display} begins with an operator, which binds less than the steps behind it. */
  readonly prefixed: boolean;
}

/** Memory. */
export interface Place extends Written {
  readonly kind: 'place';
  readonly address: bigint;
  /** null where nothing tells. */
  readonly type: Type | null;
  /** For a bit-field: its bits, from {@link address} (little-endian numbering). */
  readonly bits: { readonly offset: number; readonly width: number } | null;
}

/** An address, as typed, taken with `&` or cast. */
export interface Value extends Written {
  readonly kind: 'value';
  readonly value: bigint;
  /** null for a bare number. */
  readonly type: Type | null;
}

/** A pointer that was read on the way. */
export interface Followed {
  /** Where the pointer lies. */
  readonly address: bigint;
  /** Its bytes. */
  readonly size: number;
  /** What it held. */
  readonly target: bigint;
  /** As the expression would be written for the pointer itself. */
  readonly display: string;
}

/** What steps need beside the part they start from. */
export interface WalkContext {
  /** null where there is no process. */
  readonly memory: Memory | null;
  /** Throws UnknownTypeError. */
  typeNamed(name: TypeName): Type;
  /** A static member of a class, or null. */
  staticMember(type: Type, name: string): Place | null;
  /** What another expression, within the one that is walked, comes to. */
  partOf(expression: Expression): Part;
  /** Pointers read so far, in order; steps add to it. */
  readonly followed: Followed[];
}

/** The display of a part that a step stands behind. */
export function operand({ display, prefixed }: Written): string {
  return prefixed ? `(${display})` : display;
}

/** Typedefs in typedefs; more is a circle. */
const MOST_ALIASES = 64;

/** Behind typedefs, const and volatile, but not behind references. */
export function direct(type: Type): Type {
  let current = type;
  for (let i = 0; i < MOST_ALIASES && current.kind === 'alias' && current.reference !== true; i++) {
    const target = current.target();
    if (target === null) break;
    current = target;
  }
  return current;
}

export function isReference(type: Type): type is Extract<Type, { kind: 'alias' }> {
  return type.kind === 'alias' && type.reference === true;
}

/** `struct player`, `int`, `an unnamed union`. */
export function described(type: Type): string {
  const word = type.kind === 'base' || type.kind === 'other' || type.kind === 'alias' ? '' : `${type.kind} `;
  return type.name === '' ? `an unnamed ${word.trim()}` : word + type.name.replace(new RegExp(`^${word}`), '');
}
