// Threads that begin and end, and processes that become other programs: what goes with them, and what they take along.
import { findPlaces, leaveUnused, placeOfThread } from './competitors.js';
import type { Effect, FacilityEvent } from './events.js';
import { dropPiece } from './pieces.js';
import { findTwins } from './ranking.js';
import type { Request, Scope } from './request.js';
import { forget, unblock, uninstall } from './settle.js';
import { type Facility, pieceOf } from './state.js';

type ThreadStarted = Extract<FacilityEvent, { readonly type: 'threadStarted' }>;

/** A new thread has what its parent's requests and armed pieces say that it inherits (R-121: nothing unless asked for). */
export function threadStarted(state: Facility, { tid, pid, parent, how }: ThreadStarted): void {
  const goesAlong = ({ tids, inherit }: Pick<Request, 'tids' | 'inherit'>): boolean =>
    tids.includes(parent) && !tids.includes(tid) && (inherit === 'children' || (inherit === 'threads' && how === 'thread'));
  for (const piece of state.armed) if (goesAlong(piece)) piece.tids = [...piece.tids, tid];
  for (const request of state.requests) if (goesAlong(request)) setThreads(state, request, [...request.tids, tid], pid);
}

/** Process `pid` runs another program: the kernel has disarmed everything of it itself. */
export function execed(state: Facility, pid: number, out: Effect[]): void {
  const own = new Set(state.competitors.filter((one) => one.pid === pid).map(({ tid }) => tid));
  lose(state, out, { cause: 'exec', hasEnded: (scope, tid) => (scope.kind === 'process' ? scope.pid === pid : own.has(tid)) });
}

/** Thread `tid` is no more. */
export function exited(state: Facility, tid: number, out: Effect[]): void {
  lose(state, out, { cause: 'exit', hasEnded: (scope, other) => scope.kind === 'thread' && other === tid });
  const at = placeOfThread(state, tid);
  if (at >= 0) leaveUnused(state, at, true);
}

interface Loss {
  readonly cause: 'exec' | 'exit';
  /** For a process's request `tid` means nothing. */
  readonly hasEnded: (scope: Scope, tid: number) => boolean;
}

function lose(state: Facility, out: Effect[], { cause, hasEnded }: Loss): void {
  for (const piece of state.armed) if (piece.tids.length > 0) piece.tids = piece.tids.filter((tid) => !hasEnded(piece.scope, tid));
  for (const request of state.requests.slice()) {
    const { scope, tids } = request;
    if (scope.kind === 'kernel') continue;
    const left = scope.kind === 'process' ? (hasEnded(scope, -1) ? [] : [scope.pid]) : tids.filter((tid) => !hasEnded(scope, tid));
    if (left.length === 0) vanish(state, request, cause, out);
    else if (scope.kind === 'thread' && left.length < tids.length) setThreads(state, request, left, scope.pid);
  }
  unblock(state);
}

/** `pid`: of the threads that are new among `tids`. */
function setThreads(state: Facility, request: Request, tids: readonly number[], pid: number): void {
  request.tids = tids;
  findPlaces(state, request, pid);
  findTwins(state, request);
}

/** As a withdrawal, where the hardware has forgotten the pieces already. */
function vanish(state: Facility, request: Request, cause: 'exec' | 'exit', out: Effect[]): void {
  const { cookies } = request;
  if (request.installed) uninstall(state, request, cause, out);
  forget(state, request);
  for (const cookie of cookies) {
    const piece = pieceOf(state, cookie);
    if (piece !== null && piece.users === 0) dropPiece(state, piece);
  }
}
