// From a start along members, elements and pointers to the part that is meant.
import { assertNever } from '../base/assert.js';
import { nearNames } from '../base/near.js';
import type { Type } from '../symbols/types.js';
import { cast } from './casts.js';
import { containerOf, ownedBy } from './containers.js';
import { BadIndexError, NoSuchMemberError, NoTypeError, NotAPlaceError, NotAPointerError, VoidPointerError } from './errors.js';
import type { PathStep } from './expression.js';
import { mapElement } from './maps.js';
import { findMember, isCompound, memberNames } from './members.js';
import { numberIn, offset } from './numbers.js';
import { described, direct, operand, type Part, type Place, type WalkContext } from './part.js';
import { arrayOf, behindReferences, pointerTo, targetOf } from './pointers.js';
import { nthElement } from './sequences.js';

/** One step further. Throws the errors of errors.ts. */
export function step(part: Part, to: PathStep, context: WalkContext): Part {
  switch (to.kind) {
    case 'member':
      return member(part, to.name, context);
    case 'arrow':
      return arrow(part, to.name, context);
    case 'index':
      return element(part, to.index, context);
    case 'element':
      return element(part, numberIn(context.partOf(to.index), context), context);
    case 'offset':
      return offset(part, to, context);
    case 'key':
      return keyed(part, to.key, context);
    case 'slice':
      return slice(part, to, context);
    case 'dereference':
      return dereference(part, context);
    case 'address':
      return addressOf(part, context);
    case 'cast':
      return cast(part, to.type, context);
    default:
      return assertNever(to);
  }
}

/** A part whose type is known, and that type: without references, typedefs and qualifiers. */
function opened(part: Part, context: WalkContext): { readonly part: Part; readonly type: Type } {
  const there = behindReferences(part, context);
  if (there.type === null) throw new NoTypeError(part.display);
  return { part: there, type: direct(there.type) };
}

/** `.` goes through pointers too, as in gdb, Go and Rust. */
function member(from: Part, name: string, context: WalkContext): Part {
  const { part, type } = opened(from, context);
  if (type.kind === 'pointer') return arrow(part, name, context);
  if (part.kind === 'value') throw new NoSuchMemberError(`${part.display} (${described(type)})`, name, []);
  return memberOf(part, name, { display: `${operand(part)}.${name}`, context });
}

function memberOf(part: Place, name: string, { display, context }: { readonly display: string; readonly context: WalkContext }): Place {
  const type = direct(part.type ?? UNKNOWN);
  const found = findMember(type, name);
  if (found === null) return context.staticMember(type, name) ?? throwNoMember(part, type, name);
  const { bits } = found.member;
  const at = found.offset + (bits === undefined ? 0 : Math.floor(bits.offset / 8) - found.member.offset);
  return {
    kind: 'place',
    address: part.address + BigInt(at),
    type: found.member.type(),
    bits: bits === undefined ? null : { offset: bits.offset % 8, width: bits.width },
    display,
    prefixed: false,
  };
}

const UNKNOWN: Type = { kind: 'other', name: '', size: 0 };

function throwNoMember(part: Part, type: Type, name: string): never {
  const names = memberNames(type);
  throw new NoSuchMemberError(`${part.display} (${described(type)})`, name, names, nearNames(name, names));
}

function arrow(from: Part, name: string, context: WalkContext): Part {
  const { part, type } = opened(from, context);
  const display = `${operand(part)}->${name}`;
  if (type.kind === 'pointer') return memberOf(pointed(part, type, context), name, { display, context });
  const owned = part.kind === 'place' && isCompound(type) ? ownedBy(part, context) : null;
  if (owned !== null) return memberOf(owned, name, { display, context });
  throw new NotAPointerError(`${part.display} (${described(type)})`, findMember(type, name) === null ? null : `${operand(part)}.${name}`);
}

/** What a pointer points to, which must be memory of a known type. */
function pointed(part: Part, type: Extract<Type, { kind: 'pointer' }>, context: WalkContext): Place {
  const target = type.target();
  const named = target === null ? '' : direct(target).name;
  if (target === null || named === 'void') throw new VoidPointerError(part.display, type.name);
  return targetOf(part, type, context);
}

