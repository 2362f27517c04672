// What can go wrong for somebody who looks for a value, each with a stable code and advice.
import { HwbkptError } from '../../base/errors.js';

/** The value cannot be looked for as the type that was asked for. */
export class BadValueError extends HwbkptError {
  readonly code = 'bad-value';
}

/** The memory that was asked for is not there. */
export class NothingToSearchError extends HwbkptError {
  readonly code = 'nothing-to-search';
}

/** More places hold the value than can be kept. */
export class TooManyPlacesError extends HwbkptError {
  readonly code = 'too-many-places';

  constructor(most: number) {
    super(`more than ${most} places hold this value`, {
      hint: 'Begin while it has a rarer value (not 0 or 1), with a wider --type, or in a part of the memory with --in.',
    });
  }
}

/** There is no earlier search to go on with, or it cannot be gone on with. */
export class NoSearchError extends HwbkptError {
  readonly code = 'no-search';
}

/** The file that keeps a search between calls is damaged, or not one that may be trusted. */
export class BadSearchFileError extends HwbkptError {
  readonly code = 'bad-search-file';
}

/** Somebody pressed Ctrl-C. */
export class InterruptedError extends HwbkptError {
  readonly code = 'interrupted';
}

/** The kernel does not let this user read its memory, or hides where it lies. */
export class KernelUnreadableError extends HwbkptError {
  readonly code = 'kernel-unreadable';
}
