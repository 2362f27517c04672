// What a file of tests or a scenario claims to show: the text in which an id counts. docs/requirements-coverage.md tells this rule to people.
import { type SourceWord, sourceWords, TEXT } from './source-words.js';

/** Thrown where a source could not be read to its end: then nothing is known about what it claims. */
export class MisreadSource extends Error {
  override readonly name = 'MisreadSource';
}

/** A call that makes a test or a group of tests. */
const TEST_CALL = /^(test|it|describe\w*)(\.|$)/;
/** Nothing in these runs. */
const NEVER_RUN = /\.(skip|todo)(\.|$)/;
/** What a test expects the program to print is no claim. */
const EXPECTATION = /(^|\.)(expect|to[A-Z]\w*)$/;
/** A title has one line; what has more is something that a test reads, a scenario for one. */
const SEVERAL_LINES = /\n|\\n/;
/** `source S0, R-105 to R-107`, up to a comment. */
const SCENARIO_SOURCE = /^[ \t]*source\b[^#\n]*/gm;

/** The parts of a TypeScript file in which an id counts. @throws MisreadSource */
export function claimsOfSource(text: string): string[] {
  const { words, unmatched } = sourceWords(text);
  if (unmatched !== 0) throw new MisreadSource(`${unmatched} brackets do not match`);
  return words.filter(isClaim).map(({ value }) => value);
}

function isClaim({ kind, value, calls, next }: SourceWord): boolean {
  if (calls.some((call) => NEVER_RUN.test(call))) return false;
  if (kind === 'text') return !SEVERAL_LINES.test(value) && !calls.some((call) => EXPECTATION.test(call));
  return calls.some((call) => TEST_CALL.test(call)) || (next !== null && isAboveTestOrCase(next));
}

/** A case is a row of a table: an object, a list, or its title alone. */
function isAboveTestOrCase(next: string): boolean {
  return TEST_CALL.test(next) || next === '{' || next === '[' || next === TEXT;
}

/** The lines of a scenario in which an id counts. */
export function claimsOfScenario(text: string): string[] {
  return [...text.matchAll(SCENARIO_SOURCE)].map(([line]) => line);
}
