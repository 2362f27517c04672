// What is said about an expression that does not follow the grammar: where it goes wrong, and what works.
import { HwbkptError } from '../base/errors.js';

/** The text cannot be read as an expression. */
export class ExpressionError extends HwbkptError {
  readonly code = 'bad-expression';
  readonly expression: string;
  /** Of the first character that does not fit, from 0; the text's length where its end came too soon. */
  readonly position: number;
  /** The text and, below it, a caret under {@link position}. */
  readonly marked: string;

  constructor(expression: string, position: number, what: string, hint?: string) {
    super(`cannot read ${JSON.stringify(expression)}: ${what}, at character ${position + 1}`, hint === undefined ? {} : { hint });
    this.expression = expression;
    this.position = position;
    this.marked = `${expression}\n${' '.repeat(position)}^`;
  }
}
