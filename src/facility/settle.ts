// From one plan to the next: losers are told and disarmed, then winners are armed and told. What fails is taken out of the plan, and the
// same road leads back, so that the old state is restored by the rule that made it.
import { delist, rerank } from './competitors.js';
import type { Cause, Effect } from './events.js';
import { armFor, disarmUnused, reclaim, releasePieces } from './pieces.js';
import { makePlan } from './plan.js';
import type { Code, Request } from './request.js';
import { type Facility, pieceOf } from './state.js';

/** Emits what leads from what is armed to the plan of now, as far as it can be done before the next answer. */
export function settle(state: Facility, out: Effect[]): void {
  while (state.outstanding.length === 0) {
    makePlan(state);
    if (refuseHopeless(state, out)) continue;
    for (const request of state.unsettled) if (request.installed && !request.planned) uninstall(state, request, 'evicted', out);
    for (const request of state.unsettled) if (lacksPieces(request)) reclaim(state, request);
    disarmUnused(state, out);
    if (state.outstanding.length > 0) return;
    for (const request of state.unsettled) if (lacksPieces(request)) armFor(state, request, out);
    if (state.outstanding.length > 0) return;
    // Installed without callbacks: its rank has risen, and with it the plan may have changed.
    if (!installReady(state, out)) break;
  }
  if (state.outstanding.length === 0) state.unsettled = [];
}

function lacksPieces({ planned, cookies }: Request): boolean {
  return planned && cookies.length === 0;
}

/** Takes `request` out of its slots: it is told first. */
export function uninstall(state: Facility, request: Request, cause: Cause, out: Effect[]): void {
  out.push({ type: 'tell', request: request.id, what: 'uninstalled', cause });
  request.installed = false;
  request.wasInstalled = cause === 'evicted' || cause === 'changed';
  releasePieces(state, request);
  rerank(state, request);
}

/** The facility knows `request` no more. Its pieces must have been released. */
export function forget(state: Facility, request: Request): void {
  delist(state, request);
  state.requests.splice(state.requests.indexOf(request), 1);
  const at = state.unsettled.indexOf(request);
  if (at >= 0) state.unsettled.splice(at, 1);
}

/** A piece that `request` needs could not be armed: it is out of the plan until there is room, and what it had armed is released. */
export function block(state: Facility, request: Request, code: Code): void {
  request.blocked = code;
  releasePieces(state, request);
  rerank(state, request);
}

/** Lets all who wait for strangers try again. */
export function unblock(state: Facility): void {
  for (const request of state.requests) {
    if (request.blocked === null) continue;
    request.blocked = null;
    rerank(state, request);
  }
}

/**
 * A request without callbacks that cannot be had now is refused; one with callbacks waits, unless waiting is no help. A change that
 * cannot be had is undone. True when the plan must be made again.
 */
function refuseHopeless(state: Facility, out: Effect[]): boolean {
  for (const request of state.unsettled) {
    const { blocked, before } = request;
    if (request.planned && blocked === null) continue;
    const waits = request.callbacks && (blocked === null || blocked === 'ENOSPC');
    if (before !== null && !waits) {
      out.push({ type: 'refuse', request: request.id, code: blocked ?? 'ENOSPC', candidates: holders(state, request) });
      undoChange(state, request, before);
      return true;
    }
    if (!request.fresh) continue;
    request.fresh = false;
    if (waits) continue;
    out.push({ type: 'refuse', request: request.id, code: blocked ?? 'ENOSPC', candidates: holders(state, request) });
    forget(state, request);
    return true;
  }
  return false;
}

/** The bytes of before a change that failed are wanted again. */
export function undoChange(state: Facility, request: Request, before: NonNullable<Request['before']>): void {
  request.pieces = before.pieces;
  request.access = before.access;
  request.before = null;
  request.blocked = null;
  rerank(state, request);
}

/** Requests whose slots `request` would need. */
function holders(state: Facility, request: Request): number[] {
  return state.requests.filter((other) => other.installed && other !== request && competes(other, request)).map(({ id }) => id);
}

function competes(a: Request, b: Request): boolean {
  if (a.scope.kind === 'kernel' || b.scope.kind === 'kernel') return true;
  if (a.scope.pid !== b.scope.pid) return false;
  return a.scope.kind === 'process' || b.scope.kind === 'process' || a.tids.some((tid) => b.tids.includes(tid));
}

/** Tells those whose pieces are all armed. True when a rank has risen by it. */
function installReady(state: Facility, out: Effect[]): boolean {
  let risen = false;
  for (const request of state.unsettled) {
    if (!request.planned || request.installed) continue;
    if (!request.cookies.every((cookie) => pieceOf(state, cookie)?.state === 'armed')) continue;
    request.installed = true;
    out.push({ type: 'tell', request: request.id, what: 'installed', cause: causeOf(request) });
    request.fresh = false;
    request.before = null;
    request.wasInstalled = false;
    if (request.callbacks) continue;
    rerank(state, request);
    risen = true;
  }
  return risen;
}

function causeOf(request: Request): Cause {
  if (request.fresh) return 'asked';
  if (request.before !== null) return 'changed';
  return request.wasInstalled ? 'restored' : 'room';
}
