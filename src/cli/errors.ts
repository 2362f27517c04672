// What the command line adds to the errors of the layers below: wrong usage.
import { HwbkptError } from '../base/errors.js';

/** The command was not used as its help says; ends with status 2. */
export class UsageError extends HwbkptError {
  readonly code = 'usage';
}

/** Exit statuses (DESIGN.md section 8). */
export const STATUS = { OK: 0, USAGE: 2, STRICT: 3, FAILED: 125 } as const;
