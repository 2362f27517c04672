// Comparisons in conditions: which sides can stand beside each other, and what comes of it.
import { type Comparison, type Condition, type FloatOperand, MOST_COMM_BYTES } from '../conditions/index.js';
import { called, commText, type Meaning, nameOf, numberOperand, type Subject, wholeOperand } from './condition-meaning.js';
import { problem } from './condition-problem.js';
import { texts } from './condition-texts.js';

export interface Sides {
  readonly comparison: Comparison;
  /** Where the operator stands. */
  readonly at: number;
  readonly left: Meaning;
  readonly right: Meaning;
}

/** The condition that both sides make. Throws ConditionError. */
export function comparison(sides: Sides, subject: Subject): Condition {
  const { left, right } = sides;
  if (left.type === 'condition' || right.type === 'condition') throw comparedConditions(sides, subject);
  if (left.type === 'comm' || right.type === 'comm') return names(sides, subject);
  if (isText(left) || isText(right)) return texts({ ...sides, comparison: equality(sides, subject, 'texts') }, subject);
  if (left.type === 'bytes' || right.type === 'bytes') return bytes(sides, subject);
  if (left.type === 'float' || right.type === 'float' || isFraction(left) || isFraction(right)) return floats(sides, subject);
  return truths(sides) ?? integers(sides, subject);
}

/** Between double quotes, or more than one character. */
function isText(meaning: Meaning): boolean {
  return meaning.type === 'text' && meaning.character === null;
}

function isFraction(meaning: Meaning): boolean {
  return meaning.type === 'literal' && meaning.whole === null;
}

/** `1 < new < 5`, and `new & 1 == 0` with the brackets forgotten. */
function comparedConditions({ comparison, at, left }: Sides, subject: Subject): Error {
  const chained = left.type === 'condition' && left.condition.kind === 'integers' && comparison !== '==' && comparison !== '!=';
  return problem(subject, at, {
    what: `what ${chained ? 'a comparison has told' : 'is true or false'} cannot be compared`,
    hint: chained
      ? 'In C, 1 < new < 5 compares a truth with 5: write 1 < new && new < 5.'
      : 'Put what belongs together in brackets, as in !(new == 5); a condition by itself needs no == true.',
  });
}

/** `comparison` where that is == or !=. Throws ConditionError. */
function equality({ comparison, at }: Sides, subject: Subject, what: string): '==' | '!=' {
  if (comparison === '==' || comparison === '!=') return comparison;
  throw problem(subject, at, { what: `${what} can only be compared with == and !=` });
}

function names(sides: Sides, subject: Subject): Condition {
  const other = sides.left.type === 'comm' ? sides.right : sides.left;
  if (other.type !== 'text') {
    const what = other.type === 'comm' ? "a thread's name is always itself" : `a thread's name is no number: this is ${called(other)}`;
    throw problem(subject, other.at, { what, hint: 'Write it between quotes: comm == "worker".' });
  }
  return { kind: 'comm', comparison: equality(sides, subject, 'names'), text: commText(other, subject, MOST_COMM_BYTES) };
}

function bytes(sides: Sides, subject: Subject): Condition {
  const { left, right } = sides;
  const changes = left.type === 'bytes' && right.type === 'bytes' && left.which !== null && right.which !== null;
  if (!changes || left.which === right.which) {
    const odd = left.type === 'bytes' ? left : right;
    throw problem(subject, odd.at, {
      what: `this is ${called(odd)}, which can only be compared with what it was`,
      hint: 'Write new != old. For more name a member of it, or give its address with --as.',
    });
  }
  return { kind: 'bytes', comparison: equality(sides, subject, 'values without a number'), size: left.size };
}

function floats(sides: Sides, subject: Subject): Condition {
  const { left, right } = sides;
  const size = left.type === 'float' ? left.operand.size : right.type === 'float' ? right.operand.size : 8;
  const [a, b] = [floatOperand(sides, left, { size, subject }), floatOperand(sides, right, { size, subject })];
  return { kind: 'floats', comparison: sides.comparison, left: a, right: b };
}

function floatOperand({ left, right }: Sides, side: Meaning, { size, subject }: { size: 4 | 8; subject: Subject }): FloatOperand {
  if (side.type === 'float') return side.operand;
  if (side.type === 'literal' && !side.truth) {
    const value = size === 4 ? Math.fround(side.value) : side.value;
    if (Number.isFinite(value) || side.text.endsWith('inf')) return { kind: 'number', value, size };
    throw problem(subject, side.at, {
      what: `${side.text} is beyond the largest ${size === 4 ? 'float' : 'double'}`,
      hint: 'Infinity is written inf.',
    });
  }
  const other = side === left ? right : left;
  const odd = isFraction(other) ? other : side;
  throw problem(subject, odd.at, {
    what: mixed(odd, side === odd ? other : side),
    ...(isFraction(odd) ? { hint: 'Take a whole number.' } : {}),
  });
}

function mixed(odd: Meaning, beside: Meaning): string {
  return `${called(odd)} cannot be compared with ${called(beside)}`;
}

/** `flag == true`: true is whatever is not 0. Null where no truth is compared with true or false. */
function truths({ comparison, left, right }: Sides): Condition | null {
  if (comparison !== '==' && comparison !== '!=') return null;
  const [value, literal] = left.type === 'whole' ? [left, right] : [right, left];
  if (value.type !== 'whole' || !value.truth || literal.type !== 'literal' || !literal.truth) return null;
  const wantsZero = (literal.whole === 0n) === (comparison === '==');
  return {
    kind: 'integers',
    comparison: wantsZero ? '==' : '!=',
    left: value.operand,
    right: { kind: 'number', value: 0n, unsigned: false },
  };
}

function integers(sides: Sides, subject: Subject): Condition {
  const { comparison, left, right } = sides;
  const beside = `"${comparison}"`;
  const condition: Condition = {
    kind: 'integers',
    comparison,
    left: wholeOperand(left, subject, beside),
    right: wholeOperand(right, subject, beside),
  };
  if (comparison === '==' || comparison === '!=') {
    refuseImpossible(left, right, subject);
    refuseImpossible(right, left, subject);
  }
  return condition;
}

/** `new == 300` of one byte: it never is, and who wrote it meant something else. */
function refuseImpossible(value: Meaning, other: Meaning, subject: Subject): void {
  const number = numberOperand(other);
  if (value.type !== 'whole' || number === null || number.kind !== 'number') return;
  const { operand } = value;
  if (operand.kind !== 'value' && operand.kind !== 'memory') return;
  const [least, most] = rangeOf(operand.field);
  if (number.value >= least && number.value <= most) return;
  throw problem(subject, other.at, {
    what: `${operand.kind === 'value' ? operand.which : 'what stands there'} is never that: ${nameOf(value.of)} goes from ${least} to ${most}`,
    ...alternative(number.value, { least, most }),
  });
}

/** 0xffffffff of a signed one is -1. */
function alternative(number: bigint, { least, most }: { least: bigint; most: bigint }): { hint?: string } {
  const sameBits = number - (most - least + 1n);
  return sameBits >= least && sameBits < 0n ? { hint: `The same bits are ${sameBits}.` } : {};
}

function rangeOf({ bits, signed }: { readonly bits: number; readonly signed: boolean }): [bigint, bigint] {
  const values = 1n << BigInt(bits);
  return signed ? [-values / 2n, values / 2n - 1n] : [0n, values - 1n];
}
