// Evaluates conditions on hits: each is compiled once to closures, which make no bigint unless a number beyond 2^53 is involved.
import { assertNever } from '../base/assert.js';
import type { Arithmetic, Comparison, Condition, FloatOperand, Operand, Which } from './condition.js';
import { bytesOf, fieldReader, floatReader, type HitFacts } from './fields.js';
import { mentions } from './mentions.js';
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

/** `unknown`: what the condition is about is not known, and it matters. */
export type Answer = 'yes' | 'no' | 'unknown';

/** Whether a condition holds for a hit. */
export type Evaluate = (hit: HitFacts) => Answer;

/** Compiles `condition`. */
export function evaluator(condition: Condition): Evaluate {
  switch (condition.kind) {
    case 'all':
      return combined(condition.of.map(evaluator), { decisive: 'no', otherwise: 'yes' });
    case 'any':
      return combined(condition.of.map(evaluator), { decisive: 'yes', otherwise: 'no' });
    case 'not': {
      const of = evaluator(condition.of);
      return (hit) => opposite(of(hit));
    }
    case 'integers':
      return integers(condition);
    case 'floats':
      return floats(condition);
    case 'bytes': {
      const wanted = condition.comparison === '==';
      return ({ oldBytes, newBytes }) =>
        oldBytes === null || newBytes === null ? 'unknown' : answer(areEqual(oldBytes, newBytes, condition.size) === wanted);
    }
    case 'comm': {
      const { text, comparison } = condition;
      return ({ comm }) => (comm === null ? 'unknown' : answer((comm === text) === (comparison === '==')));
    }
    default:
      return assertNever(condition);
  }
}

function answer(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}

function opposite(of: Answer): Answer {
  return of === 'unknown' ? of : answer(of === 'no');
}

/** The first decisive answer decides; else an unknown one does. */
function combined(
  parts: readonly Evaluate[],
  { decisive, otherwise }: { readonly decisive: Answer; readonly otherwise: Answer },
): Evaluate {
  return (hit) => {
    let result = otherwise;
    for (const part of parts) {
      const one = part(hit);
      if (one === decisive) return one;
      if (one === 'unknown') result = one;
    }
    return result;
  };
}

function areEqual(a: Uint8Array, b: Uint8Array, size: number): boolean {
  for (let i = 0; i < size; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Both kinds of number compare as JavaScript's do: wholes are canonical, and NaN is as IEEE has it. */
function compared(comparison: Comparison): (a: Whole, b: Whole) => boolean {
  switch (comparison) {
    case '==':
      return (a, b) => a === b;
    case '!=':
      return (a, b) => a !== b;
    case '<':
      return (a, b) => a < b;
    case '<=':
      return (a, b) => a <= b;
    case '>':
      return (a, b) => a > b;
    case '>=':
      return (a, b) => a >= b;
    default:
      return assertNever(comparison);
  }
}

/** Whether a value that `condition` speaks of is not known. */
function lacking(condition: Condition): (hit: HitFacts) => boolean {
  const { old, new: after } = mentions(condition);
  if (old && after) return ({ oldBytes, newBytes }) => oldBytes === null || newBytes === null;
  if (old) return ({ oldBytes }) => oldBytes === null;
  if (after) return ({ newBytes }) => newBytes === null;
  return () => false;
}

function integers(condition: Extract<Condition, { kind: 'integers' }>): Evaluate {
  const left = operand(condition.left);
  const right = operand(condition.right);
  const holds = compared(condition.comparison);
  const lacks = lacking(condition);
  return (hit) => (lacks(hit) ? 'unknown' : answer(holds(left(hit), right(hit))));
}

function floats(condition: Extract<Condition, { kind: 'floats' }>): Evaluate {
  const left = float(condition.left);
  const right = float(condition.right);
  const holds = compared(condition.comparison);
  const lacks = lacking(condition);
  return (hit) => (lacks(hit) ? 'unknown' : answer(holds(left(hit), right(hit))));
}

const NOTHING = new Uint8Array(0);

/** The bytes of a value that is known; see {@link lacking}. */
function known(hit: HitFacts, which: Which): Uint8Array {
  return bytesOf(hit, which) ?? NOTHING;
}

function float(of: FloatOperand): (hit: HitFacts) => number {
  if (of.kind === 'number') return () => of.value;
  const read = floatReader(of.size);
  return (hit) => read(known(hit, of.which));
}

function operand(of: Operand): (hit: HitFacts) => Whole {
  switch (of.kind) {
    case 'value': {
      const read = fieldReader(of.field);
      return (hit) => read(known(hit, of.which));
    }
    case 'number': {
      const value = whole(of.value);
      return () => value;
    }
    case 'fact': {
      const { fact } = of;
      return fact === 'kernel' ? ({ kernel }) => (kernel ? 1 : 0) : (hit) => hit[fact];
    }
    case 'arithmetic': {
      const [apply, left, right] = [OPERATIONS[of.operator], operand(of.left), operand(of.right)];
      return (hit) => apply(left(hit), right(hit), of.unsigned);
    }
    case 'negated':
    case 'inverted': {
      const [apply, value] = [of.kind === 'negated' ? negated : inverted, operand(of.of)];
      return (hit) => apply(value(hit), of.unsigned);
    }
    default:
      return assertNever(of);
  }
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
