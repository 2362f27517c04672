// The room's door.
export { allOf, changed } from './changes.js';
export {
  type Arithmetic,
  type Comparison,
  type Condition,
  type Fact,
  type FloatOperand,
  type IntegerField,
  MOST_COMM_BYTES,
  type Operand,
  type Which,
} from './condition.js';
export { type Answer, type Evaluate, evaluator } from './evaluate.js';
export type { HitFacts } from './fields.js';
export { type Mentions, mentions } from './mentions.js';
export { utf8 } from './utf8.js';
export type { WatchedValue } from './watched-value.js';
