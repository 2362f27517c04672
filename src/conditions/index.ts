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
  MOST_TEXT_BYTES,
  type Operand,
  REGISTERS,
  type Register,
  type TextPlace,
  type Which,
} from './condition.js';
export { type Answer, type Evaluate, evaluator } from './evaluate.js';
export type { HitFacts, Moment } from './fields.js';
export { type Mentions, mentions } from './mentions.js';
export { touch } from './touch.js';
export { utf8 } from './utf8.js';
export type { WatchedValue } from './watched-value.js';
