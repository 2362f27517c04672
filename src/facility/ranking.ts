// The order of the plan, kept sorted: requests move in it when their rank changes.
import { compareRank, type PieceSpec, type Request, rankOf, sameScope } from './request.js';
import type { Facility } from './state.js';

/** Puts a new request where its rank belongs. */
export function enlist(state: Facility, request: Request): void {
  request.rank = rankOf(request);
  state.requests.push(request);
  insert(state.ranked, request);
  findTwins(state, request);
  state.stale = true;
}

/** Takes `request` out of all lists. */
export function delist(state: Facility, request: Request): void {
  remove(state.requests, request);
  remove(state.ranked, request);
  remove(state.unsettled, request);
  setPlanned(state, request, false);
  state.stale = true;
}

/** Puts `request` where its present rank belongs. */
export function rerank(state: Facility, request: Request): void {
  const rank = rankOf(request);
  if (rank === request.rank) return;
  // What rises to the top with the slots it has takes none from anybody, and leaves none: the plan stays, but for those who could share.
  if (rank < request.rank || !request.planned || request.hasTwin) state.stale = true;
  request.rank = rank;
  remove(state.ranked, request);
  insert(state.ranked, request);
  if (request.planned) {
    setPlanned(state, request, false);
    setPlanned(state, request, true);
  }
}

/** Says whether the plan installs `request`, in all places where that is to be read. */
export function setPlanned(state: Facility, request: Request, planned: boolean): void {
  if (request.planned === planned) return;
  request.planned = planned;
  const change = planned ? insert : remove;
  if (request.scope.kind === 'kernel') change(state.kernelChosen, request);
  for (const at of request.places) {
    const one = state.competitors[at];
    if (one !== undefined) change(one.chosen, request);
  }
}

/**
 * Marks those that want a piece at one of `request`'s addresses for the same threads, and `request` itself where there are any. To be called
 * again when its bytes or threads change. Marks stay: they cost time only.
 */
export function findTwins({ requests }: Facility, request: Request): void {
  const { place, scope, pieces } = request;
  for (let at = 0; at < requests.length; at++) {
    const other = requests[at];
    // The same threads are in the same places.
    if (other === undefined || other.place !== place || other === request) continue;
    if (!sameScope(other.scope, scope) || !meet(other.pieces, pieces)) continue;
    other.hasTwin = true;
    request.hasTwin = true;
  }
}

function meet(a: readonly PieceSpec[], b: readonly PieceSpec[]): boolean {
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) if (a[i]?.address === b[j]?.address) return true;
  return false;
}

/** Remembers that `request` may not be where the plan wants it. */
export function unsettle({ unsettled }: Facility, request: Request): void {
  if (!unsettled.includes(request)) unsettled.push(request);
}

function insert(list: Request[], request: Request): void {
  let at = list.length;
  while (at > 0) {
    const before = list[at - 1];
    if (before === undefined || compareRank(before, request) <= 0) break;
    at--;
  }
  list.splice(at, 0, request);
}

function remove(list: Request[], request: Request): void {
  const at = list.lastIndexOf(request);
  if (at >= 0) list.splice(at, 1);
}
