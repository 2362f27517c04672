// Which hits of a watch are wanted: what WatchOptions say, as one condition, and the test of it on hits that are complete.
import { allOf, type Condition, changed, evaluator, type HitFacts } from '../conditions/index.js';
import { type ConditionNames, parseCondition } from '../expressions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { WatchOptions } from './options.js';
import { watchedValue } from './watched-value.js';

/** The condition on hits of a watch on `info`; null: all are wanted. `names`: of the program, asked for where there is a text. Throws ConditionError. */
export function conditionOf(
  info: Pick<WatchInfo, 'type' | 'access'>,
  { condition, changesOnly = false }: Pick<WatchOptions, 'condition' | 'changesOnly'>,
  names: () => ConditionNames | null = () => null,
): Condition | null {
  const value = watchedValue(info);
  const asked = condition === undefined ? null : parseCondition(condition, value, names());
  return allOf([changesOnly ? changed(value) : null, asked]);
}

/** Whether a complete hit is wanted. One whose values are not known, so that nobody can tell, is. */
export type HitFilter = (hit: HitFacts) => boolean;

/** The test of `condition`. */
export function filterBy(condition: Condition): HitFilter {
  const evaluate = evaluator(condition);
  return (hit) => evaluate(hit) !== 'no';
}
