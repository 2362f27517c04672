// Requests: somebody's wish for a breakpoint, as the facility keeps it, and the pieces that are armed for it.
import type { Access, Inherit } from '../model/access.js';
import type { Linear } from './linear.js';

/** Priorities with a name; any 0-255 is legal, higher wins. */
export const PRIORITY = { normal: 20, ptrace: 50, high: 90 } as const;

/** Names a request to its owner; never reused within one facility. */
export type RequestId = number;

/** Whom a request is for. `process`: all its threads, also those to come. */
export type Scope =
  | { readonly kind: 'kernel' }
  | { readonly kind: 'process'; readonly pid: number }
  | { readonly kind: 'thread'; readonly pid: number; readonly tid: number };

/** One slot's worth of a request: aligned to its length. */
export interface PieceSpec {
  readonly address: Linear;
  /** 1, 2, 4 or 8 bytes; 1 for `execute`. */
  readonly length: number;
}

/** What an owner asks for. */
export interface RequestSpec {
  readonly id: RequestId;
  /** All of them are installed, or none is. One to four. */
  readonly pieces: readonly PieceSpec[];
  readonly access: Access;
  readonly scope: Scope;
  readonly inherit: Inherit;
  readonly priority: number;
  /** Without callbacks a request is refused when it cannot be installed at once, and is never evicted. */
  readonly callbacks: boolean;
  /** What its `triggered` answers: consumed bits do not reach the thread's virtual DR6. */
  readonly answer: 'consumed' | 'passed';
  /** Whether hits while the kernel runs for the thread are its business. */
  readonly inKernel: boolean;
}

/** A request as the facility knows it. Plain data. */
export interface Request extends RequestSpec {
  /** Bytes: may change. */
  pieces: readonly PieceSpec[];
  access: Access;
  readonly inherit: Inherit;
  /** Number of requests before it: among equal priorities the oldest comes first. */
  readonly age: number;
  /** Threads it covers beside those of a process: the one it was made for and those that inherited it. Empty for kernel and process. */
  tids: readonly number[];
  installed: boolean;
  /** The last plan installs it. */
  planned: boolean;
  /** It had its slots, and lost them to others or to a change. */
  wasInstalled: boolean;
  /** Cookies of its armed pieces, in the order of `pieces`; empty while it waits. */
  cookies: readonly number[];
  /** Its owner has not been answered yet: when it cannot be had now, it is refused instead of waiting. */
  fresh: boolean;
  /** Somebody unknown holds what it needs: it waits for room to appear. */
  blocked: Code | null;
  /** What it was before a change that is under way. */
  before: { readonly pieces: readonly PieceSpec[]; readonly access: Access } | null;
}

/** Why an effect failed or a request was refused, by the errno's name. */
export type Code = 'ENOSPC' | 'ESRCH' | 'EPERM' | 'EINVAL' | 'EBUSY' | 'EIO';

/** One armed breakpoint. Requests that want the same bytes in the same way share it. */
export interface ArmedPiece {
  readonly cookie: number;
  address: Linear;
  length: number;
  access: Access;
  readonly scope: Scope;
  readonly inherit: Inherit;
  readonly inKernel: boolean;
  state: 'arming' | 'armed' | 'moving' | 'disarming';
  /** How many requests it serves. */
  users: number;
}

/** Effective rank: an installed request without callbacks comes before all others, for it is never evicted. */
export function rankOf(request: Request): number {
  return request.installed && !request.callbacks ? 256 : request.priority;
}

/** Order of a list: higher rank first, then the older. */
export function compareRank(a: Request, b: Request): number {
  return rankOf(b) - rankOf(a) || a.age - b.age;
}

/** Whether two scopes are the same. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'kernel' || b.kind === 'kernel') return a.kind === b.kind;
  if (a.kind === 'process' || b.kind === 'process') return a.kind === b.kind && a.pid === b.pid;
  return a.tid === b.tid;
}
