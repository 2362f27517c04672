// What errors about a part of an expression share: where in the text that part is.
import { HwbkptError } from '../base/errors.js';

/** The expression reads well, but a part of it means nothing. */
export abstract class PartError extends HwbkptError {
  #expression: string | null = null;
  #position: number | null = null;

  /** As typed; null where it is not known. */
  get expression(): string | null {
    return this.#expression;
  }

  /** Of the part, from 0; null where it is not known. */
  get position(): number | null {
    return this.#position;
  }

  /** The text and, below it, a caret under {@link position}; null where it is not known. */
  get marked(): string | null {
    return this.#expression === null ? null : `${this.#expression}\n${' '.repeat(this.#position ?? 0)}^`;
  }

  /** Says where; what is said first stays. */
  locate(expression: string, position: number): void {
    if (this.#expression !== null) return;
    this.#expression = expression;
    this.#position = position;
  }
}

/** Runs `make`; an error about a part gets the place. */
export function located<T>(expression: string, position: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PartError) error.locate(expression, position);
    throw error;
  }
}

/** Names for a sentence, the first `most` of them. */
export function listed(names: readonly string[], most = 20): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
