// What is said about a condition that cannot be read, or means nothing for its variable: where it goes wrong, and what works.
import { HwbkptError } from '../base/errors.js';

/** The text is no condition, or none on the values that are watched. */
export class ConditionError extends HwbkptError {
  readonly code = 'bad-condition';
  readonly condition: string;
  /** Of the first character that does not fit, from 0; the text's length where its end came too soon. */
  readonly position: number;
  /** The text and, below it, a caret under {@link position}. Also the first two lines of the hint. */
  readonly marked: string;
  /** Words that may have been meant, nearest first. */
  readonly near: readonly string[];

  constructor(condition: string, position: number, { what, hint, near = [] }: ConditionProblem) {
    // One column for each character, whatever it is.
    const marked = `${condition.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')}\n${' '.repeat(position)}^`;
    const meant = near.length > 0 ? `Did you mean ${near.join(', ')}?` : undefined;
    const advice = [meant, hint].filter((line) => line !== undefined).join(' ');
    super(`cannot use the condition ${JSON.stringify(condition)}: ${what}, at character ${position + 1}`, {
      hint: advice === '' ? marked : `${marked}\n${advice}`,
    });
    this.condition = condition;
    this.position = position;
    this.marked = marked;
    this.near = near;
  }
}

/** What is wrong, and what to do about it. */
export interface ConditionProblem {
  readonly what: string;
  readonly hint?: string;
  readonly near?: readonly string[];
}
