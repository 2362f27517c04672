// What can happen to the facility, and what it wants done: the two halves of `step` (DESIGN.md section 5).
import type { Access, Inherit } from '../model/access.js';
import type { Code, PieceSpec, RequestId, RequestSpec, Scope } from './request.js';

/** What happened. */
export type FacilityEvent =
  | { readonly type: 'request'; readonly request: RequestSpec }
  /** Other bytes or another access for a request that stays what it is; when it fails, the old ones are back. */
  | { readonly type: 'change'; readonly id: RequestId; readonly pieces: readonly PieceSpec[]; readonly access: Access }
  | { readonly type: 'withdraw'; readonly id: RequestId }
  | {
      readonly type: 'threadStarted';
      readonly tid: number;
      readonly pid: number;
      readonly parent: number;
      readonly how: 'thread' | 'child';
    }
  /** Process `pid` runs another program now: nothing of it is armed any more. */
  | { readonly type: 'exec'; readonly pid: number }
  | { readonly type: 'exit'; readonly tid: number }
  /** Strangers took or freed slots: so many are left for the facility. */
  | { readonly type: 'capacity'; readonly scope: Scope; readonly free: number }
  | { readonly type: 'done'; readonly effect: number }
  | { readonly type: 'failed'; readonly effect: number; readonly code: Code }
  /** Armed pieces were hit by thread `tid`. */
  | { readonly type: 'trap'; readonly tid: number; readonly cookies: readonly number[] };

/** Why a request is told something. */
export type Cause = 'asked' | 'evicted' | 'room' | 'restored' | 'withdrawn' | 'changed' | 'exec' | 'exit' | 'failed';

/** What is to be done; `arm`, `disarm` and `move` are not true before their `done`. */
export type Effect =
  | { readonly type: 'arm'; readonly effect: number; readonly piece: ArmOrder }
  | { readonly type: 'disarm'; readonly effect: number; readonly cookie: number }
  /** An armed piece is to be at other bytes, without a moment in which it is not armed at either. */
  | { readonly type: 'move'; readonly effect: number; readonly piece: ArmOrder }
  | { readonly type: 'tell'; readonly request: RequestId; readonly what: 'installed' | 'uninstalled' | 'triggered'; readonly cause: Cause }
  /** `candidates`: requests that hold what it would need. */
  | { readonly type: 'refuse'; readonly request: RequestId; readonly code: Code; readonly candidates: readonly RequestId[] };

/** A piece as an engine needs it. */
export interface ArmOrder extends PieceSpec {
  readonly cookie: number;
  readonly access: Access;
  readonly scope: Scope;
  readonly inherit: Inherit;
  readonly inKernel: boolean;
  /** Frames of a call chain that each hit is to bring along. */
  readonly stackDepth: number;
  /** As in RequestSpec. */
  readonly handling: number;
  /** Threads it is for: those of a request. Empty where the scope is the kernel or a process. */
  readonly tids: readonly number[];
}

/** An effect that touches hardware. */
export type HardwareEffect = Extract<Effect, { readonly effect: number }>;

/** An effect that somebody is told. */
export type Notice = Exclude<Effect, HardwareEffect>;
