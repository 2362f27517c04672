// From the text of a condition to what is evaluated: docs/conditions.md has the grammar and the types.
import { assertNever } from '../base/assert.js';
import { nearNames } from '../base/near.js';
import type { Arithmetic, Condition, Operand, WatchedValue, Which } from '../conditions/index.js';
import { comparison } from './condition-compare.js';
import { converted } from './condition-conversions.js';
import { ConditionError } from './condition-error.js';
import { type ConditionNames, type Meaning, type Subject, truthOf, wholeOperand } from './condition-meaning.js';
import { named, register } from './condition-names.js';
import { parseConditionText } from './condition-parse.js';
import { meaningOfPlace } from './condition-places.js';
import { pointerArithmetic } from './condition-pointers.js';
import { problem } from './condition-problem.js';
import { addressOf, dereferenced, element, member } from './condition-steps.js';
import type { Part, UnaryOperator } from './condition-syntax.js';
import { direct, isReference } from './part.js';

const WORDS = ['new', 'old', 'tid', 'pid', 'cpu', 'kernel', 'comm', 'true', 'false'];
const MOST_LISTED = 20;

/** What `text` says of hits on a value, in a program with these names; without any, the hit's own words are all there is. Throws {@link ConditionError}. */
export function parseCondition(text: string, value: WatchedValue, names: ConditionNames | null = null): Condition {
  const subject: Subject = { text, value, names };
  return truthOf(meaningOf(parseConditionText(text), subject), subject);
}

/** `beside`: what stands on the other side of a comparison, whose members may be meant. */
function meaningOf(part: Part, subject: Subject, beside: Meaning | null = null): Meaning {
  const { at } = part;
  switch (part.kind) {
    case 'word':
      return word(part, subject, beside);
    case 'member':
      return member(meaningOf(part.of, subject), part.name, { at, subject });
    case 'index':
      return element(meaningOf(part.of, subject), meaningOf(part.index, subject), { at, subject });
    case 'dereference':
      return dereferenced(meaningOf(part.of, subject), { at, subject });
    case 'address':
      return addressOf(meaningOf(part.of, subject), { at, subject });
    case 'cast':
      return converted(meaningOf(part.of, subject), part.to, { at, subject });
    case 'whole':
      return literal(part.value, at);
    case 'fraction':
      return { type: 'literal', at, whole: null, value: part.value, text: part.text, truth: false };
    case 'character':
      return { type: 'text', at, text: part.text, character: part.value };
    case 'text':
      return { type: 'text', at, text: part.text, character: null };
    case 'unary':
      return unary(part.operator, meaningOf(part.of, subject), { at, subject });
    case 'binary':
      return binary(part, subject);
    default:
      return assertNever(part);
  }
}

function literal(whole: bigint, at: number, truth = false): Meaning {
  return { type: 'literal', at, whole, value: Number(whole), text: String(whole), truth };
}

function fact(name: 'tid' | 'pid' | 'cpu' | 'kernel', at: number): Meaning {
  return { type: 'whole', at, operand: { kind: 'fact', fact: name, unsigned: false }, truth: name === 'kernel' };
}

function word({ name, at }: Extract<Part, { kind: 'word' }>, subject: Subject, beside: Meaning | null): Meaning {
  switch (name) {
    case 'new':
    case 'old':
      return watched(name, at, subject);
    case 'tid':
    case 'pid':
    case 'cpu':
    case 'kernel':
      return fact(name, at);
    case 'comm':
      return { type: 'comm', at };
    case 'true':
    case 'false':
      return literal(name === 'true' ? 1n : 0n, at, true);
    case 'inf':
      if (subject.value.kind === 'float' || beside?.type === 'float')
        return { type: 'literal', at, whole: null, value: Number.POSITIVE_INFINITY, text: name, truth: false };
      break;
    default:
  }
  if (name.startsWith('$')) return register(name, at, subject);
  const value = memberOf(name, enumBeside(beside)) ?? memberOf(name, subject.value);
  if (value !== null) return literal(value, at);
  const known = named(name, at, subject);
  if ('near' in known) throw unknownWord(name, at, { subject, beside: enumBeside(beside), near: known.near });
  return known;
}

/** The value beside which a word stands. */
function enumBeside(beside: Meaning | null): WatchedValue {
  return (beside?.type === 'whole' ? beside.of : undefined) ?? { kind: 'none' };
}

function watched(which: Which, at: number, subject: Subject): Meaning {
  const { value, names } = subject;
  const type = names?.type ?? null;
  const where = { kind: 'value', which, offset: 0 } as const;
  const place = type === null ? {} : { place: { where, type, bits: null, size: type.size } };
  // What a reference refers to is not in the value.
  if (type !== null && isReference(direct(type))) return meaningOfPlace({ where, type, bits: null, size: type.size }, at, subject);
  switch (value.kind) {
    case 'integer': {
      const { field, truth } = value;
      const operand: Operand = { ...where, field, unsigned: !field.signed && field.bits === 64 };
      return { type: 'whole', at, truth, operand, of: value, typed: type, ...place };
    }
    case 'float':
      return { type: 'float', at, operand: { ...where, size: value.size }, of: value, ...place };
    case 'bytes':
      return { type: 'bytes', at, which, size: value.size, of: value, ...place };
    case 'none':
      throw problem(subject, at, {
        what: `there is no ${which} value where execution is watched`,
        hint: 'tid, pid, cpu, kernel, comm, registers ($rdi) and variables can be asked about.',
      });
    default:
      return assertNever(value);
  }
}

