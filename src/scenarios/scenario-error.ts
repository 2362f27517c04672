// What is said about a scenario that cannot be read: where, which word, what is meant instead.
import { HwbkptError } from '../base/errors.js';

/** A place in a scenario's text; both count from 1, columns in UTF-16 units. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** What kind of mistake it is. */
export type ScenarioErrorCode =
  /** A character or word that the grammar has no place for here. */
  | 'scenario-syntax'
  /** A name that is declared nowhere, or of the wrong kind. */
  | 'scenario-unknown-name'
  /** A name that is declared twice, or is a word of the language. */
  | 'scenario-name-taken'
  /** A number, address or length outside what there is. */
  | 'scenario-range'
  /** A line that must be there, or must not be there twice. */
  | 'scenario-structure';

/** What a {@link ScenarioError} is made of. */
export interface Mistake {
  readonly code: ScenarioErrorCode;
  readonly spot: Spot;
  /** The offending word; '' at the end of a line. */
  readonly found: string;
  readonly message: string;
  /** Names that may have been meant, nearest first. */
  readonly near?: readonly string[];
  readonly hint?: string;
}

/** One mistake in a scenario. */
export class ScenarioError extends HwbkptError {
  readonly code: ScenarioErrorCode;
  readonly line: number;
  readonly column: number;
  readonly found: string;
  readonly near: readonly string[];

  constructor({ code, spot, found, message, near = [], hint }: Mistake) {
    const meant = near.length === 0 ? '' : ` Near: ${near.join(', ')}.`;
    const advice = `${hint ?? ''}${meant}`.trim();
    super(`${spot.line}:${spot.column}: ${message}`, advice === '' ? {} : { hint: advice });
    this.code = code;
    this.line = spot.line;
    this.column = spot.column;
    this.found = found;
    this.near = near;
  }
}

/** The line of `text` that `error` is about, and below it a caret under the word. */
export function markedLine(text: string, { line, column }: Spot): string[] {
  const shown = (text.split(/\r?\n/)[line - 1] ?? '').replaceAll('\t', ' ');
  return [shown, `${' '.repeat(Math.max(0, column - 1))}^`];
}
