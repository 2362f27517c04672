// What a live kernel tells: the facility's notices, hits, and what happens to threads.
import type { ProcessEnd } from '../../engines/control.js';
import type { Code, Notice, RequestId } from '../../facility/index.js';
import type { StopView } from '../../interfaces/host.js';

/** A hit that a request was told of. */
export interface TriggeredHit {
  readonly request: RequestId;
  /** `passed`: it goes on to the thread's virtual DR6 and its tracer. */
  readonly answer: 'consumed' | 'passed';
  readonly pid: number;
  readonly tid: number;
  /** After a data access: the instruction that follows; at an instruction breakpoint: that instruction. */
  readonly ip: bigint;
  /** The kernel made the access. */
  readonly kernel: boolean;
  /** The watched bytes right after the access; null where the engine has not read them. */
  readonly after: Uint8Array | null;
  /** CLOCK_MONOTONIC, ns. */
  readonly time: bigint;
}

/** A struct hw_breakpoint's three callbacks. `triggered` may not register or unregister anything: that is answered EBUSY. */
export interface Callbacks {
  installed?(): void;
  uninstalled?(cause: Extract<Notice, { readonly type: 'tell' }>['cause']): void;
  triggered?(hit: TriggeredHit): void;
}

/** What happened, in order. */
export type LiveEvent =
  | Notice
  | { readonly type: 'triggered'; readonly hit: TriggeredHit }
  /** A thread stands for its tracer. */
  | { readonly type: 'stop'; readonly tid: number; readonly stop: StopView }
  /** A signal was taken away from a thread by who asked for that. */
  | { readonly type: 'swallowed'; readonly tid: number; readonly signal: string }
  | { readonly type: 'born'; readonly tid: number; readonly pid: number; readonly parent: number }
  | { readonly type: 'exec'; readonly pid: number; readonly tid: number }
  | { readonly type: 'gone'; readonly tid: number }
  | { readonly type: 'ended'; readonly end: ProcessEnd }
  /** A register of words that could not be armed: somebody else has the slot, or the kernel refuses it. It is tried again when the thread goes on. */
  | { readonly type: 'not-loaded'; readonly tid: number; readonly index: number; readonly code: Code }
  | { readonly type: 'lost'; readonly count: number };
