// The broker: one event in, its effects out. One change of what is armed is under way at a time; what comes meanwhile waits its turn.
import { competitorFor, enlist, rerank } from './competitors.js';
import { FacilityError } from './errors.js';
import type { Effect, FacilityEvent } from './events.js';
import { dropPiece, movePiece } from './pieces.js';
import { type Code, PRIORITY, type Request, type RequestSpec } from './request.js';
import { block, forget, settle, unblock, undoChange, uninstall } from './settle.js';
import { type Facility, pieceOf, requestOf, SLOTS } from './state.js';

type Of<T extends FacilityEvent['type']> = Extract<FacilityEvent, { readonly type: T }>;

/** Takes one event into `state`. Throws FacilityError where no caller may do what it says. */
export function step(state: Facility, event: FacilityEvent): Effect[] {
  const out: Effect[] = [];
  if (event.type === 'trap') {
    trapped(state, event, out);
    return out;
  }
  if (event.type === 'done' || event.type === 'failed')
    answer(state, { effect: event.effect, code: event.type === 'failed' ? event.code : null }, out);
  else if (state.inCallback) throw new FacilityError('in-callback', 'a triggered callback may not register, change or unregister');
  else state.queue.push(event);
  settle(state, out);
  while (state.outstanding.length === 0) {
    const next = state.queue.shift();
    if (next === undefined) break;
    take(state, next, out);
    settle(state, out);
  }
  return out;
}

function take(state: Facility, event: FacilityEvent, out: Effect[]): void {
  switch (event.type) {
    case 'request':
      addRequest(state, event.request);
      break;
    case 'change':
      change(state, event, out);
      break;
    case 'withdraw':
      withdraw(state, event.id, out);
      break;
    case 'threadStarted':
      threadStarted(state, event);
      break;
    case 'exec':
      execed(state, event.pid, out);
      break;
    case 'exit':
      exited(state, event.tid, out);
      break;
    case 'capacity':
      capacityChanged(state, event);
      break;
    case 'trap':
    case 'done':
    case 'failed':
      return;
  }
}

function addRequest(state: Facility, spec: RequestSpec): void {
  checkSpec(state, spec);
  const request: Request = {
    ...spec,
    age: state.nextAge++,
    tids: spec.scope.kind === 'thread' ? [spec.scope.tid] : [],
    installed: false,
    planned: false,
    wasInstalled: false,
    cookies: [],
    fresh: true,
    blocked: null,
    before: null,
  };
  state.requests.push(request);
  enlist(state, request);
}

function checkSpec(state: Facility, { id, pieces, priority }: RequestSpec): void {
  if (requestOf(state, id) !== null) throw new FacilityError('known-request', `request ${id} is registered already`);
  if (pieces.length < 1 || pieces.length > SLOTS)
    throw new FacilityError('bad-request', `request ${id} has ${pieces.length} pieces`, `A request has 1 to ${SLOTS}.`);
  if (!Number.isInteger(priority) || priority < 0 || priority > 255) {
    const hint = `Take 0 to 255; ${PRIORITY.normal} is usual.`;
    throw new FacilityError('bad-request', `request ${id} has priority ${priority}`, hint);
  }
}

function find(state: Facility, id: number): Request {
  const request = requestOf(state, id);
  if (request === null) throw new FacilityError('unknown-request', `there is no request ${id}`);
  return request;
}

function change(state: Facility, { id, pieces, access }: Of<'change'>, out: Effect[]): void {
  const request = find(state, id);
  const before = { pieces: request.pieces, access: request.access };
  request.pieces = pieces;
  request.access = access;
  if (!request.installed) {
    rerank(state, request);
    return;
  }
  request.before = before;
  const [cookie] = request.cookies;
  const piece = request.cookies.length === 1 && cookie !== undefined ? pieceOf(state, cookie) : null;
  const [wanted] = pieces;
  if (piece !== null && piece.users === 1 && pieces.length === 1 && wanted !== undefined) {
    Object.assign(piece, { address: wanted.address, length: wanted.length, access });
    movePiece(state, piece, out);
  } else {
    uninstall(state, request, 'changed', out);
  }
}

function withdraw(state: Facility, id: number, out: Effect[]): void {
  remove(state, find(state, id), 'withdrawn', out);
  // What it held may be what others waited for.
  unblock(state);
}

function remove(state: Facility, request: Request, cause: 'withdrawn' | 'exec' | 'exit', out: Effect[]): void {
  if (request.installed) uninstall(state, request, cause, out);
  forget(state, request);
}

function threadStarted(state: Facility, { tid, pid, parent, how }: Of<'threadStarted'>): void {
  const inherited = state.requests.filter(({ tids, inherit }) => {
    return tids.includes(parent) && (inherit === 'children' || (inherit === 'threads' && how === 'thread'));
  });
  for (const request of inherited) request.tids = [...request.tids, tid];
  // It competes by itself only where it has something of its own.
  if (inherited.length > 0) competitorFor(state, pid, tid);
  for (const request of inherited) enlist(state, request);
}

/** The kernel has disarmed everything of that program itself. */
function execed(state: Facility, pid: number, out: Effect[]): void {
  const gone = state.requests.filter(({ scope }) => scope.kind !== 'kernel' && scope.pid === pid);
  for (const request of gone) vanish(state, request, 'exec', out);
  unblock(state);
}

function exited(state: Facility, tid: number, out: Effect[]): void {
  for (const request of state.requests.filter(({ tids }) => tids.includes(tid))) {
    if (request.tids.length > 1) {
      request.tids = request.tids.filter((own) => own !== tid);
    } else {
      vanish(state, request, 'exit', out);
    }
  }
  state.competitors = state.competitors.filter((one) => one.tid !== tid);
  unblock(state);
}

/** As {@link remove}, where the hardware has forgotten the pieces already. */
function vanish(state: Facility, request: Request, cause: 'exec' | 'exit', out: Effect[]): void {
  const cookies = request.cookies;
  remove(state, request, cause, out);
  for (const cookie of cookies) {
    const piece = pieceOf(state, cookie);
    if (piece !== null && piece.users === 0) dropPiece(state, piece);
  }
}

function capacityChanged(state: Facility, { scope, free }: Of<'capacity'>): void {
  const strangers = SLOTS - free;
  if (scope.kind === 'kernel') {
    state.kernelStrangers = strangers;
    for (const one of state.competitors) one.changed = true;
  } else {
    const one = competitorFor(state, scope.pid, scope.kind === 'thread' ? scope.tid : -1);
    one.strangers = strangers;
    one.changed = true;
  }
  unblock(state);
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
      break;
    case 'moving':
      piece.state = 'armed';
      moved(state, found.cookie, code, out);
      break;
    case 'arming':
      if (code === null) {
        piece.state = 'armed';
        return;
      }
      for (const request of state.requests.filter(({ cookies }) => cookies.includes(found.cookie))) block(state, request, code);
      dropPiece(state, piece);
      break;
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
    return;
  }
  const { before } = request;
  const [old] = before.pieces;
  if (old !== undefined) Object.assign(piece, { address: old.address, length: old.length, access: before.access });
  undoChange(state, request, before);
  out.push({ type: 'refuse', request: request.id, code, candidates: [] });
}