/** `GREEN`, also where it is written `color::GREEN`. */
function memberOf(name: string, value: WatchedValue): bigint | null {
  if (value.kind !== 'integer') return null;
  return value.members.get(name) ?? value.members.get(name.slice(name.lastIndexOf(':') + 1)) ?? null;
}

interface Unknown {
  readonly subject: Subject;
  /** The value beside which the word stands. */
  readonly beside: WatchedValue;
  /** Names of the program like it. */
  readonly near: readonly string[];
}

function unknownWord(name: string, at: number, { subject, beside, near: alike }: Unknown): ConditionError {
  const value = beside.kind === 'integer' && beside.members.size > 0 ? beside : subject.value;
  const members = value.kind === 'integer' ? [...value.members.keys()] : [];
  const near = [...new Set([...nearNames(name, [...WORDS, ...members]), ...alike])];
  if (name.toLowerCase() === 'nan') {
    const hint =
      value.kind === 'float' ? 'No number equals it, not even itself: new != new is true for it.' : 'Only floating-point numbers have it.';
    return problem(subject, at, { what: 'NaN cannot be compared', hint });
  }
  const listed = members.length > MOST_LISTED ? [...members.slice(0, MOST_LISTED), '...'] : members;
  const variables = subject.names === null ? '' : ", the program's variables";
  const hint = `Known are ${WORDS.join(', ')}${variables}${members.length > 0 ? `, and of ${value.kind === 'none' ? '' : value.name} ${listed.join(', ')}` : ''}.`;
  return problem(subject, at, { what: `${JSON.stringify(name)} means nothing here`, hint, near });
}

function unary(operator: UnaryOperator, of: Meaning, { at, subject }: { readonly at: number; readonly subject: Subject }): Meaning {
  if (operator === '!') return { type: 'condition', at, condition: { kind: 'not', of: truthOf(of, subject) } };
  if (of.type === 'literal' && !of.truth && (operator === '-' || operator === '+')) return signed(operator, of, { at, subject });
  const operand = wholeOperand(of, subject, JSON.stringify(operator));
  if (operator === '+') return { type: 'whole', at, operand, truth: false };
  const kind = operator === '-' ? 'negated' : 'inverted';
  return { type: 'whole', at, truth: false, operand: { kind, of: operand, unsigned: operand.unsigned } };
}

const LEAST = -(1n << 63n);

/** The sign of a number that stands in the text belongs to it. */
function signed(
  operator: '-' | '+',
  of: Extract<Meaning, { type: 'literal' }>,
  { at, subject }: { at: number; subject: Subject },
): Meaning {
  if (operator === '+') return { ...of, at };
  const whole = of.whole === null ? null : -of.whole;
  if (whole !== null && whole < LEAST) throw problem(subject, at, { what: `-${of.text} does not fit 64 bits` });
  return { ...of, at, whole, value: -of.value, text: `-${of.text}` };
}

function binary({ operator, at, left: leftPart, right: rightPart }: Extract<Part, { kind: 'binary' }>, subject: Subject): Meaning {
  const [left, right] = sides(leftPart, rightPart, subject);
  switch (operator) {
    case '&&':
    case '||':
      return {
        type: 'condition',
        at,
        condition: joined(operator === '&&' ? 'all' : 'any', truthOf(left, subject), truthOf(right, subject)),
      };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { type: 'condition', at, condition: comparison({ comparison: operator, at, left, right }, subject) };
    default:
      return (
        pointerArithmetic(operator, left, right) ?? {
          type: 'whole',
          at,
          truth: false,
          operand: arithmetic({ operator, left, right }, subject),
        }
      );
  }
}

/** Whether a word means the hit, whatever it stands beside. */
function isOwn(name: string): boolean {
  return WORDS.includes(name);
}

/** A word on one side may be a member of the other side's enumeration. */
function sides(left: Part, right: Part, subject: Subject): [Meaning, Meaning] {
  const first = left.kind === 'word' && !isOwn(left.name) ? unlessUnknown(left, subject) : meaningOf(left, subject);
  if (first !== null) return [first, meaningOf(right, subject, first)];
  const other = meaningOf(right, subject);
  return [meaningOf(left, subject, other), other];
}

/** Null for a word that means nothing by itself. */
function unlessUnknown(part: Part, subject: Subject): Meaning | null {
  try {
    return meaningOf(part, subject);
  } catch (error) {
    if (error instanceof ConditionError) return null;
    throw error;
  }
}

/** `a && b && c` is one condition of three. */
function joined(kind: 'all' | 'any', left: Condition, right: Condition): Condition {
  return { kind, of: left.kind === kind ? [...left.of, right] : [left, right] };
}

function arithmetic({ operator, left, right }: { operator: Arithmetic; left: Meaning; right: Meaning }, subject: Subject): Operand {
  const beside = JSON.stringify(operator);
  const a = wholeOperand(left, subject, beside);
  const b = wholeOperand(right, subject, beside);
  const isShift = operator === '<<' || operator === '>>';
  if (isShift && b.kind === 'number' && (b.value < 0n || b.value > 63n))
    throw problem(subject, right.at, { what: `a shift by ${b.value} makes no sense: numbers have 64 bits` });
  if ((operator === '/' || operator === '%') && b.kind === 'number' && b.value === 0n)
    throw problem(subject, right.at, { what: 'this divides by zero' });
  return { kind: 'arithmetic', operator, left: a, right: b, unsigned: isShift ? a.unsigned : a.unsigned || b.unsigned };
}
