// What a debug register's value means, for programs (plain JSON with stable keys) and for people (lines of text).
import { assertNever } from '../base/assert.js';
import { type Dr6Explanation, dr6Lines } from './explain-dr6.js';
import { type Dr7Explanation, dr7Lines } from './explain-dr7.js';

/** What {@link explainDr6} or {@link explainDr7} found; survives JSON unchanged. */
export type Explanation = Dr6Explanation | Dr7Explanation;

/** The explanation as lines for people, without line ends. */
export function explanationLines(explanation: Explanation): string[] {
  switch (explanation.type) {
    case 'dr6':
      return dr6Lines(explanation);
    case 'dr7':
      return dr7Lines(explanation);
    default:
      return assertNever(explanation);
  }
}
