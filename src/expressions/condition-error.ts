// What is said about a condition that cannot be read, or means nothing for its variable: where it goes wrong, and what works.
import { HwbkptError } from '../base/errors.js';

/** The text is no condition, or none on the values that are watched. */
export class ConditionError extends HwbkptError {
  readonly code = 'bad-condition';
  readonly condition: string;
  /** Of the first character that does not fit, from 0; the text's length where its end came too soon. */
  readonly position: number;
  /** The text (of a long one a part) and, below it, a caret under the character at {@link position}. Also the first two lines of the hint. */
  readonly marked: string;
  /** Words that may have been meant, nearest first. */
  readonly near: readonly string[];

  constructor(condition: string, position: number, { what, hint, near = [] }: ConditionProblem) {
    const marked = mark(condition, position);
    const meant = near.length > 0 ? `Did you mean ${near.join(', ')}?` : undefined;
    const advice = [meant, hint].filter((line) => line !== undefined).join(' ');
    super(`cannot use the condition ${JSON.stringify(shortened(condition))}: ${what}, at character ${position + 1}`, {
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

/** Characters shown of a text, and before the one that is pointed at. */
const MOST_SHOWN = 100;
const SHOWN_BEFORE = 60;

function shortened(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, SHOWN_BEFORE)}...`;
}

/** The text, or of a long one the part around `position`, with a caret below. */
function mark(text: string, position: number): string {
  const from = text.length <= MOST_SHOWN ? 0 : Math.max(0, position - SHOWN_BEFORE);
  // One column for each character, whatever it is.
  const shown = text.slice(from, from + MOST_SHOWN).replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return `${shown}\n${' '.repeat(position - from)}^`;
}
