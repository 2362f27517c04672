// Steps in conditions: members, elements, pointers, addresses and casts, each from a meaning to the next.
import { nearNames } from '../base/near.js';
import type { Operand } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import { called, type Meaning, numberOperand, type Subject, wholeOperand } from './condition-meaning.js';
import { behindReferences, type ConditionPlace, constant, meaningOfPlace, placeAt, plus, pointedBy, typeName } from './condition-places.js';
import { pointingAt, problem } from './condition-problem.js';
import { NoSuchMemberError } from './errors.js';
import { findMember, isCompound, memberNames } from './members.js';
import { described, direct } from './part.js';
import { pointerTo } from './pointers.js';

/** Where a step stands in the text, and what the text is about. */
export interface StepAt {
  readonly at: number;
  readonly subject: Subject;
}

/** `of.name`, `of->name`: both go through pointers, as everywhere in expressions. */
export function member(of: Meaning, name: string, { at, subject }: StepAt): Meaning {
  const place = pointerTarget(of) ?? placeOf(of, { at, subject });
  const type = place.type === null ? null : direct(place.type);
  if (type === null || !isCompound(type)) throw problem(subject, at, { what: `${typeName(place)} has no members` });
  const found = findMember(type, name);
  if (found === null) {
    const names = memberNames(type);
    return pointingAt(subject, at, () => {
      throw new NoSuchMemberError(described(type), name, names, nearNames(name, names));
    });
  }
  const { bits } = found.member;
  const first = bits === undefined ? 0 : Math.floor(bits.offset / 8) - found.member.offset;
  const of0 = bits === undefined ? null : { offset: bits.offset % 8, width: bits.width };
  return meaningOfPlace(placeAt(place, found.offset + first, found.member.type(), of0), at, subject);
}

/** `of[index]`: of an array, or of what a pointer leads to. */
export function element(of: Meaning, index: Meaning, { at, subject }: StepAt): Meaning {
  const target = pointerTarget(of);
  const array = target === null ? arrayOf(of, { at, subject }) : null;
  const first = target ?? array?.first;
  if (first === undefined) throw problem(subject, at, { what: `${called(of)} has no elements` });
  if (first.size === 0) throw problem(subject, at, { what: 'nothing tells how large its elements are' });
  const number = numberOperand(index);
  if (number !== null && number.kind === 'number') {
    const { count = null } = array ?? {};
    if (count !== null && (number.value < 0n || number.value >= BigInt(count)))
      throw problem(subject, index.at, { what: `there is no element ${number.value}: there are ${count}`, hint: 'The first is 0.' });
    return meaningOfPlace(placeAt(first, Number(number.value) * first.size, first.type ?? NOTHING), at, subject);
  }
  if (first.where.kind === 'value') throw problem(subject, index.at, { what: 'an element of the value itself is told by a number' });
  const operand = wholeOperand(index, subject, '"[ ]"');
  return meaningOfPlace(pointedBy(sum(first.where.address, scaled(operand, first.size)), first.type), at, subject);
}

const NOTHING: Type = { kind: 'other', name: '', size: 0 };

function arrayOf(of: Meaning, step: StepAt): { readonly first: ConditionPlace; readonly count: number | null } | null {
  const place = placeOf(of, step);
  const type = place.type === null ? null : direct(place.type);
  if (type?.kind !== 'array') return null;
  return { first: placeAt(place, 0, type.element()), count: type.count };
}

/** `*of` */
export function dereferenced(of: Meaning, { at, subject }: StepAt): Meaning {
  const target = pointerTarget(of) ?? (of.place === undefined ? null : arrayOf(of, { at, subject })?.first);
  if (target === null || target === undefined)
    throw problem(subject, at, { what: `${called(of)} is no pointer`, hint: 'Give it a type: *(int *)new.' });
  return meaningOfPlace(target, at, subject);
}

/** `&of` */
export function addressOf(of: Meaning, { at, subject }: StepAt): Meaning {
  const { where, type, bits } = placeOf(of, { at, subject });
  if (where.kind === 'value')
    throw problem(subject, at, { what: `${where.which} is a value, and has no address`, hint: 'Write & before the name of the variable.' });
  if (bits !== null) throw problem(subject, at, { what: 'a bit-field has no address' });
  return { type: 'whole', at, operand: where.address, truth: false, typed: type === null ? null : pointerTo(type) };
}

/** What `of` points to; null where it is no pointer with a type behind it. */
function pointerTarget(of: Meaning): ConditionPlace | null {
  if (of.type !== 'whole' || of.typed == null) return null;
  const type = direct(of.typed);
  const target = type.kind === 'pointer' ? type.target() : null;
  return target === null || direct(target).name === 'void' ? null : behindReferences(pointedBy(of.operand, target));
}

/** Throws ConditionError for what lies nowhere, or is not known by its type. */
function placeOf(of: Meaning, { at, subject }: StepAt): ConditionPlace {
  const { place, type } = of;
  if (place !== undefined) return place;
  if (of.type === 'whole' && of.misuse !== undefined) {
    const { misuse } = of;
    return pointingAt(subject, of.at, () => {
      throw misuse();
    });
  }
  throw problem(subject, at, {
    what: type === 'whole' || type === 'bytes' ? 'nothing tells what this consists of' : 'this has no parts',
    hint: 'Where there is no debug information, an address can be cast: (*(struct foo *)new).x.',
  });
}

/** `a + b` of addresses. */
export function sum(left: Operand, right: Operand): Operand {
  return right.kind === 'number' ? plus(left, Number(right.value)) : { kind: 'arithmetic', operator: '+', left, right, unsigned: true };
}

/** `operand` times so many bytes. */
export function scaled(operand: Operand, bytes: number): Operand {
  if (bytes === 1) return operand;
  return { kind: 'arithmetic', operator: '*', left: operand, right: constant(BigInt(bytes)), unsigned: operand.unsigned };
}
