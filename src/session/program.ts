// What a session needs to know of the program it watches: names to addresses, addresses to places, code bytes.
import type { CodeSource } from '../instructions/index.js';
import type { Access } from '../model/access.js';
import type { Place } from '../model/place.js';
import type { ValueType } from '../model/value.js';

/** A resolved expression. */
export interface ResolvedExpression {
  readonly address: bigint;
  /** Bytes; 1 for code. */
  readonly size: number;
  readonly type: ValueType;
}

export interface ResolveOptions {
  readonly access: Access;
  /** What `--as` named, for addresses and symbols without a type. */
  readonly as: string | null;
}

/** The program of one process, and the kernel under it. All look-ups are synchronous and cached. */
export interface Program extends Disposable {
  readonly pid: number;
  /** Throws the errors of expressions/ and BadRequestError. */
  resolve(expression: string, options: ResolveOptions): ResolvedExpression;
  place(address: bigint, kernel: boolean): Place;
  readonly code: CodeSource;
  functionStart(address: bigint): bigint | null;
  /** Looks at the process's mappings again. Returns whether they have changed. */
  refresh(): boolean;
  /** Whether any of `length` bytes at `address` may be in a mapping. */
  isMapped(address: bigint): boolean;
}
