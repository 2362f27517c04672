// Who competes with whom: requests of one thread with each other, all of them with the kernel's, those of different threads not at all.
import { compareRank, type Request } from './request.js';
import type { Competitor, Facility } from './state.js';

/** Competitors that `request` has a place in; made when they are missing. */
export function competitorsOf(state: Facility, request: Request): Competitor[] {
  const { scope } = request;
  switch (scope.kind) {
    case 'kernel':
      return [];
    case 'process':
      competitorFor(state, scope.pid, -1);
      return state.competitors.filter(({ pid }) => pid === scope.pid);
    case 'thread':
      return request.tids.map((tid) => competitorFor(state, scope.pid, tid));
  }
}

/** The competitor of a thread (`tid` -1: of a process without regard to its threads). A new one of a thread has its process's requests. */
export function competitorFor(state: Facility, pid: number, tid: number): Competitor {
  for (const one of state.competitors) if (one.tid === tid && (tid !== -1 || one.pid === pid)) return one;
  const ofProcess = tid === -1 ? null : (state.competitors.find((one) => one.pid === pid && one.tid === -1) ?? null);
  const list = ofProcess?.list.filter(({ scope }) => scope.kind === 'process') ?? [];
  const made: Competitor = {
    pid,
    tid,
    strangers: ofProcess?.strangers ?? 0,
    list: [...list],
    levels: [0, 0, 0, 0],
    chosen: [],
    room: 0,
    changed: true,
  };
  state.competitors.push(made);
  return made;
}

/** Puts `request` into the lists it belongs to. */
export function enlist(state: Facility, request: Request): void {
  if (request.scope.kind === 'kernel') insert(state.kernel, request);
  else for (const one of competitorsOf(state, request)) insertInto(one, request);
}

/** Takes `request` out of all lists; a competitor with nothing left is gone. */
export function delist(state: Facility, request: Request): void {
  remove(state.kernel, request);
  for (const one of state.competitors) if (remove(one.list, request)) one.changed = true;
  if (state.competitors.some(({ list, strangers }) => list.length === 0 && strangers === 0)) {
    state.competitors = state.competitors.filter(({ list, strangers }) => list.length > 0 || strangers > 0);
  }
}

/** Puts `request` where its present rank belongs: an installed one without callbacks has risen. */
export function rerank(state: Facility, request: Request): void {
  if (request.scope.kind === 'kernel') {
    if (remove(state.kernel, request)) insert(state.kernel, request);
  } else {
    for (const one of competitorsOf(state, request)) if (remove(one.list, request)) insertInto(one, request);
  }
}

/** Says that the plan for `request`'s competitors must be made anew. */
export function markChanged(state: Facility, request: Request): void {
  if (request.scope.kind !== 'kernel') for (const one of competitorsOf(state, request)) one.changed = true;
}

function insertInto(one: Competitor, request: Request): void {
  insert(one.list, request);
  one.changed = true;
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

function remove(list: Request[], request: Request): boolean {
  const at = list.indexOf(request);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
