// What can go wrong between commands that share a process.
import { HwbkptError } from '../../base/errors.js';

/** The other end does not speak as it should; the connection is given up. */
export class BrokenConversationError extends HwbkptError {
  readonly code = 'broken-conversation';
}

/** The owner of the process is gone, or has let go of it. */
export class OwnerGoneError extends HwbkptError {
  readonly code = 'owner-gone';

  constructor(because: string) {
    super(`the hwbkpt that had the process has let go of it: ${because}`, { hint: 'Attach to the process again.' });
  }
}

/** The owner does not take this client; `reason` says why, for people. */
export class NotSharedError extends HwbkptError {
  readonly code = 'not-shared';
}

/** An error as it travelled. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly marked: string | null;
}

/** What the owner was refused, or refuses; has its code, message and hint. */
export class RemoteError extends HwbkptError {
  readonly code: string;
  /** The expression with a caret below the part it is about; null where it is about none. */
  readonly marked: string | null;

  constructor({ code, message, hint, marked }: Told) {
    super(message, hint === null ? {} : { hint });
    this.code = code;
    this.marked = marked;
  }
}
