// Which requests a facility must have installed, found the slow way: by rank, one after the other, each where the whole is still legal.
// Shares no code with src/facility/plan.ts. And R-342 word for word, for requests of one piece.
import type { Request } from '../../src/facility/request.js';

/** What a plan depends on. */
export interface Situation {
  readonly requests: readonly Request[];
  /** Slots that strangers hold on every CPU, in one thread, and in all threads of a process. */
  readonly kernelStrangers: number;
  readonly strangers: ReadonlyMap<number, number>;
  readonly processStrangers: ReadonlyMap<number, number>;
  /** Process of every thread that any request is about. */
  readonly pidOf: ReadonlyMap<number, number>;
}

const SLOTS = 4;
/** A thread of each process that has nothing of its own. */
const ANY_OTHER = -1;

/** Numbers of the requests that are installed when nothing is under way. */
export function installedByReference(situation: Situation): number[] {
  const order = situation.requests.filter(({ blocked }) => blocked === null).sort(byRank);
  const chosen: Request[] = [];
  for (const request of order) if (isLegal(situation, [...chosen, request])) chosen.push(request);
  return chosen.map(({ id }) => id).sort((a, b) => a - b);
}

/** What is without callbacks and still there has been installed, and is never evicted. */
function byRank(a: Request, b: Request): number {
  const rank = ({ callbacks, priority, fresh }: Request): number => (callbacks || fresh ? priority : 1000);
  const late = ({ scope }: Request): number => (scope.kind === 'kernel' ? 1 : 0);
  return rank(b) - rank(a) || late(a) - late(b) || a.age - b.age;
}

/** Whether every thread has room for all of `requests` that are for it, beside the kernel's and the strangers'. */
function isLegal(situation: Situation, requests: readonly Request[]): boolean {
  const kernel = slotsOf(requests.filter(({ scope }) => scope.kind === 'kernel'));
  return threadsOf(situation).every(({ pid, tid }) => {
    const own = requests.filter((request) => covers(request, pid, tid));
    const strangers = situation.strangers.get(tid) ?? situation.processStrangers.get(pid) ?? 0;
    return slotsOf(own) + kernel + strangers + situation.kernelStrangers <= SLOTS;
  });
}

function threadsOf({ pidOf, requests, processStrangers }: Situation): { pid: number; tid: number }[] {
  const pids = new Set([...pidOf.values(), ...processStrangers.keys()]);
  for (const { scope } of requests) if (scope.kind !== 'kernel') pids.add(scope.pid);
  const named = requests.flatMap(({ scope, tids }) =>
    scope.kind === 'thread' ? tids.map((tid) => ({ pid: pidOf.get(tid) ?? scope.pid, tid })) : [],
  );
  const known = [...[...pidOf].map(([tid, pid]) => ({ pid, tid })), ...named];
  return [...known, ...[...pids].map((pid) => ({ pid, tid: ANY_OTHER })), { pid: -1, tid: ANY_OTHER }];
}

function covers({ scope, tids }: Request, pid: number, tid: number): boolean {
  if (scope.kind === 'process') return scope.pid === pid;
  return scope.kind === 'thread' && tids.includes(tid);
}

function slotsOf(requests: readonly Request[]): number {
  return new Set(requests.flatMap((request) => request.pieces.map((piece) => breakpointOf(request, piece)))).size;
}

/** Two of the same name are one breakpoint. */
export function breakpointOf(
  request: Pick<Request, 'access' | 'inherit' | 'inKernel' | 'scope' | 'tids'>,
  piece: { address: number; length: number },
): string {
  const { access, inherit, inKernel, scope, tids } = request;
  return JSON.stringify([piece.address, piece.length, access, inherit, inKernel, scope, [...tids].sort((a, b) => a - b)]);
}

/** literally: the numbers installed of requests of one piece each, all different, of the kernel or one thread. */
export function installedByR342(requests: readonly Request[]): number[] {
  const byPriority = (a: Request, b: Request): number => b.priority - a.priority || a.age - b.age;
  const kernel = requests.filter(({ scope }) => scope.kind === 'kernel').sort(byPriority);
  const threads = new Map<number, Request[]>();
  for (const request of requests) {
    const [tid] = request.tids;
    if (tid !== undefined) threads.set(tid, [...(threads.get(tid) ?? []), request]);
  }
  for (const list of threads.values()) list.sort(byPriority);
  const tprio = [0, 1, 2, 3].map((i) => Math.max(0, ...[...threads.values()].map((list) => (list[i] ? list[i].priority : 0))));
  let u = 0;
  let k = 0;
  while (u + k < SLOTS && k < kernel.length) {
    if ((tprio[u] ?? 0) >= (kernel[k]?.priority ?? 0)) u++;
    else k++;
  }
  const installed = [...kernel.slice(0, k), ...[...threads.values()].flatMap((list) => list.slice(0, SLOTS - k))];
  return installed.map(({ id }) => id).sort((a, b) => a - b);
}
