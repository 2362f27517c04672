// From the text of a condition to what is evaluated: docs/conditions.md has the grammar and the types.
import { assertNever } from '../base/assert.js';
import { nearNames } from '../base/near.js';
import type { Arithmetic, Condition, Operand, WatchedValue, Which } from '../conditions/index.js';
import { comparison } from './condition-compare.js';
import type { ConditionError } from './condition-error.js';
import { type Meaning, problem, type Subject, truthOf, wholeOperand } from './condition-meaning.js';
import { parseConditionText } from './condition-parse.js';
import type { Part, UnaryOperator } from './condition-syntax.js';

const WORDS = ['new', 'old', 'tid', 'pid', 'cpu', 'kernel', 'comm', 'true', 'false'];
const MOST_LISTED = 20;

/** What `text` says of hits on a value. Throws {@link ConditionError}. */
export function parseCondition(text: string, value: WatchedValue): Condition {
  const subject: Subject = { text, value };
  return truthOf(meaningOf(parseConditionText(text), subject), subject);
}

function meaningOf(part: Part, subject: Subject): Meaning {
  const { at } = part;
  switch (part.kind) {
    case 'word':
      return word(part.name, at, subject);
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

function word(name: string, at: number, subject: Subject): Meaning {
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
      if (subject.value.kind === 'float')
        return { type: 'literal', at, whole: null, value: Number.POSITIVE_INFINITY, text: name, truth: false };
      break;
    default:
  }
  const member = memberOf(name, subject.value);
  if (member === null) throw unknownWord(name, at, subject);
  return literal(member, at);
}

function watched(which: Which, at: number, subject: Subject): Meaning {
  const { value } = subject;
  switch (value.kind) {
    case 'integer': {
      const { field } = value;
      return {
        type: 'whole',
        at,
        truth: value.truth,
        operand: { kind: 'value', which, offset: 0, field, unsigned: !field.signed && field.bits === 64 },
      };
    }
    case 'float':
      return { type: 'float', at, operand: { kind: 'value', which, offset: 0, size: value.size } };
    case 'bytes':
      return { type: 'bytes', at, which, size: value.size };
    case 'none':
      throw problem(subject, at, {
        what: `there is no ${which} value where execution is watched`,
        hint: 'tid, pid, cpu, kernel and comm can be asked about.',
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

function unknownWord(name: string, at: number, subject: Subject): ConditionError {
  const { value } = subject;
  const members = value.kind === 'integer' ? [...value.members.keys()] : [];
  const near = nearNames(name, [...WORDS, ...members]);
  if (name.toLowerCase() === 'nan') {
    const hint =
      value.kind === 'float' ? 'No number equals it, not even itself: new != new is true for it.' : 'Only floating-point numbers have it.';
    return problem(subject, at, { what: 'NaN cannot be compared', hint });
  }
  const listed = members.length > MOST_LISTED ? [...members.slice(0, MOST_LISTED), '...'] : members;
  const hint = `Known are ${WORDS.join(', ')}${members.length > 0 ? `, and of ${value.kind === 'none' ? '' : value.name} ${listed.join(', ')}` : ''}.`;
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
  const left = meaningOf(leftPart, subject);
  const right = meaningOf(rightPart, subject);
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
      return { type: 'whole', at, truth: false, operand: arithmetic({ operator, left, right }, subject) };
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
