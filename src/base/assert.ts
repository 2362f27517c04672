// Checks that hold by construction: when one fails, hwbkpt itself is wrong, never the user's input.

/** A broken invariant of hwbkpt itself. Never thrown for bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** The end of every exhaustive switch: the compiler proves that it is not reached. */
export function assertNever(value: never): never {
  throw new AssertionError(`not a known case: ${JSON.stringify(value)}`);
}

/** `value`, which by construction is there. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`missing: ${what}`);
  return value;
}
