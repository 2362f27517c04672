// What a server can fail with before anybody is connected.
import { HwbkptError } from '../base/errors.js';

/** Nobody can be served at `where`: the port or socket is taken, or may not be opened. */
export class CannotListenError extends HwbkptError {
  readonly code = 'cannot-listen';
  readonly where: string;

  constructor(where: string, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`cannot listen on ${where}: ${text}`, { cause, hint: 'Choose another port, or 0 for any that is free.' });
    this.where = where;
  }
}
