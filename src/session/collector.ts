// Runs the rounds: takes what the engine reports to the pipelines, keeps the counts, and hands complete hits on in order.
import type { EngineSession, EngineSink, RawHit } from '../engines/contract.js';
import type { FacilityEvent, RequestId } from '../facility/index.js';
import type { Inherit } from '../model/access.js';
import type { TargetEvent, WatchInfo } from '../model/hit.js';
import { isOpenAt, type Outbox, type Outgoing } from './outbox.js';
import type { Pipeline } from './pipeline.js';
import type { Stamps } from './race.js';
import type { ThreadBook } from './threads.js';

/** A throttled event is let go on at the kernel's next tick; ticks are at most this long (ns) apart. */
const LONGEST_TICK = 20_000_000;

/** What went wrong or could not be seen, so far. */
export interface Losses {
  /** Reports that did not fit a ring, and hits that counters saw and no report came of. */
  lost: number;
  throttled: number;
  unseenChanges: number;
}

/** Told of what concerns more than one watch. */
export interface CollectorEvents {
  /** The watched process runs another program. */
  exec(comm: string, now: number): void;
  items(items: readonly Outgoing[]): void;
  /** All reports of a round are in, and none of the hits that came of them is handed on yet. */
  collected(): void;
  /** A thread began or ended. Nothing may be armed now. */
  life(event: Extract<FacilityEvent, { readonly type: 'threadStarted' | 'exit' }>): void;
}

/** From cookies to requests: HitRoutes of facility/. */
export interface Routes {
  readonly version: number;
  of(cookie: number): readonly RequestId[];
  drained(version: number): void;
}

export interface CollectorParts {
  readonly session: EngineSession;
  readonly routes: Routes;
  /** Null: the kernel. */
  readonly pid: number | null;
  readonly inherit: Inherit;
  readonly outbox: Outbox;
  readonly threads: ThreadBook;
  readonly stamps: Stamps;
  readonly events: CollectorEvents;
}

interface Closing {
  readonly pipeline: Pipeline;
  /** When it was disarmed, ns. */
  readonly time: number;
  /** Of the routes, without it. */
  readonly version: number;
  readonly request: RequestId;
  readonly closed: () => void;
}

/** ns of CLOCK_MONOTONIC. */
function monotonic(): number {
  return Number(process.hrtime.bigint());
}

