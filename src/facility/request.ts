// Requests: somebody's wish for a breakpoint, as the facility keeps it, and the pieces that are armed for it.
import type { Access, Inherit } from '../model/access.js';
import type { Linear } from './linear.js';

/** Priorities with a name; any 0-255 is legal, higher wins. */
export const PRIORITY = { normal: 20, ptrace: 50, high: 90 } as const;

/** Ranks above every priority: of what is never evicted, and of what was and is to be put back after a change. */
const INSTALLED_RANK = 257;
const KEPT_RANK = 256;

/** `place` of a kernel's request, and of one that has not just one place. */
export const EVERYWHERE = -1;
export const SEVERAL = -2;

/** Names a request to its owner; not to be used again while the request is known. */
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
  /** All of them are installed, or none is. One to four, all different. */
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
  /** Frames of a call chain that each hit is to bring along; 0 where absent. Requests that differ in it share nothing. */
  readonly stackDepth?: number;
  /** What the engine does with its hits before anybody sees them, as a number that the engine gave it; 0 or absent: nothing. */
  readonly handling?: number;
}

/** A request as the facility knows it. Plain data. */
export interface Request extends RequestSpec {
  /** Bytes: may change. */
  pieces: readonly PieceSpec[];
  access: Access;
  readonly inherit: Inherit;
  /** Number of requests before it: among equal priorities the oldest comes first. */
  readonly age: number;
  /** Its place among the others: see {@link rankOf}. */
  rank: number;
  /** Threads it covers beside those of a process: the one it was made for and those that inherited it. Empty for kernel and process. */
  tids: readonly number[];
  /** Where it competes: indices of competitors. Empty for the kernel, which competes everywhere. */
  places: readonly number[];
  /** The same as one number, for the plan: the only place, {@link EVERYWHERE} or {@link SEVERAL}. */
  place: number;
  installed: boolean;
  /** The last plan installs it. */
  planned: boolean;
  /** It had its slots, and lost them to others or to a change. */
  wasInstalled: boolean;
  /** It has been installed without callbacks: the slots it had are never given to others. */
  kept: boolean;
  /** Somebody else wants a piece at an address of its own: perhaps they can share. */
  hasTwin: boolean;
  /** Cookies of its armed pieces, in the order of `pieces`; empty while it waits. */
  cookies: readonly number[];
  /** Its owner has not been answered yet: when it cannot be had now, it is refused instead of waiting. */
  fresh: boolean;
  /** Somebody unknown holds what it needs: it waits for room to appear. */
  blocked: Code | null;
  /** What it was before a change that is under way. */
  before: { readonly pieces: readonly PieceSpec[]; readonly access: Access } | null;
}

/**
 * A request that has just come. Its fields are written one by one, here and in {@link copyRequest}: spreading an object of so many takes V8
 * some thirty times as long (measured: 33 us for each new request).
 */
export function newRequest(spec: RequestSpec, age: number): Request {
  const { id, pieces, access, scope, inherit, priority, callbacks, answer, inKernel, stackDepth = 0, handling = 0 } = spec;
  return {
    id,
    pieces,
    access,
    scope,
    inherit,
    priority,
    callbacks,
    answer,
    inKernel,
    stackDepth,
    handling,
    age,
    rank: priority,
    tids: scope.kind === 'thread' ? [scope.tid] : [],
    places: [],
    place: scope.kind === 'kernel' ? EVERYWHERE : SEVERAL,
    installed: false,
    planned: false,
    wasInstalled: false,
    kept: false,
    hasTwin: false,
    cookies: [],
    fresh: true,
    blocked: null,
    before: null,
  };
}

/** An independent copy. */
export function copyRequest(of: Request): Request {
  const copy = newRequest(of, of.age);
  copy.rank = of.rank;
  copy.tids = of.tids;
  copy.places = of.places;
  copy.place = of.place;
  copy.installed = of.installed;
  copy.planned = of.planned;
  copy.wasInstalled = of.wasInstalled;
  copy.kept = of.kept;
  copy.hasTwin = of.hasTwin;
  copy.cookies = of.cookies;
  copy.fresh = of.fresh;
  copy.blocked = of.blocked;
  copy.before = of.before;
  return copy;
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
  readonly stackDepth: number;
  readonly handling: number;
  /** Threads that have it, as for a request. */
  tids: readonly number[];
  state: 'arming' | 'armed' | 'moving' | 'disarming';
  /** How many requests it serves. */
  users: number;
}

/** An independent copy. */
export function copyPiece(of: ArmedPiece): ArmedPiece {
  const { cookie, address, length, access, scope, inherit, inKernel, stackDepth, handling, tids, state, users } = of;
  return { cookie, address, length, access, scope, inherit, inKernel, stackDepth, handling, tids, state, users };
}

/**
 * Its priority; but what is installed without callbacks comes before all others, for it is never evicted. So do its old bytes while a change
 * is undone, and new ones that surely need no more slots: a slot that was shared is not left.
 */
export function rankOf({ kept, installed, before, pieces, priority, hasTwin }: Request): number {
  if (!kept) return priority;
  if (installed) return INSTALLED_RANK;
  const mayNeedMore = before !== null && (hasTwin || pieces.length > before.pieces.length);
  return mayNeedMore ? priority : KEPT_RANK;
}

/** Order of the plan: higher rank first, on a tie threads before the kernel, then the older. */
export function compareRank(a: Request, b: Request): number {
  return b.rank - a.rank || kernelLast(a) - kernelLast(b) || a.age - b.age;
}

function kernelLast({ scope }: Request): number {
  return scope.kind === 'kernel' ? 1 : 0;
}

/** Whether two scopes are the same. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'kernel' || b.kind === 'kernel') return a.kind === b.kind;
  if (a.kind === 'process' || b.kind === 'process') return a.kind === b.kind && a.pid === b.pid;
  return a.tid === b.tid;
}
