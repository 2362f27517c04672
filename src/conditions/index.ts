// The room's door.
export type { Arithmetic, Comparison, Condition, Fact, Field, FloatOperand, Operand } from './condition.js';
