// Where in the code something happened, as far as symbols and debug information can tell.

/** A place in the code. What is not known is null, never guessed. */
export interface Place {
  /** Demangled function name. */
  readonly function: string | null;
  /** Source file as the compiler recorded it. */
  readonly file: string | null;
  /** Line in `file`, from 1. */
  readonly line: number | null;
  /** Base name of the module (program, library), `[kernel]`, `[vdso]`, or null for anonymous code. */
  readonly module: string | null;
  /** Bytes from the start of `function`. */
  readonly offset: number | null;
}