export class Collector {
  readonly #parts: CollectorParts;
  /** A request that lost its registers and has them again has two: the old one until its last hits are through. */
  readonly #byRequest = new Map<RequestId, readonly Pipeline[]>();
  /** Pipelines of each cookie, as far as hits have come; by the table's version. */
  readonly #byCookie = new Map<number, readonly Pipeline[]>();
  #routesVersion = -1;
  readonly #pipelines = new Set<Pipeline>();
  #closing: Closing[] = [];
  readonly losses: Losses = { lost: 0, throttled: 0, unseenChanges: 0 };
  readonly #sink: EngineSink;
  /** Changes that nobody was seen to make are nothing to tell of, where nobody looks at times. */
  #hasMissed = false;
  #pendingExec: string | null = null;
  /** Whether somebody wants to know of each thread. */
  tellsThreads = false;
  /** Start of the last round: what is older is delivered in this one. */
  #lastRound = 0;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#sink = this.#makeSink();
  }

  /** `request`'s pieces have just been armed; their hits go to `pipeline`. */
  add(pipeline: Pipeline, request: RequestId): void {
    this.#pipelines.add(pipeline);
    this.#setPipelines(request, [...(this.#byRequest.get(request) ?? []), pipeline]);
    // A first look at memory at once, so that the first hit's old value is known.
    pipeline.endRound(Number.NEGATIVE_INFINITY, monotonic);
  }

  #setPipelines(request: RequestId, pipelines: readonly Pipeline[]): void {
    if (pipelines.length > 0) this.#byRequest.set(request, pipelines);
    else this.#byRequest.delete(request);
    this.#byCookie.clear();
  }

  /** `request` has just lost its pieces; `closed` is called when the last hit of `pipeline` has been handed on. */
  close(pipeline: Pipeline, request: RequestId, closed: () => void): void {
    const time = monotonic();
    pipeline.close(time);
    this.#closing.push({ pipeline, time, version: this.#parts.routes.version, request, closed });
  }

  /** One round. Returns whether there was anything to do. */
  round(): boolean {
    const horizon = this.#lastRound;
    const { window } = this.#parts.stamps;
    this.#lastRound = monotonic();
    const reports = this.#parts.session.collect(this.#sink, false);
    for (const pipeline of this.#pipelines) pipeline.endRound(horizon, monotonic);
    this.#parts.events.collected();
    this.#deliver(horizon - window);
    this.#forgetClosed(horizon - window);
    this.#reportExec();
    return reports > 0 || !this.#parts.outbox.isEmpty;
  }

  /**
   * The last round: everything is disarmed. `ended`: because the process has ended, so that memory held still before. `last` is
   * called before the last items go out, with the program that the process came to run meanwhile, or null.
   */
  finish(ended: boolean, last: (comm: string | null) => void): void {
    const disarmed = ended ? Number.POSITIVE_INFINITY : monotonic();
    this.#parts.session.collect(this.#sink, true);
    for (const pipeline of this.#pipelines) pipeline.finish(disarmed);
    this.#parts.events.collected();
    last(this.#pendingExec);
    this.#deliver(Number.POSITIVE_INFINITY);
    this.#forgetClosed(Number.POSITIVE_INFINITY);
  }

  /** Hands on what no hit later than `limit` (ns) can change any more. */
  #deliver(limit: number): void {
    const taken = this.#parts.outbox.take(isOpenAt(limit));
    const items = this.#hasMissed ? taken.filter(({ kind }) => kind !== 'unseen-change') : taken;
    for (const item of items) if (item.kind === 'unseen-change') this.losses.unseenChanges++;
    if (items.length > 0) this.#parts.events.items(items);
  }

  #forgetClosed(limit: number): void {
    const done = this.#closing.filter(({ time }) => time < limit);
    if (done.length === 0) return;
    this.#closing = this.#closing.filter(({ time }) => time >= limit);
    for (const { pipeline, request, version, closed } of done) {
      this.#pipelines.delete(pipeline);
      this.#parts.outbox.forget(pipeline.info);
      this.#setPipelines(
        request,
        (this.#byRequest.get(request) ?? []).filter((one) => one !== pipeline),
      );
      this.#parts.routes.drained(version);
      closed();
    }
  }

  #reportExec(): void {
    const comm = this.#pendingExec;
    this.#pendingExec = null;
    if (comm !== null) this.#parts.events.exec(comm, monotonic());
  }

  /** Hits of `watch` at times for which `isAstray` are of memory that it does not name then. */
  follow(watch: WatchInfo, isAstray: (time: number) => boolean): void {
    this.#parts.outbox.drop(watch, isAstray);
  }

  /** Puts an event into its place among the hits. */
  announce(event: TargetEvent): void {
    this.#parts.outbox.event(event);
  }

  #makeSink(): EngineSink {
    return {
      hit: (raw: RawHit) => this.#hit(raw),
      threadStarted: (thread) => this.#threadStarted(thread),
      threadEnded: ({ pid, tid }) => {
        for (const pipeline of this.#pipelines) pipeline.threadEnded(tid);
        this.#parts.events.life({ type: 'exit', tid });
        if (this.#parts.threads.ended(tid)) this.#forget(pid);
        this.#tellThread(pid, tid, 'ended');
      },
      renamed: (thread) => this.#renamed(thread),
      lost: (loss) => this.#lost(loss),
      stopped: (stop) => this.#parts.outbox.mark({ kind: 'stopped', stop }),
      processEnded: (end) => this.#parts.outbox.mark({ kind: 'process-ended', end }),
    };
  }

  #tellThread(pid: number, tid: number, change: 'started' | 'ended'): void {
    if (this.tellsThreads) this.#parts.outbox.mark({ kind: 'thread', pid, tid, change });
  }

  /** Its watches; those who share a piece each know since and until when. */
  #hit(raw: RawHit): void {
    const pipelines = this.#pipelinesOf(raw.cookie);
    const [first] = pipelines;
    if (pipelines.length === 1 && first !== undefined) first.report(raw);
    else for (const pipeline of pipelines) pipeline.reportShared(raw);
  }

  #pipelinesOf(cookie: number): readonly Pipeline[] {
    const { routes } = this.#parts;
    if (routes.version !== this.#routesVersion) this.#byCookie.clear();
    this.#routesVersion = routes.version;
    let pipelines = this.#byCookie.get(cookie);
    if (pipelines === undefined) {
      pipelines = routes.of(cookie).flatMap((request) => this.#byRequest.get(request) ?? []);
      this.#byCookie.set(cookie, pipelines);
    }
    return pipelines;
  }

  #threadStarted({ pid, tid, parentPid, parentTid, time }: Parameters<EngineSink['threadStarted']>[0]): void {
    const { inherit, threads } = this.#parts;
    const isFork = pid !== parentPid;
    this.#parts.events.life({ type: 'threadStarted', tid, pid, parent: parentTid, how: isFork ? 'child' : 'thread' });
    const isFollowed = inherit === 'children' || (inherit === 'threads' && !isFork);
    if (isFollowed) threads.started(pid, tid, parentTid);
    if (isFollowed) this.#tellThread(pid, tid, 'started');
    if (!isFork) return;
    if (inherit === 'children') {
      const parent = { pid: parentPid, tid: parentTid };
      for (const pipeline of this.#pipelines) pipeline.fork(parent, pid, Number(time));
    }
    this.announce({ kind: 'fork', pid: parentPid, child: pid, time });
  }

  #renamed({ pid, tid, comm, exec, time }: Parameters<EngineSink['renamed']>[0]): void {
    this.#parts.threads.renamed(tid, comm);
    if (!exec) return;
    this.#parts.threads.executed(pid);
    this.announce({ kind: 'exec', pid, comm, time });
    this.#forget(pid, Number(time));
    if (pid === this.#parts.pid) this.#pendingExec = comm;
  }

  /** What was lost came between hits that we know: what follows from their order does not hold. */
  #lost({ kind, count, time }: Parameters<EngineSink['lost']>[0]): void {
    this.losses[kind] += count;
    const until = Number(time) + (kind === 'throttled' ? LONGEST_TICK : 0);
    for (const pipeline of this.#pipelines) pipeline.blind(until);
    this.#parts.outbox.contestAll();
    this.announce({ kind, count, time });
  }

  /** What happened up to now is in no report, because nobody asked for it. */
  missed(): void {
    this.#hasMissed = true;
    for (const pipeline of this.#pipelines) pipeline.blind(monotonic());
  }

  #forget(pid: number, time?: number): void {
    for (const pipeline of this.#pipelines) pipeline.forget(pid, time);
  }
}
