// From one plan to the next: losers are told and disarmed, then winners are armed and told. What fails is taken out of the plan, and the
// same road leads back, so that the old state is restored by the rule that made it.
import { leavePlaces } from './competitors.js';
import type { Cause, Effect } from './events.js';
import { armFor, disarmUnused, reclaim, releasePieces } from './pieces.js';
import { makePlan } from './plan.js';
import { delist, rerank, unsettle } from './ranking.js';
import type { Code, Request } from './request.js';
import { type Facility, pieceOf } from './state.js';

/** Emits what leads from what is armed to the plan of now, as far as it can be done before the next answer. */
export function settle(state: Facility, out: Effect[]): void {
  while (state.outstanding.length === 0) {
    state.strangersCame = false;
    makePlan(state);
    if (refuseHopeless(state, out)) continue;
    for (const request of state.unsettled) if (!request.planned) takeOut(state, request, out);
    for (const request of state.unsettled) if (lacksPieces(request)) reclaim(state, request);
    disarmUnused(state, out);
    if (state.outstanding.length > 0) return;
    for (const request of state.unsettled) if (lacksPieces(request)) armFor(state, request, out);
    if (state.outstanding.length > 0) return;
    installReady(state, out);
    if (state.stale) continue;
    state.unsettled = [];
    return;
  }
}

/** What was armed for it while the plan changed again, nobody was told of. */
function takeOut(state: Facility, request: Request, out: Effect[]): void {
  if (request.installed) uninstall(state, request, 'evicted', out);
  else if (request.cookies.length > 0) releasePieces(state, request);
}

function lacksPieces({ planned, cookies }: Request): boolean {
  return planned && cookies.length === 0;
}

/** Takes `request` out of its slots: it is told first. */
export function uninstall(state: Facility, request: Request, cause: Cause, out: Effect[]): void {
  out.push({ type: 'tell', request: request.id, what: 'uninstalled', cause });
  request.installed = false;
  request.wasInstalled = cause === 'evicted' || cause === 'changed';
  // Without callbacks it cannot wait: settling must come to it once more.
  if (!request.callbacks) state.stale = true;
  releasePieces(state, request);
  rerank(state, request);
  unsettle(state, request);
}

/** The facility knows `request` no more. Its pieces must have been released. */
export function forget(state: Facility, request: Request): void {
  delist(state, request);
  leavePlaces(state, request);
}

/**
 * A piece that `request` needs could not be armed: what it had armed is released, and it is out of the plan until there is room. But where
 * strangers have just become known, the plan itself minds them.
 */
export function block(state: Facility, request: Request, code: Code): void {
  if (code !== 'ENOSPC' || !state.strangersCame) request.blocked = code;
  state.stale = true;
  releasePieces(state, request);
  unsettle(state, request);
}

/** Lets all who wait for strangers try again. */
export function unblock(state: Facility): void {
  for (const request of state.requests) {
    if (request.blocked === null) continue;
    request.blocked = null;
    state.stale = true;
  }
}

/**
 * A request without callbacks that cannot be had now is refused, and so is one that waiting does not help; any other waits. A change
 * that cannot be had is undone. True when the plan must be made again.
 */
function refuseHopeless(state: Facility, out: Effect[]): boolean {
  for (const request of state.unsettled) {
    if (request.planned) continue;
    const { blocked, before } = request;
    const waits = request.callbacks && (blocked === null || blocked === 'ENOSPC');
    if (waits) {
      request.fresh = false;
      continue;
    }
    if (request.installed) continue;
    out.push({ type: 'refuse', request: request.id, code: blocked ?? 'ENOSPC', candidates: holders(state, request) });
    releasePieces(state, request);
    if (before === null) forget(state, request);
    else undoChange(state, request, before);
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
  state.stale = true;
  rerank(state, request);
}

/** Requests whose slots `request` would need. */
function holders(state: Facility, request: Request): number[] {
  return state.requests.filter((other) => other.installed && other !== request && competes(other, request)).map(({ id }) => id);
}

function competes(a: Request, b: Request): boolean {
  return a.scope.kind === 'kernel' || b.scope.kind === 'kernel' || a.places.some((place) => b.places.includes(place));
}

/** Tells those whose pieces are all armed. */
function installReady(state: Facility, out: Effect[]): void {
  for (const request of state.unsettled) {
    if (!request.planned || request.installed || !isArmed(state, request)) continue;
    request.installed = true;
    out.push({ type: 'tell', request: request.id, what: 'installed', cause: causeOf(request) });
    request.fresh = false;
    request.before = null;
    request.wasInstalled = false;
    if (!request.callbacks) request.kept = true;
    rerank(state, request);
  }
}

function isArmed(state: Facility, { cookies }: Request): boolean {
  for (const cookie of cookies) if (pieceOf(state, cookie)?.state !== 'armed') return false;
  return cookies.length > 0;
}

function causeOf(request: Request): Cause {
  if (request.fresh) return 'asked';
  if (request.before !== null) return 'changed';
  return request.wasInstalled ? 'restored' : 'room';
}
