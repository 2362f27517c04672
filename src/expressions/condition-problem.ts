// Errors about a part of a condition, made where the part is known.
import { HwbkptError } from '../base/errors.js';
import { ConditionError, type ConditionProblem } from './condition-error.js';
import type { Subject } from './condition-meaning.js';

/** An error that points at `at`. */
export function problem({ text }: Pick<Subject, 'text'>, at: number, what: ConditionProblem): ConditionError {
  return new ConditionError(text, at, what);
}

/** What `make` gives; what it throws about names, members and types becomes an error that points at `at`. */
export function pointingAt<T>(subject: Pick<Subject, 'text'>, at: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConditionError || !(error instanceof HwbkptError)) throw error;
    throw problem(subject, at, { what: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
  }
}
