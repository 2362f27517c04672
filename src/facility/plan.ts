// The plan: which requests are to be installed. It follows from the set of requests alone, never from what was installed before,
// but for one thing: what is installed and has no callbacks stays.
//
// Kernel against threads: a kernel request needs its register on every CPU, so it competes with the thread that wants the most.
// levels[i] is the highest rank that any thread's i-th slot's worth has; walking the kernel's list from the top, a level that is not
// lower takes a slot for the threads (a tie is theirs), otherwise the kernel's request gets it. Threads then have what is left, each
// filling it with its own list from the top.
import { competitorsOf, markChanged } from './competitors.js';
import { type ArmedPiece, type PieceSpec, type Request, rankOf, sameScope } from './request.js';
import { type Competitor, type Facility, SLOTS, samePiece } from './state.js';

type Kind = Pick<ArmedPiece, 'access' | 'scope' | 'inherit' | 'inKernel'>;

/** Makes the plan of now: sets every request's `planned`, and adds those for which it may have changed to `unsettled`. */
export function makePlan(state: Facility): void {
  const unfit: Request[] = [];
  for (const request of state.requests) if (request.pieces.length > 1 && !request.planned) markChanged(state, request);
  // A wide request may claim slots that do not suffice for it: then the plan is made without it, for others can use them.
  for (;;) {
    planWithout(state, unfit);
    const wasted = wastedBy(state, unfit);
    if (wasted === null) return;
    unfit.push(wasted);
    markChanged(state, wasted);
  }
}

function planWithout(state: Facility, unfit: readonly Request[]): void {
  for (const one of state.competitors) if (one.changed) fillLevels(one, unfit);
  state.kernelChosen = balance(state, unfit);
  for (const request of state.kernel) {
    request.planned = state.kernelChosen.includes(request);
    unsettle(state, request);
  }
  for (const one of state.competitors) {
    const room = SLOTS - state.kernelSlots - one.strangers;
    if (!one.changed && one.room === room) continue;
    one.changed = false;
    one.room = room;
    one.chosen = choose(one.list, room, unfit);
    for (const request of one.list) unsettle(state, request);
  }
  for (const request of state.unsettled) if (request.scope.kind !== 'kernel') request.planned = isChosen(state, request);
}

function unsettle(state: Facility, request: Request): void {
  if (!state.unsettled.includes(request)) state.unsettled.push(request);
}

/** A request must have its place with every thread it covers. */
function isChosen(state: Facility, request: Request): boolean {
  return competitorsOf(state, request).every(({ chosen }) => chosen.includes(request));
}

/** The kernel's requests that get slots, by R-342. */
function balance(state: Facility, unfit: readonly Request[]): Request[] {
  const chosen: Request[] = [];
  const room = SLOTS - state.kernelStrangers;
  let forThreads = 0;
  let forKernel = 0;
  for (const request of state.kernel) {
    if (request.blocked !== null || unfit.includes(request)) continue;
    const rank = rankOf(request);
    while (forThreads + forKernel < room && levelOf(state, forThreads) >= rank) forThreads++;
    const needs = newPieces(request, chosen);
    if (forThreads + forKernel + needs > room) continue;
    forKernel += needs;
    chosen.push(request);
  }
  state.kernelSlots = forKernel;
  return chosen;
}

/** Highest rank of any thread's slot number `index` (R-341's tprio). */
function levelOf({ competitors }: Facility, index: number): number {
  let highest = 0;
  for (const { levels } of competitors) highest = Math.max(highest, levels[index] ?? 0);
  return highest;
}

function fillLevels({ list, levels, strangers }: Competitor, unfit: readonly Request[]): void {
  levels.fill(0);
  levels.fill(256, 0, strangers);
  let used = strangers;
  const counted: Request[] = [];
  for (const request of list) {
    if (request.blocked !== null || unfit.includes(request)) continue;
    const needs = newPieces(request, counted);
    if (used + needs > SLOTS) continue;
    levels.fill(rankOf(request), used, used + needs);
    used += needs;
    counted.push(request);
  }
}

/** From the top of `list`, what fits into `room` slots. */
function choose(list: readonly Request[], room: number, unfit: readonly Request[]): Request[] {
  const chosen: Request[] = [];
  let used = 0;
  for (const request of list) {
    if (request.blocked !== null || unfit.includes(request)) continue;
    const needs = newPieces(request, chosen);
    if (used + needs > room) continue;
    used += needs;
    chosen.push(request);
  }
  return chosen;
}

/** Slots that `request` needs beside what `others` have already: the same breakpoint needs no second one. */
function newPieces(request: Request, others: readonly Request[]): number {
  if (others.length === 0) return request.pieces.length;
  let needs = 0;
  for (const piece of request.pieces) if (!others.some((other) => wantsToo(other, request, piece))) needs++;
  return needs;
}

function wantsToo(other: Request, request: Request, piece: PieceSpec): boolean {
  return canShare(other, request) && other.pieces.some((own) => samePiece(own, piece));
}

/** Whether the two are the same kind of breakpoint for the same threads, so that equal bytes need one slot. */
export function canShare(a: Kind, b: Kind): boolean {
  return a.access === b.access && a.inherit === b.inherit && a.inKernel === b.inKernel && sameScope(a.scope, b.scope);
}

/** A wide request that keeps slots from others without being able to use them; null when there is none. */
function wastedBy(state: Facility, unfit: readonly Request[]): Request | null {
  if (state.kernel.length === 0) return null;
  let first: Request | null = null;
  for (const request of state.requests) {
    if (request.pieces.length === 1 || request.planned || request.blocked !== null || request.scope.kind === 'kernel') continue;
    if (unfit.includes(request)) continue;
    if (first === null || rankOf(request) > rankOf(first)) first = request;
  }
  return first;
}
