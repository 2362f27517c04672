// What a session needs to know of the program it watches: names to addresses, addresses to places, code bytes.
import type { ConditionNames, Followed } from '../expressions/index.js';
import type { CodeSource } from '../instructions/index.js';
import type { Access } from '../model/access.js';
import type { Place } from '../model/place.js';
import type { ValueType } from '../model/value.js';
import type { Boundaries } from './frame-exits.js';
import type { FrameVariable } from './frame-variable.js';
import type { Frames } from './frames.js';

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
  /** Whose copies of thread-local variables are meant where the expression does not say it; missing: the only thread's. */
  readonly tid?: number;
  /** Gets the pointers read on the way, also where an error is thrown. */
  readonly followed?: Followed[] | undefined;
}

/** A thread with variables of its own. */
export interface ThreadArea {
  readonly tid: number;
  readonly fsBase: bigint;
}

/** The program of one process, and the kernel under it; or the kernel alone. All look-ups are synchronous and cached. */
export interface Program extends Disposable {
  /** Null: the kernel itself. */
  readonly pid: number | null;
  /** Throws the errors of expressions/ and BadRequestError. */
  resolve(expression: string, options: ResolveOptions): ResolvedExpression;
  /** The local variable that `expression` names; null where it names none. Throws BadRequestError for one that cannot be watched. */
  frameVariable?(expression: string, options: ResolveOptions & { readonly decoder: Boundaries }): FrameVariable | null;
  /** What conditions on a watch of `expression` can name; null or missing: nothing of the program. */
  conditionNames?(expression: string, options: ResolveOptions): ConditionNames | null;
  place(address: bigint, kernel: boolean): Place;
  readonly code: CodeSource;
  functionStart(address: bigint): bigint | null;
  /** What can be told of its threads' stacks; null: nothing beyond call chains. */
  readonly frames: Frames | null;
  /** Looks again at what is loaded. Returns whether that has changed since the last look. */
  refresh(): boolean;
  /** Another number whenever code may have changed: then what was derived from code before does not hold. */
  readonly generation: number;
  /** Another program runs in the process now. Throws the errors of opening it. */
  reopen(): void;
  /** Whether the byte at `address` is mapped. */
  isMapped(address: bigint): boolean;
  /** Whether the byte at `address` is in a thread's stack; missing: it is in none. */
  isOnStack?(address: bigint): boolean;
  /** The thread among whose thread-local variables `address` is, as far as that can be told without stopping it; null: none. */
  threadAt?(address: bigint): ThreadArea | null;
  /** While a library is being loaded: whether what is mapped at `address` now is what the loader will leave there. */
  isInPlace(address: bigint): boolean;
}
