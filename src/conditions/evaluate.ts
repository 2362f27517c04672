// Evaluates conditions on hits: each is compiled once to closures, which make no bigint unless a number beyond 2^53 is involved.
import { assertNever } from '../base/assert.js';
import type { Comparison, Condition } from './condition.js';
import { floatOf, operandOf, type Reads } from './evaluate-operands.js';
import { textMatcher } from './evaluate-text.js';
import type { HitFacts } from './fields.js';
import { mentions } from './mentions.js';
import type { Whole } from './whole.js';

/** `unknown`: what the condition is about is not known, and it matters. */
export type Answer = 'yes' | 'no' | 'unknown';

/** Whether a condition holds for a hit. */
export type Evaluate = (hit: HitFacts) => Answer;

/** Compiles `condition`. */
export function evaluator(condition: Condition): Evaluate {
  return compiled(condition, { failed: false });
}

function compiled(condition: Condition, reads: Reads): Evaluate {
  const part = (of: Condition): Evaluate => compiled(of, reads);
  switch (condition.kind) {
    case 'all':
      return combined(condition.of.map(part), { decisive: 'no', otherwise: 'yes' });
    case 'any':
      return combined(condition.of.map(part), { decisive: 'yes', otherwise: 'no' });
    case 'not': {
      const of = part(condition.of);
      return (hit) => opposite(of(hit));
    }
    case 'integers': {
      const [left, right] = [operandOf(condition.left, reads), operandOf(condition.right, reads)];
      const holds = compared(condition.comparison);
      return known(condition, reads, (hit) => holds(left(hit), right(hit)));
    }
    case 'floats': {
      const [left, right] = [floatOf(condition.left, reads), floatOf(condition.right, reads)];
      const holds = compared(condition.comparison);
      return known(condition, reads, (hit) => holds(left(hit), right(hit)));
    }
    case 'text': {
      const [matches, wanted] = [textMatcher(condition, reads), condition.comparison === '=='];
      return known(condition, reads, (hit) => matches(hit) === wanted);
    }
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

/** A comparison of what is known, and of what could be read. */
function known(condition: Condition, reads: Reads, holds: (hit: HitFacts) => boolean): Evaluate {
  const lacks = lacking(condition);
  const { memory, registers } = mentions(condition);
  if (!memory && !registers) return (hit) => (lacks(hit) ? 'unknown' : answer(holds(hit)));
  return (hit) => {
    if (lacks(hit)) return 'unknown';
    reads.failed = false;
    const result = holds(hit);
    return reads.failed ? 'unknown' : answer(result);
  };
}