function element(from: Part, index: number, context: WalkContext): Place {
  const { part, type } = opened(from, context);
  const display = `${operand(part)}[${index}]`;
  const isContainer = part.kind === 'place' && isCompound(type);
  const apart = isContainer ? (mapElement(part, index, context) ?? nthElement(part, index, context)) : null;
  if (apart !== null) return { ...apart, display, prefixed: false };
  const row = rowOf(part, type, { first: index, last: index, display, context });
  return {
    kind: 'place',
    address: row.start + BigInt(index) * BigInt(row.type.size),
    type: row.type,
    bits: null,
    display,
    prefixed: false,
  };
}

/** By a text: only maps have such keys. */
function keyed(from: Part, key: string, context: WalkContext): Place {
  const { part, type } = opened(from, context);
  const found = part.kind === 'place' && isCompound(type) ? mapElement(part, key, context) : null;
  if (found !== null) return { ...found, display: `${operand(part)}[${JSON.stringify(key)}]`, prefixed: false };
  throw new BadIndexError(`${part.display} (${described(type)}) has no texts as keys`, 0, 'Elements are counted: write a number.');
}

function slice(from: Part, { from: first, to: last }: Extract<PathStep, { kind: 'slice' }>, context: WalkContext): Place {
  const { part, type } = opened(from, context);
  const display = `${operand(part)}[${first}..${last}]`;
  const row = rowOf(part, type, { first, last, display, context });
  const count = last - first + 1;
  const { type: one } = row;
  return {
    kind: 'place',
    address: row.start + BigInt(first) * BigInt(one.size),
    type: arrayOf(one, count),
    bits: null,
    display,
    prefixed: false,
  };
}

interface Wanted {
  readonly first: number;
  readonly last: number;
  readonly display: string;
  readonly context: WalkContext;
}

/** Where element 0 is, and what all of them are. Throws BadIndexError where the wanted ones are not all there. */
function rowOf(part: Part, type: Type, wanted: Wanted): { readonly start: bigint; readonly type: Type } {
  const { context } = wanted;
  if (type.kind === 'array' && part.kind === 'place') {
    // No count: `extern int a[];`. Zero: the old way to write a struct's last member of any length.
    checkBounds(part, type.count === 0 ? null : type.count, wanted);
    return { start: part.address, type: type.element() };
  }
  if (type.kind === 'pointer') {
    const target = pointed(part, type, context);
    const to = target.type ?? UNKNOWN;
    if (to.size === 0) throw new VoidPointerError(part.display, type.name);
    return { start: target.address, type: to };
  }
  const container = part.kind === 'place' && isCompound(type) ? containerOf(part, context) : null;
  if (container === null)
    throw new BadIndexError(`${part.display} (${described(type)}) is no array`, wanted.first, 'Write it without the brackets.');
  checkBounds(part, container.count, wanted);
  return { start: container.start, type: container.element };
}

function checkBounds(part: Part, count: number | null, { first, last, display }: Wanted): void {
  const elements = `${part.display} has ${count} element${count === 1 ? '' : 's'}`;
  if (first < 0) throw new BadIndexError(`${display} is before the start of ${part.display}`, first, 'The first element is 0.');
  if (count === null || last < count) return;
  const hint = count === 0 ? 'It is empty now.' : `The last is ${operand(part)}[${count - 1}].`;
  throw new BadIndexError(`${display} is beyond the end: ${elements}`, last, hint);
}

function dereference(from: Part, context: WalkContext): Part {
  const { part, type } = opened(from, context);
  if (type.kind === 'pointer') return pointed(part, type, context);
  if (type.kind === 'array') return { ...element(part, 0, context), display: `*${part.display}`, prefixed: true };
  const owned = part.kind === 'place' && isCompound(type) ? ownedBy(part, context) : null;
  if (owned !== null) return { ...owned, display: `*${part.display}`, prefixed: true };
  throw new NotAPointerError(`${part.display} (${described(type)})`, null);
}

function addressOf(from: Part, context: WalkContext): Part {
  const part = behindReferences(from, context);
  if (part.kind === 'value' || part.bits !== null) throw new NotAPlaceError(part.display, part.kind === 'value' ? 'value' : 'bit-field');
  const type = part.type === null ? null : pointerTo(part.type);
  return { kind: 'value', value: part.address, type, display: `&${part.display}`, prefixed: true };
}

/** The memory that is meant in the end: what references stand for. Throws NotAPlaceError for what is a value only. */
export function placeOf(from: Part, context: WalkContext): Place {
  const part = behindReferences(from, context);
  if (part.kind === 'place') return part;
  const target = part.type !== null && direct(part.type).kind === 'pointer';
  throw new NotAPlaceError(part.display, 'value', { value: part.value, target: target ? `*${part.display}` : null });
}
