// The plan: which requests are to be installed. It follows from the set of requests alone, never from what was installed before,
// but for one thing: what is installed and has no callbacks stays.
//
// All requests are gone through by rank; each gets its slots where they are still free, and leaves them to those after it where they are not
// enough. A kernel request needs its slots on every CPU, whoever runs there: beside the thread that has taken most. A thread's request needs
// them in each thread it covers, beside the kernel's. For requests of one piece that is R-342: a thread's levels of at least a kernel
// request's rank are the slots that the greediest thread has taken when its turn comes.
import { setPlanned, unsettle } from './ranking.js';
import { type ArmedPiece, compareRank, EVERYWHERE, type PieceSpec, type Request, SEVERAL, sameScope } from './request.js';
import { type Competitor, type Facility, SLOTS, samePiece } from './state.js';

type Kind = Pick<ArmedPiece, 'access' | 'scope' | 'inherit' | 'inKernel' | 'tids'> & {
  readonly stackDepth?: number;
  readonly handling?: number;
};

/** Slots taken so far by competitor, while a plan is made. No part of any state: it is filled anew each time. */
let taken = new Int32Array(64);

/** Makes the plan of now, where anything has changed: sets every request's `planned`, and adds those for which that has changed to `unsettled`. */
export function makePlan(state: Facility): void {
  if (!state.stale) return;
  state.stale = false;
  const { ranked } = state;
  let most = takeForStrangers(state);
  let room = SLOTS - state.kernelStrangers;
  for (let at = 0; at < ranked.length; at++) {
    const request = ranked[at];
    if (request === undefined) break;
    const { place } = request;
    const needs = request.hasTwin ? newPieces(ranked, at) : request.pieces.length;
    const used = place >= 0 ? (taken[place] ?? 0) : place === EVERYWHERE ? most : mostIn(request.places);
    const planned = used + needs <= room && request.blocked === null;
    if (planned) {
      if (place === EVERYWHERE) room -= needs;
      else if (place === SEVERAL) most = Math.max(most, take(request.places, needs));
      else {
        taken[place] = used + needs;
        if (used + needs > most) most = used + needs;
      }
    }
    if (planned === request.planned) continue;
    setPlanned(state, request, planned);
    unsettle(state, request);
  }
  state.kernelSlots = SLOTS - state.kernelStrangers - room;
}

/**
 * Plans a new request without looking at the others, where that is no question: there is room for it beside everything that is planned, so
 * nobody's slots are another's than before. False where the plan must be made.
 */
export function planAlone(state: Facility, request: Request): boolean {
  if (request.hasTwin || request.blocked !== null) return false;
  const needs = request.pieces.length;
  const room = SLOTS - state.kernelStrangers - state.kernelSlots - needs;
  if (room < 0) return false;
  const ofKernel = request.scope.kind === 'kernel';
  const { competitors } = state;
  if (ofKernel) {
    for (let at = 0; at < competitors.length; at++) if (takenBy(competitors[at]) > room) return false;
    state.kernelSlots += needs;
  } else {
    for (const place of request.places) if (takenBy(competitors[place]) > room) return false;
  }
  setPlanned(state, request, true);
  return true;
}

/** Whether the plan is the same without `request`: nobody waits for what it had. */
export function isMissedByNobody(state: Facility, request: Request): boolean {
  if (request.hasTwin || !request.planned) return false;
  const { requests } = state;
  for (let at = 0; at < requests.length; at++) {
    const waiting = requests[at];
    if (waiting !== undefined && !waiting.planned && mayMiss(state, waiting, request)) return false;
  }
  return request.places.every((place) => state.competitors[place]?.strangers === 0);
}

/** Whether `waiting` may have had to wait because of `request`. */
function mayMiss(state: Facility, waiting: Request, request: Request): boolean {
  if (waiting.blocked !== null || request.place < 0 || waiting.place === SEVERAL) return true;
  if (waiting.place !== EVERYWHERE) return waiting.place === request.place;
  // A kernel's request waits for the greediest thread: perhaps that is another, whatever this one had.
  const had = takenBefore(state.competitors[request.place], waiting, true);
  return !state.competitors.some((one, at) => at !== request.place && takenBefore(one, waiting, false) >= had);
}

/** Slots that strangers and planned requests before `request` have there: at most, or (where `all` is false) those that nobody shares. */
function takenBefore(one: Competitor | undefined, request: Request, all: boolean): number {
  if (one === undefined) return 0;
  let sum = one.strangers;
  for (const chosen of one.chosen) if (compareRank(chosen, request) < 0 && (all || !chosen.hasTwin)) sum += chosen.pieces.length;
  return sum;
}

/** Slots that strangers and planned requests have there; at most, for some may share. */
function takenBy(one: Competitor | undefined): number {
  if (one === undefined) return 0;
  let sum = one.strangers;
  for (let at = 0; at < one.chosen.length; at++) sum += one.chosen[at]?.pieces.length ?? 0;
  return sum;
}

/** Returns how many slots strangers have where they have most. */
function takeForStrangers({ competitors }: Facility): number {
  if (competitors.length > taken.length) taken = new Int32Array(2 * competitors.length);
  let most = 0;
  for (let at = 0; at < competitors.length; at++) {
    const strangers = competitors[at]?.strangers ?? 0;
    taken[at] = strangers;
    if (strangers > most) most = strangers;
  }
  return most;
}

/** Slots taken in that of `places` where most are. */
function mostIn(places: readonly number[]): number {
  let most = 0;
  for (let at = 0; at < places.length; at++) {
    const there = taken[places[at] ?? 0] ?? 0;
    if (there > most) most = there;
  }
  return most;
}

/** Takes slots in `places`; returns how many are taken then where most are. */
function take(places: readonly number[], needs: number): number {
  let most = 0;
  for (let at = 0; at < places.length; at++) {
    const place = places[at] ?? 0;
    const there = (taken[place] ?? 0) + needs;
    taken[place] = there;
    if (there > most) most = there;
  }
  return most;
}

/** Slots that the request at `at` needs beside what those planned before it have already: the same breakpoint needs no second one. */
function newPieces(ranked: readonly Request[], at: number): number {
  const request = ranked[at];
  if (request === undefined) return 0;
  let needs = 0;
  for (const piece of request.pieces) if (!hasBefore(ranked, at, piece)) needs++;
  return needs;
}

function hasBefore(ranked: readonly Request[], end: number, piece: PieceSpec): boolean {
  const request = ranked[end];
  for (let at = 0; at < end; at++) {
    const other = ranked[at];
    if (other === undefined || request === undefined || !other.planned || !canShare(other, request)) continue;
    for (const own of other.pieces) if (samePiece(own, piece)) return true;
  }
  return false;
}

/** Whether the two are the same kind of breakpoint for the same threads, so that equal bytes need one slot. */
export function canShare(a: Kind, b: Kind): boolean {
  return (
    a.access === b.access &&
    a.inherit === b.inherit &&
    a.inKernel === b.inKernel &&
    (a.stackDepth ?? 0) === (b.stackDepth ?? 0) &&
    (a.handling ?? 0) === (b.handling ?? 0) &&
    sameScope(a.scope, b.scope) &&
    sameThreads(a.tids, b.tids)
  );
}

function sameThreads(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((tid) => b.includes(tid));
}
