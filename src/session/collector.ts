// Runs the rounds: takes what the engine reports to the pipelines, keeps the counts, and hands complete hits on in order.
import type { EngineSession, EngineSink, RawHit } from '../engines/contract.js';
import type { Inherit } from '../model/access.js';
import type { TargetEvent } from '../model/hit.js';
import { RACE_WINDOW } from './history.js';
import type { Item, Outbox } from './outbox.js';
import type { ThreadBook } from './threads.js';
import type { WatchPipeline } from './watch-pipeline.js';

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
  items(items: readonly Item[]): void;
}

export interface CollectorParts {
  readonly session: EngineSession;
  readonly pid: number;
  readonly inherit: Inherit;
  readonly outbox: Outbox;
  readonly threads: ThreadBook;
  readonly events: CollectorEvents;
}

interface Closing {
  readonly pipeline: WatchPipeline;
  /** When it was disarmed, ns. */
  readonly time: number;
  readonly closed: () => void;
}

/** ns of CLOCK_MONOTONIC. */
function monotonic(): number {
  return Number(process.hrtime.bigint());
}

export class Collector {
  readonly #parts: CollectorParts;
  readonly #byCookie = new Map<number, WatchPipeline>();
  readonly #pipelines = new Set<WatchPipeline>();
  #closing: Closing[] = [];
  readonly losses: Losses = { lost: 0, throttled: 0, unseenChanges: 0 };
  readonly #sink: EngineSink;
  #pendingExec: string | null = null;
  /** Start of the last round: what is older is delivered in this one. */
  #lastRound = 0;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#sink = this.#makeSink();
  }

  /** `pipeline`'s pieces have just been armed. */
  add(pipeline: WatchPipeline, cookies: readonly number[]): void {
    this.#pipelines.add(pipeline);
    // A first look at memory at once, so that the first hit's old value is known.
    pipeline.endRound(Number.NEGATIVE_INFINITY, monotonic);
    for (const cookie of cookies) this.#byCookie.set(cookie, pipeline);
  }

  /** `pipeline`'s pieces have just been disarmed; `closed` is called when the last of its hits has been handed on. */
  close(pipeline: WatchPipeline, closed: () => void): void {
    const time = monotonic();
    pipeline.close(time);
    this.#closing.push({ pipeline, time, closed });
  }

  /** One round. Returns whether there was anything to do. */
  round(): boolean {
    const horizon = this.#lastRound;
    this.#lastRound = monotonic();
    const reports = this.#parts.session.collect(this.#sink, false);
    for (const pipeline of this.#pipelines) pipeline.endRound(horizon, monotonic);
    this.#deliver(horizon - RACE_WINDOW);
    this.#forgetClosed(horizon - RACE_WINDOW);
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
    last(this.#pendingExec);
    this.#deliver(Number.POSITIVE_INFINITY);
    this.#forgetClosed(Number.POSITIVE_INFINITY);
  }

  /** Hands on what no hit later than `limit` (ns) can change any more. */
  #deliver(limit: number): void {
    const items = this.#parts.outbox.take((hit) => hit.unresolved || hit.at + hit.settledAfter > limit);
    for (const item of items) if (item.kind === 'unseen-change') this.losses.unseenChanges++;
    if (items.length > 0) this.#parts.events.items(items);
  }

  #forgetClosed(limit: number): void {
    const done = this.#closing.filter(({ time }) => time < limit);
    if (done.length === 0) return;
    this.#closing = this.#closing.filter(({ time }) => time >= limit);
    for (const { pipeline, closed } of done) {
      this.#pipelines.delete(pipeline);
      for (const [cookie, owner] of this.#byCookie) if (owner === pipeline) this.#byCookie.delete(cookie);
      closed();
    }
  }

  #reportExec(): void {
    const comm = this.#pendingExec;
    this.#pendingExec = null;
    if (comm !== null) this.#parts.events.exec(comm, monotonic());
  }

  /** Puts an event into its place among the hits. */
  announce(event: TargetEvent): void {
    this.#parts.outbox.event(event);
  }

  #makeSink(): EngineSink {
    return {
      hit: (raw: RawHit) => this.#byCookie.get(raw.cookie)?.report(raw),
      threadStarted: (thread) => this.#threadStarted(thread),
      threadEnded: ({ pid, tid }) => {
        for (const pipeline of this.#pipelines) pipeline.threadEnded(tid);
        if (this.#parts.threads.ended(tid)) this.#forget(pid);
      },
      renamed: (thread) => this.#renamed(thread),
      lost: (loss) => this.#lost(loss),
    };
  }

  #threadStarted({ pid, tid, parentPid, parentTid, time }: Parameters<EngineSink['threadStarted']>[0]): void {
    const { inherit, threads } = this.#parts;
    const isFork = pid !== parentPid;
    if (inherit === 'children' || (inherit === 'threads' && !isFork)) threads.started(pid, tid, parentTid);
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

  #forget(pid: number, time?: number): void {
    for (const pipeline of this.#pipelines) pipeline.forget(pid, time);
  }
}
