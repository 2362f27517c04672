// From a variable's type along members and elements to the part that is meant.
import { nearNames } from '../base/near.js';
import type { Member, Type } from '../symbols/types.js';
import { BadIndexError, NoSuchMemberError, PointerStepError } from './errors.js';
import type { PathStep } from './expression.js';

/** A part of a variable. */
export interface Part {
  /** Bytes from the variable's start. */
  readonly offset: number;
  readonly type: Type;
  /** For a bit-field: its place, from {@link offset} (little-endian numbering). */
  readonly bits: { readonly offset: number; readonly width: number } | null;
  /** As the expression would be written for this part. */
  readonly display: string;
}

/** Typedefs in typedefs; more is a circle. */
const MOST_ALIASES = 64;

/** One step further. Throws NoSuchMemberError, BadIndexError, PointerStepError. */
export function step(part: Part, to: PathStep): Part {
  return to.kind === 'member' ? member(part, to.name) : element(part, to.index);
}

function member(part: Part, name: string): Part {
  const type = requireDirect(part);
  const names = type.kind === 'struct' || type.kind === 'union' ? memberNames(type) : [];
  const found = findMember(type, name);
  if (found === null) throw new NoSuchMemberError(`${part.display} (${described(type)})`, name, names, nearNames(name, names));
  const { bits } = found.member;
  const at = found.offset + (bits === undefined ? 0 : Math.floor(bits.offset / 8) - found.member.offset);
  return {
    offset: part.offset + at,
    type: found.member.type(),
    bits: bits === undefined ? null : { offset: bits.offset % 8, width: bits.width },
    display: `${part.display}.${name}`,
  };
}

interface Found {
  readonly member: Member;
  /** Bytes from the start of the outermost struct. */
  readonly offset: number;
}

/** Members of the struct itself first, then those of anonymous members and base classes, which count as its own. */
function findMember(type: Type, name: string, depth = 0): Found | null {
  if ((type.kind !== 'struct' && type.kind !== 'union') || depth > MOST_ALIASES) return null;
  // Rust writes the fields of tuples as numbers, and debug information as __0.
  const wanted = /^[0-9]+$/.test(name) ? [name, `__${name}`] : [name];
  const own = type.members.find((candidate) => wanted.includes(candidate.name));
  if (own !== undefined) return { member: own, offset: own.offset };
  for (const candidate of type.members.filter(countsAsParent)) {
    const inner = findMember(direct(candidate.type()), name, depth + 1);
    if (inner !== null) return { member: inner.member, offset: candidate.offset + inner.offset };
  }
  return null;
}

/** Anonymous structs and unions, and base classes, which debug information lists by the name of their class. */
function countsAsParent(candidate: Member): boolean {
  if (candidate.bits !== undefined) return false;
  if (candidate.name === '') return true;
  const type = direct(candidate.type());
  return type.kind === 'struct' && type.name === candidate.name;
}

function memberNames(type: Extract<Type, { readonly members: readonly Member[] }>, depth = 0): string[] {
  return type.members.flatMap((candidate) => {
    const own = candidate.name === '' ? [] : [candidate.name];
    const inner = direct(candidate.type());
    const nested = (inner.kind === 'struct' || inner.kind === 'union') && depth < 8 && countsAsParent(candidate);
    return nested ? [...own, ...memberNames(inner, depth + 1)] : own;
  });
}

function element(part: Part, index: number): Part {
  const type = requireDirect(part);
  const display = `${part.display}[${index}]`;
  if (type.kind !== 'array') {
    throw new BadIndexError(`${part.display} (${described(type)}) is no array`, index, 'Write it without the brackets.');
  }
  // No count: `extern int a[];`. Zero: the old way to write a struct's last member of any length.
  if (type.count !== null && type.count > 0 && index >= type.count) {
    throw new BadIndexError(
      `${display} is beyond the end: ${part.display} has ${type.count} elements`,
      index,
      `The last is ${part.display}[${type.count - 1}].`,
    );
  }
  const elementType = type.element();
  return { offset: part.offset + index * elementType.size, type: elementType, bits: null, display };
}

/** The type behind typedefs; pointers and references cannot be followed. */
function requireDirect(part: Part): Type {
  const type = direct(part.type);
  if (type.kind === 'pointer') throw new PointerStepError(part.display, 'pointer');
  if (type.kind === 'alias' && type.reference === true) throw new PointerStepError(part.display, 'reference');
  return type;
}

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

function described(type: Type): string {
  const word = type.kind === 'base' || type.kind === 'other' || type.kind === 'alias' ? '' : `${type.kind} `;
  return type.name === '' ? `an unnamed ${word.trim()}` : word + type.name.replace(new RegExp(`^${word}`), '');
}
