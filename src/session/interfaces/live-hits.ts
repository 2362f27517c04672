// Hits of real threads: the facility's own code says whose they are, and each request that has a part in one is told.
import { requestOf } from '../../facility/index.js';
import type { Finding } from '../../facility/virtual/debug-exception.js';
import { sortLive } from './exceptions.js';
import { isOfKernel, type LiveContext } from './live-context.js';
import type { TriggeredHit } from './live-event.js';
import type { LiveThread, PendingHit } from './live-thread.js';
import type { Report } from './recorded.js';

/** One hit comes in. One that stops its thread waits for the others that the thread stops for: they are one report. */
export function takeHit(context: LiveContext, { pid, tid, hit }: Extract<Report, { type: 'hit' }>): void {
  const thread = context.threads.get(tid);
  if (thread === undefined) tellLate(context, hit, { pid, tid });
  else if (context.words !== null || context.broker.stops(hit.cookie)) thread.pending.push(hit);
  else sortHits(context, thread, [hit], false);
}

/** Sorts out what a thread has met at one moment, and tells it. `stepped`: its tracer's step is over. */
export function sortHits(context: LiveContext, thread: LiveThread, hits: readonly PendingHit[], stepped: boolean): Finding {
  const { half, rules, words } = context;
  const { tid, pid } = thread;
  const indexOf = words === null ? null : (cookie: number) => words.indexOf(tid, cookie);
  const user = hits.length === 0 || hits.some(({ kernel }) => !kernel);
  const cookies = hits.map(({ cookie }) => cookie);
  const finding = sortLive(half, rules, { tid, pid, cookies, stepped, user, indexOf });
  if (words === null) for (const hit of hits) tellHit(context, thread, hit, finding);
  return finding;
}

/** Each request is told of the hits of its own piece. */
function tellHit(context: LiveContext, { tid, pid }: LiveThread, hit: PendingHit, { told }: Finding): void {
  const requests = context.broker.routes.of(hit.cookie);
  const known = told.filter(({ who, id }) => who === 'request' && requests.includes(id));
  if (known.length === 0) tellLate(context, hit, { pid, tid });
  for (const { id, answer } of known) triggered(context, id, hit, { pid, tid, answer: answer === 'passed' ? 'passed' : 'consumed' });
}

/** The piece was given up while the hit was under way, or the thread is not ours, as a kernel address may be hit by any: nothing is owed to it. */
function tellLate(context: LiveContext, hit: PendingHit, who: Pick<TriggeredHit, 'pid' | 'tid'>): void {
  for (const id of context.broker.routes.of(hit.cookie)) {
    if (requestOf(context.half.broker, id) === null || isOfKernel(context, id)) triggered(context, id, hit, { ...who, answer: 'consumed' });
  }
}

/** Raw registers, below 0, have no callbacks. */
function triggered(context: LiveContext, request: number, hit: PendingHit, who: Pick<TriggeredHit, 'pid' | 'tid' | 'answer'>): void {
  if (request < 0) return;
  const { ip, kernel, after, time } = hit;
  const { broker } = context.half;
  // All that `triggered` may not do is refused while it runs.
  broker.inCallback = true;
  try {
    context.emit({ type: 'triggered', hit: { request, ...who, ip, kernel, after, time } });
  } finally {
    broker.inCallback = false;
  }
}
