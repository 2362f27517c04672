// The root of every error that a user can meet: a stable code, a message that names the thing, and a hint that says what to do.

/** What every hwbkpt error can carry beside its message. */
export interface ErrorDetails {
  /** What the reader can do about it, as one or more sentences. */
  readonly hint?: string;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * Base of all errors made for people. Subclasses fix `code`, a stable kebab-case word that programs may test;
 * messages may change between versions, codes may not.
 */
export abstract class HwbkptError extends Error {
  abstract readonly code: string;
  /** What to do about it; shown on a line of its own. */
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
  }
}
