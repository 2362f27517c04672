// What a case needs of the threads under an interface: a program that the case writes, its threads, and what becomes of them. There are two
// such worlds, the simulated machine and the running kernel, and each case is written once for both.

import type { Cause } from '../../src/facility/events.js';
import type { Linear } from '../../src/facility/index.js';
import type { Rules } from '../../src/facility/rules.js';
import type { Host, StopView } from '../../src/interfaces/host.js';
import type { HostTracer } from '../../src/interfaces/tracer.js';
import type { SignalSink } from '../../src/interfaces/utrace/index.js';
import type { Instruction, SignalName } from '../../src/machine/program.js';

/** The tracer of all cases. */
export const TRACER = 100;
/** The status with which NetBSD's children say that all went well. */
export const GOOD_STATUS = 5;

/** Where a program and its five variables of 8 bytes lie. */
export interface Places {
  readonly variables: readonly [Linear, Linear, Linear, Linear, Linear];
  /** Address of instruction number `index`. */
  readonly at: (index: number) => Linear;
}

/** Instructions that know where they and the variables lie. Their number and kinds may not depend on it. */
export type Code = (places: Places) => readonly Instruction[];

/** What somebody was told. */
export type Told =
  | { readonly request: number; readonly what: 'installed' | 'uninstalled'; readonly cause: Cause }
  | { readonly request: number; readonly what: 'triggered'; readonly tid: number; readonly answer: 'consumed' | 'passed' };

/** Four words of the kernel's own memory, and how to have it write the first of them. */
export interface KernelWords {
  readonly addresses: readonly [Linear, Linear, Linear, Linear];
  /** The kernel writes the first word, for a process that nobody watches; resolves when that has been told. */
  store(): Promise<void>;
}

/** A process that runs a written program. Hold it with `await using`. */
export interface World extends Places, AsyncDisposable {
  readonly column: Column;
  readonly host: Host & SignalSink;
  readonly tracer: HostTracer;
  readonly pid: number;
  /** Null where the kernel's memory cannot be watched. */
  readonly kernel: KernelWords | null;
  /** The first thread: traced by {@link TRACER}, stopped, and about to execute instruction 0. */
  readonly first: number;
  /** One more thread of the process, traced and stopped, about to execute instruction `index`. The first one must stand. */
  addThread(index: number): Promise<number>;
  /** The tracer lets a thread go on; its next stop, or null: it has ended. */
  go(tid: number, signal?: SignalName): Promise<StopView | null>;
  step(tid: number): Promise<StopView | null>;
  /** Lets it go on, and does not wait. */
  release(tid: number, signal?: SignalName): void;
  /** Lets threads that were released run: the stop that one of them comes to next; null: all of them have ended. */
  nextStop(tids: readonly number[]): Promise<{ readonly tid: number; readonly stop: StopView } | null>;
  /** Detaches from all that stand, and lets all threads, also those to come, run to their ends. */
  finish(): Promise<void>;
  /** Where a stopped thread stands. */
  pcOf(tid: number): Linear;
  /** What users with a number of 0 or more were told since the last call, in order. */
  takeTold(): readonly Told[];
  /** Runs in each `triggered`. */
  onTriggered(callback: () => void): void;
  /** `good`: it ended with {@link GOOD_STATUS}; a signal's name: that killed it; `alive`. */
  endOf(tid: number): Promise<string>;
}

export type Column = 'machine' | 'live';

/** Makes a world whose first thread stands before instruction 0 of `code`. */
export type StartWorld = (rules: Rules, code: Code) => Promise<World>;

/** One case, for both columns. */
export interface InterfaceCase {
  /** With the numbers of what it is about: T-nn, R-nnn. */
  readonly title: string;
  /** The row of docs/interfaces.md that it belongs to, where several share one; default: its title. */
  readonly row?: string;
  /** What the live column needs beside what all cases need there: to see the kernel write into user memory, or its own. */
  readonly needs?: 'privileged' | 'kernel';
  /** What the live column cannot show or does otherwise, and why; null: the same in both. A case looks at {@link World.column} for it. */
  readonly liveDiffers: string | null;
  check(start: StartWorld): Promise<void>;
}
