// Who competes with whom: requests of one thread with each other, all of them with the kernel's, those of different threads not at all.
import { setPlanned } from './ranking.js';
import { type Request, SEVERAL } from './request.js';
import { type Competitor, type Facility, UNUSED, WHOLE_PROCESS } from './state.js';

const NOWHERE: readonly number[] = [];

/** Index of the competitor of a thread, or of a {@link WHOLE_PROCESS}; made when there is none. */
export function competitorFor(state: Facility, pid: number, tid: number): number {
  const { competitors } = state;
  const known = indexOf(state, pid, tid);
  if (known >= 0) return known;
  const ofProcess = competitors[indexOf(state, pid, WHOLE_PROCESS)];
  const made: Competitor = { pid, tid, strangers: ofProcess?.strangers ?? 0, users: 0, chosen: [] };
  const free = competitors.findIndex((one) => one.tid === UNUSED);
  const at = free >= 0 ? free : competitors.length;
  competitors[at] = made;
  if (tid !== WHOLE_PROCESS && ofProcess !== undefined) letProcessIn(state, at, made);
  return at;
}

function indexOf({ competitors }: Facility, pid: number, tid: number): number {
  for (let at = 0; at < competitors.length; at++) {
    const one = competitors[at];
    if (one !== undefined && one.tid === tid && (tid !== WHOLE_PROCESS || one.pid === pid)) return at;
  }
  return -1;
}

/** What a process has, each of its threads has. */
function letProcessIn(state: Facility, at: number, { pid, chosen }: Competitor): void {
  for (const request of state.ranked) {
    if (request.scope.kind !== 'process' || request.scope.pid !== pid) continue;
    setPlaces(request, [...request.places, at]);
    if (request.planned) chosen.push(request);
  }
  state.stale = true;
}

/** Gives `request` its places by its scope and threads. `pid`: process of those threads that are not known yet; default the request's. */
export function findPlaces(state: Facility, request: Request, pid?: number): void {
  const { planned, places: before } = request;
  setPlanned(state, request, false);
  setPlaces(request, placesOf(state, request, pid));
  setPlanned(state, request, planned);
  for (const one of ownPlaces(state, request.places, request)) one.users++;
  for (const one of ownPlaces(state, before, request)) one.users--;
  for (const at of before) if (!request.places.includes(at)) leaveUnused(state, at);
  state.stale = true;
}

function setPlaces(request: Request, places: readonly number[]): void {
  request.places = places;
  if (request.scope.kind !== 'kernel') request.place = places.length === 1 ? (places[0] ?? SEVERAL) : SEVERAL;
}

function placesOf(state: Facility, { scope, tids }: Request, pid?: number): number[] {
  switch (scope.kind) {
    case 'kernel':
      return [];
    case 'thread':
      return tids.map((tid) => competitorFor(state, pid ?? scope.pid, tid));
    case 'process':
      return processPlaces(state, scope.pid);
  }
}

function processPlaces(state: Facility, pid: number): number[] {
  competitorFor(state, pid, WHOLE_PROCESS);
  return [...state.competitors.keys()].filter((at) => state.competitors[at]?.pid === pid && state.competitors[at]?.tid !== UNUSED);
}

/** Those of `places` that are there on `request`'s account. */
function ownPlaces({ competitors }: Facility, places: readonly number[], { scope }: Request): Competitor[] {
  const own: Competitor[] = [];
  for (const at of places) {
    const one = competitors[at];
    if (one !== undefined && (one.tid === WHOLE_PROCESS || scope.kind === 'thread')) own.push(one);
  }
  return own;
}

/** `request` competes nowhere any more. */
export function leavePlaces(state: Facility, request: Request): void {
  const { places } = request;
  for (const one of ownPlaces(state, places, request)) one.users--;
  setPlaces(request, NOWHERE);
  for (const at of places) leaveUnused(state, at);
}

/** A competitor with nothing of its own left is gone; what is known of strangers stays until the thread ends. */
export function leaveUnused(state: Facility, at: number, ended = false): void {
  const one = state.competitors[at];
  if (one === undefined || one.users > 0 || (one.strangers > 0 && !ended)) return;
  if (one.strangers > 0) state.stale = true;
  const isOfProcess = one.tid !== WHOLE_PROCESS && indexOf(state, one.pid, WHOLE_PROCESS) >= 0;
  Object.assign(one, { pid: -1, tid: UNUSED, strangers: 0, chosen: [] });
  if (!isOfProcess) return;
  for (const request of state.requests) {
    if (request.scope.kind === 'process' && request.places.includes(at))
      setPlaces(
        request,
        request.places.filter((place) => place !== at),
      );
  }
}

/** Index of the competitor of thread `tid`, or -1. */
export function placeOfThread(state: Facility, tid: number): number {
  return state.competitors.findIndex((one) => one.tid === tid);
}
