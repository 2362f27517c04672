// Reads once all that a condition reads. The kernel's programs cannot wait for memory that is not there yet, as a page that nobody has touched
// is: who reads it from outside brings it in.
import type { Condition } from './condition.js';
import { evaluator } from './evaluate.js';
import type { HitFacts } from './fields.js';

/** Reads what `condition` would look at for `hit`, with its moment; nothing is decided, so nothing is left out. */
export function touch(condition: Condition, hit: HitFacts): void {
  switch (condition.kind) {
    case 'all':
    case 'any':
      for (const part of condition.of) touch(part, hit);
      return;
    case 'not':
      touch(condition.of, hit);
      return;
    default:
      evaluator(condition)(hit);
  }
}
