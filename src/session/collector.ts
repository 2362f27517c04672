// Runs the rounds: takes what the engine reports to the pipelines, keeps the counts, and hands complete hits on in order.
import type { EngineSession, EngineSink, RawHit } from '../engines/contract.js';
import type { TargetEvent } from '../model/hit.js';
import type { HitRecord } from './hit-record.js';
import type { Item, Outbox } from './outbox.js';
import type { ThreadBook } from './threads.js';
import type { WatchPipeline } from './watch-pipeline.js';

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
  exec(comm: string, time: bigint): void;
  items(items: readonly Item[]): void;
}

export class Collector {
  readonly #session: EngineSession;
  readonly #pid: number;
  readonly #outbox: Outbox;
  readonly #threads: ThreadBook;
  readonly #events: CollectorEvents;
  readonly #byCookie = new Map<number, WatchPipeline>();
  readonly #pipelines = new Set<WatchPipeline>();
  readonly #byInfo = new Map<object, WatchPipeline>();
  readonly losses: Losses = { lost: 0, throttled: 0, unseenChanges: 0 };
  readonly #sink: EngineSink;
  #pendingExec: { comm: string; time: bigint } | null = null;
  /** Start of the round before: everything older has been delivered by now. */
  #previousRound = 0;

  constructor(parts: { session: EngineSession; pid: number; outbox: Outbox; threads: ThreadBook; events: CollectorEvents }) {
    this.#session = parts.session;
    this.#pid = parts.pid;
    this.#outbox = parts.outbox;
    this.#threads = parts.threads;
    this.#events = parts.events;
    this.#sink = this.#makeSink();
  }

  add(pipeline: WatchPipeline, cookies: readonly number[]): void {
    this.#pipelines.add(pipeline);
    this.#byInfo.set(pipeline.info, pipeline);
    for (const cookie of cookies) this.#byCookie.set(cookie, pipeline);
  }

  /** No more reports of `pipeline` are to come; what it still holds goes out with the next round. */
  retire(pipeline: WatchPipeline): void {
    pipeline.finish();
    this.#pipelines.delete(pipeline);
  }

  /** One round. `final`: everything is disarmed, hold nothing back. Returns the number of reports. */
  round(final: boolean): number {
    const horizon = final ? Number.POSITIVE_INFINITY : this.#previousRound;
    this.#previousRound = Number(process.hrtime.bigint());
    const reports = this.#session.collect(this.#sink, final);
    const now = Number(process.hrtime.bigint());
    for (const pipeline of this.#pipelines) {
      if (final) pipeline.finish();
      else pipeline.endRound(horizon, now);
    }
    this.#deliver(horizon);
    this.#reportExec();
    return reports;
  }

  #deliver(horizon: number): void {
    const items = this.#outbox.take((hit: HitRecord) => this.#byInfo.get(hit.watch)?.isOpen(hit, horizon) === true);
    for (const item of items) if (item.kind === 'unseen-change') this.losses.unseenChanges++;
    if (items.length > 0) this.#events.items(items);
  }

  #reportExec(): void {
    const exec = this.#pendingExec;
    if (exec === null) return;
    this.#pendingExec = null;
    this.#events.exec(exec.comm, exec.time);
    // What was announced on that occasion: there may be no other round.
    this.flush();
  }

  /** Hands on what is held back, as it is. */
  flush(): void {
    this.#deliver(Number.POSITIVE_INFINITY);
  }

  /** Puts an event into its place among the hits. */
  announce(event: TargetEvent): void {
    this.#outbox.event(event);
  }

  #makeSink(): EngineSink {
    return {
      hit: (raw: RawHit) => this.#byCookie.get(raw.cookie)?.report(raw),
      threadStarted: ({ pid, tid, parentPid, parentTid }) => {
        this.#threads.started(pid, tid, parentTid);
        if (pid === parentPid) return;
        for (const pipeline of this.#pipelines) pipeline.fork(parentPid, pid);
        this.announce({ kind: 'fork', pid: parentPid, child: pid, time: process.hrtime.bigint() });
      },
      threadEnded: ({ pid, tid }) => {
        if (this.#threads.ended(tid)) for (const pipeline of this.#pipelines) pipeline.forget(pid);
      },
      renamed: ({ pid, tid, comm, exec, time }) => {
        this.#threads.renamed(tid, comm);
        if (!exec) return;
        this.announce({ kind: 'exec', pid, comm, time });
        if (pid === this.#pid) this.#pendingExec = { comm, time };
        else for (const pipeline of this.#pipelines) pipeline.forget(pid);
      },
      lost: ({ kind, count, time }) => {
        this.losses[kind] += count;
        this.announce({ kind, count, time });
      },
    };
  }
}
