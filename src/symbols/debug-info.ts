// What the rest of hwbkpt asks of one module's debug information, whatever format it is in.
import type { FileAddress } from '../base/brand.js';
import type { InlinedCall } from './dwarf/inlines.js';
import type { CallMade, LocalVariable } from './frame.js';
import type { Type } from './types.js';

/** A variable with a fixed address: a global, a file's static, a function's static, a static member. */
export interface Variable {
  /** Plain name, as the innermost scope declares it. */
  readonly name: string;
  /** With its namespaces and classes: `game::state`; equals `name` in C. */
  readonly qualifiedName: string;
  /** The function that owns it, for a static inside a function; else null. */
  readonly function: string | null;
  /** Source file of its compilation unit, as the compiler recorded it. */
  readonly file: string;
  /** null: described, but without an address (optimised away, constant, or thread-local); `absence` says why. */
  readonly address: FileAddress | null;
  readonly absence: 'optimised-away' | 'constant' | 'thread-local' | 'declaration' | null;
  /** Of a thread-local variable: bytes from the start of the module's block of each thread. */
  readonly threadOffset?: bigint;
  /** Of a constant: its number (as many bits as its type has), or its bytes; missing where only a running program has it. */
  readonly constant?: bigint | Uint8Array;
  /** Visible outside its file. */
  readonly external: boolean;
  type(): Type | null;
}

/** A source position. `file` as recorded, made absolute with its directory where that is recorded. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** Code of one line: bytes from `start` up to `end`. */
export interface LineSpan extends SourceLine {
  readonly start: FileAddress;
  readonly end: FileAddress;
}

/** The debug information of one ELF file. All look-ups are lazy, cached, and never throw for bad input: they find less. */
export interface DebugInfo {
  /** Variables whose `name` or `qualifiedName` is `name`. */
  variables(name: string): readonly Variable[];
  /** Names of all variables with an address, for suggestions and completion. */
  variableNames(): Iterable<string>;
  /** Types called `name` (without `struct` and the like), outside functions; with all their scopes first, then with outer ones left out. */
  types(name: string): readonly Type[];
  /** The line of the instruction that contains `address`, or null. */
  lineAt(address: FileAddress): SourceLine | null;
  /** The lines of the code from `low` up to `high` (at most a MiB), in order of address; what belongs to no line is left out. */
  linesIn(low: FileAddress, high: FileAddress): readonly LineSpan[];
  /**
   * The code of the first line from `line` on that has some, in the source files whose path ends with `file` (whole names of folders), in order
   * of address; of one file where several match. Empty where there is none.
   */
  codeOfLine(file: string, line: number): readonly LineSpan[];
  /** Variables that the unit which holds the code at `address` declares outside functions, or within them as static. */
  variablesAround(address: FileAddress): readonly Variable[];
  /** Name of the (not inlined) function whose code contains `address`, or null. */
  functionAt(address: FileAddress): string | null;
  /** The calls that were inlined around the instruction that contains `address`, innermost first. */
  inlinedAt(address: FileAddress): readonly InlinedCall[];
  /** Parameters and local variables of the function at `address`, those of the innermost block (or inlined function) first; a name may come more than once. */
  localsAt(address: FileAddress): readonly LocalVariable[];
  /** What `call` has put into a register (by DWARF's number), as the compiler describes it; null where it does not, or does not know. */
  argumentOf(call: CallMade, register: number): bigint | null;
  /** What was found to be broken while reading, for `doctor` and diagnostics; empty when all is well. */
  readonly problems: readonly string[];
}
