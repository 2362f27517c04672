// The plan: which requests are to be installed. It follows from the set of requests alone, never from what was installed before,
// but for one thing: what is installed and has no callbacks stays.
//
// All requests are gone through by rank; each gets its slots where they are still free, and leaves them to those after it where they are not
// enough. A kernel request needs its slots on every CPU, whoever runs there: beside the thread that has taken most. A thread's request needs
// them in each thread it covers, beside the kernel's. For requests of one piece that is R-342: a thread's levels of at least a kernel
// request's rank are the slots that the greediest thread has taken when its turn comes.
import { setPlanned, unsettle } from './ranking.js';
import { type ArmedPiece, type PieceSpec, type Request, sameScope } from './request.js';
import { type Facility, SLOTS, samePiece } from './state.js';

type Kind = Pick<ArmedPiece, 'access' | 'scope' | 'inherit' | 'inKernel' | 'tids'> & { readonly stackDepth?: number };

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
    const needs = request.hasTwin ? newPieces(ranked, at) : request.pieces.length;
    const left = room - needs;
    const { places } = request;
    const ofKernel = request.scope.kind === 'kernel';
    const planned = request.blocked === null && (ofKernel ? most : mostIn(places)) <= left;
    if (planned) {
      if (ofKernel) room = left;
      else most = Math.max(most, take(places, needs));
    }
    if (planned === request.planned) continue;
    setPlanned(state, request, planned);
    unsettle(state, request);
  }
  state.kernelSlots = SLOTS - state.kernelStrangers - room;
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
    sameScope(a.scope, b.scope) &&
    sameThreads(a.tids, b.tids)
  );
}

function sameThreads(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((tid) => b.includes(tid));
}
