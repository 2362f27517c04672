// The broker: one event in, its effects out. One change of what is armed is under way at a time; what comes meanwhile waits its turn.
import { checkEvent } from './check-event.js';
import { findPlaces } from './competitors.js';
import { FacilityError } from './errors.js';
import type { Effect, FacilityEvent } from './events.js';
import { execed, exited, threadStarted } from './life.js';
import { dropPiece, movePiece, sharedPiece } from './pieces.js';
import { isMissedByNobody, planAlone } from './plan.js';
import { enlist, findTwins, rerank, unsettle } from './ranking.js';
import { type Code, newRequest, type Request, type RequestSpec } from './request.js';
import { block, forget, settle, unblock, undoChange, uninstall } from './settle.js';
import { type Facility, pieceOf, requestOf, samePiece } from './state.js';
import { capacityChanged } from './strangers.js';

type Of<T extends FacilityEvent['type']> = Extract<FacilityEvent, { readonly type: T }>;

/** Takes one event into `state`. Throws FacilityError, and changes nothing, where no caller may do what it says. */
export function step(state: Facility, event: FacilityEvent): Effect[] {
  const out: Effect[] = [];
  switch (event.type) {
    case 'trap':
      trapped(state, event, out);
      return out;
    case 'done':
      answer(state, { effect: event.effect, code: null }, out);
      break;
    case 'failed':
      answer(state, event, out);
      break;
    case 'capacity':
      // Known at once: what is under way may fail for just this reason.
      capacityChanged(state, event);
      break;
    default:
      checkEvent(state, event);
      if (state.outstanding.length === 0) take(state, event, out);
      else state.queue.push(event);
  }
  settle(state, out);
  while (state.outstanding.length === 0) {
    const next = state.queue.shift();
    if (next === undefined) break;
    take(state, next, out);
    settle(state, out);
  }
  return out;
}

/** Nothing is under way. A request that an event is about may be gone by now: then nobody minds. */
function take(state: Facility, event: FacilityEvent, out: Effect[]): void {
  switch (event.type) {
    case 'request':
      addRequest(state, event.request);
      return;
    case 'change':
      change(state, event, out);
      return;
    case 'withdraw':
      withdraw(state, event.id, out);
      return;
    case 'threadStarted':
      threadStarted(state, event);
      return;
    case 'exec':
      execed(state, event.pid, out);
      return;
    case 'exit':
      exited(state, event.tid, out);
      return;
    case 'trap':
    case 'done':
    case 'failed':
    case 'capacity':
      return;
  }
}

function addRequest(state: Facility, spec: RequestSpec): void {
  const request = newRequest(spec, state.nextAge++);
  const wasStale = state.stale;
  findPlaces(state, request);
  enlist(state, request);
  unsettle(state, request);
  if (!wasStale && planAlone(state, request)) state.stale = false;
}

function change(state: Facility, { id, pieces, access }: Of<'change'>, out: Effect[]): void {
  const request = requestOf(state, id);
  if (request === null || isSame(request, { pieces, access })) return;
  const before = { pieces: request.pieces, access: request.access };
  request.pieces = pieces;
  request.access = access;
  findTwins(state, request);
  state.stale = true;
  if (!request.installed) return;
  request.before = before;
  if (!moveOnly(state, request, out)) uninstall(state, request, 'changed', out);
}

function isSame(request: Request, { pieces, access }: Pick<Request, 'pieces' | 'access'>): boolean {
  if (request.access !== access || request.pieces.length !== pieces.length) return false;
  return pieces.every((piece, at) => samePiece(piece, request.pieces[at] ?? piece));
}

/** One piece that nobody shares, and that will be nobody else's, is moved without a moment in which nothing is armed. */
function moveOnly(state: Facility, request: Request, out: Effect[]): boolean {
  const [cookie] = request.cookies;
  const [wanted] = request.pieces;
  if (cookie === undefined || wanted === undefined || request.cookies.length > 1 || request.pieces.length > 1) return false;
  const piece = pieceOf(state, cookie);
  if (piece === null || piece.users > 1 || sharedPiece(state, request, wanted) !== null) return false;
  Object.assign(piece, { address: wanted.address, length: wanted.length, access: request.access });
  movePiece(state, piece, out);
  return true;
}

function withdraw(state: Facility, id: number, out: Effect[]): void {
  const request = requestOf(state, id);
  if (request === null) return;
  const planStays = !state.stale && isMissedByNobody(state, request);
  if (request.installed) uninstall(state, request, 'withdrawn', out);
  if (planStays && request.scope.kind === 'kernel') state.kernelSlots -= request.pieces.length;
  forget(state, request);
  if (planStays) state.stale = false;
  // What it held may be what others waited for.
  else unblock(state);
}

function trapped(state: Facility, { cookies }: Of<'trap'>, out: Effect[]): void {
  for (const { id, cookies: own } of state.requests) {
    if (own.some((cookie) => cookies.includes(cookie))) out.push({ type: 'tell', request: id, what: 'triggered', cause: 'asked' });
  }
}

/** An answer to an effect under way. */
function answer(state: Facility, { effect, code }: { effect: number; code: Code | null }, out: Effect[]): void {
  const at = state.outstanding.findIndex((one) => one.effect === effect);
  const found = state.outstanding[at];
  if (found === undefined) throw new FacilityError('unknown-effect', `no effect ${effect} waits for an answer`);
  state.outstanding.splice(at, 1);
  const piece = pieceOf(state, found.cookie);
  if (piece === null) return;
  switch (piece.state) {
    case 'disarming':
      // Also where it failed: the thread is gone then, and the piece with it.
      dropPiece(state, piece);
      return;
    case 'moving':
      piece.state = 'armed';
      moved(state, found.cookie, code, out);
      return;
    case 'arming':
      if (code === null) {
        piece.state = 'armed';
        return;
      }
      for (const request of state.requests) if (request.cookies.includes(found.cookie)) block(state, request, code);
      dropPiece(state, piece);
      return;
    case 'armed':
      return;
  }
}

/** A failed move has left the piece where it was. */
function moved(state: Facility, cookie: number, code: Code | null, out: Effect[]): void {
  const request = state.requests.find(({ cookies }) => cookies.includes(cookie));
  const piece = pieceOf(state, cookie);
  if (request === undefined || piece === null || request.before === null) return;
  if (code === null) {
    request.before = null;
    rerank(state, request);
    return;
  }
  const { before } = request;
  const [old] = before.pieces;
  if (old !== undefined) Object.assign(piece, { address: old.address, length: old.length, access: before.access });
  undoChange(state, request, before);
  out.push({ type: 'refuse', request: request.id, code, candidates: [] });
}
