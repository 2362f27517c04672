// What happens on the machine, as it happens: the timeline's material, and what tests look at.
import type { Cause, Code, RequestId } from '../facility/index.js';
import type { SigCode } from '../facility/rules.js';
import type { Told } from '../facility/virtual/debug-exception.js';
import type { SignalName } from './program.js';

/** One event. Threads and CPUs by number. */
export type MachineEvent =
  /** DR0-DR3 (as halves) and DR7 of a CPU were written. */
  | {
      readonly type: 'load';
      readonly cpu: number;
      readonly tid: number;
      readonly words: readonly number[];
      readonly dr7: number;
      readonly why: LoadReason;
    }
  | {
      readonly type: 'access';
      readonly cpu: number;
      readonly tid: number;
      readonly kind: 'read' | 'write' | 'execute';
      readonly at: number;
      readonly length: number;
    }
  /** A #DB: its reasons as positive bits of DR6; `pc` as saved. */
  | {
      readonly type: 'exception';
      readonly cpu: number;
      readonly tid: number;
      readonly reasons: number;
      readonly user: boolean;
      readonly pc: number;
    }
  /** Somebody's `triggered`. */
  | { readonly type: 'triggered'; readonly cpu: number; readonly tid: number; readonly told: Told }
  | { readonly type: 'told'; readonly request: RequestId; readonly what: 'installed' | 'uninstalled' | 'triggered'; readonly cause: Cause }
  | { readonly type: 'refused'; readonly request: RequestId; readonly code: Code; readonly candidates: readonly RequestId[] }
  /** A perf event's period was full: its sample. `address`: of the breakpoint. */
  | {
      readonly type: 'sample';
      readonly cpu: number;
      readonly tid: number;
      readonly event: number;
      readonly pc: number;
      readonly address: number;
    }
  | { readonly type: 'stale'; readonly cpu: number; readonly tid: number }
  | { readonly type: 'vm86'; readonly tid: number }
  | { readonly type: 'signal'; readonly tid: number; readonly signal: SignalName; readonly code: SigCode | null; readonly how: SignalFate }
  | { readonly type: 'stop'; readonly tid: number; readonly stop: Stop }
  | { readonly type: 'resume'; readonly tid: number; readonly how: 'cont' | 'step' | 'detach' }
  | { readonly type: 'syscall'; readonly tid: number; readonly name: string; readonly phase: 'enter' | 'leave' }
  | { readonly type: 'switch'; readonly cpu: number; readonly from: number; readonly to: number }
  | { readonly type: 'born'; readonly tid: number; readonly pid: number; readonly parent: number; readonly how: 'fork' | 'vfork' | 'clone' }
  | { readonly type: 'exec'; readonly tid: number }
  /** `signal`: it was killed. */
  | { readonly type: 'exit'; readonly tid: number; readonly status: number; readonly signal: SignalName | null };

/** Why a CPU's registers were written. */
export type LoadReason = 'switch' | 'change' | 'return-to-user' | 'exception' | 'signal';

/** What became of a signal. `merged`: it was pending already, and does not queue. */
export type SignalFate = 'owed' | 'merged' | 'swallowed' | 'handler' | 'killed' | 'ignored' | 'blocked';

/** A stop for a signal. `reasons`: what a SIGTRAP is about, as bits of virtual DR6 (B0-B3, BS); absent for others. */
export interface SignalStop {
  readonly why: 'signal';
  readonly signal: SignalName;
  readonly code: SigCode | null;
  readonly address: number;
  readonly reasons?: number;
}

/** Why a thread stands still for its tracer. */
export type Stop =
  | SignalStop
  | { readonly why: 'fork' | 'vfork' | 'clone'; readonly child: number }
  | { readonly why: 'exec' }
  | { readonly why: 'attach' };
