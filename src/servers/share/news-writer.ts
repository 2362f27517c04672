// What a client is told, as news for the socket, in the order in which it came; hits of one round travel together.
import { assertNever } from '../../base/assert.js';
import type { TargetEvent } from '../../model/hit.js';
import type { Happening, News, Row, WireCause } from '../../protocols/share/index.js';
import type { ClientEvent, ClientStopCause, ClientWatch } from '../../session/debug/index.js';
import { HitWriter } from './hit-writer.js';

/** More are not told before their watch is. */
const MOST_EARLY = 64;

export class NewsWriter {
  readonly hits = new HitWriter((definition) => this.#push({ type: 'define', definition }));
  /** As last told, to see what has changed. */
  readonly #watches = new Map<ClientWatch, { info: unknown; arming: unknown }>();
  /** By what they watch, for events that name only that. */
  readonly #byInfo = new WeakMap<object, ClientWatch>();
  /** What was told of watches that nothing else was told of yet: whoever asked for one does not know it before it is answered. */
  #early: TargetEvent[] = [];
  #news: News[] = [];
  /** The rows of the last news, where it is hits. */
  #rows: Row[] | null = null;

  get isEmpty(): boolean {
    return this.#news.length === 0;
  }

  /** What there is to send; the next call gives what comes from now on. */
  take(): News[] {
    const news = this.#news;
    this.#news = [];
    this.#rows = null;
    return news;
  }

  #push(news: News): void {
    this.#news.push(news);
    this.#rows = null;
  }

  /** Tells how `watch` is now, if that is news. */
  watch(watch: ClientWatch): void {
    const { info, arming } = watch;
    const told = this.#watches.get(watch);
    if (told !== undefined && told.info === info && told.arming === arming) return;
    this.#watches.set(watch, { info, arming });
    this.#byInfo.set(info, watch);
    const number = this.hits.info(watch.id, info);
    const { isArmed, threads, cpus, notCovered, slots, cover, pointerSlots } = arming;
    const plain = { isArmed, threads, cpus, notCovered, slots, cover, pointerSlots };
    this.#push({ type: 'watch', watch: watch.id, info: number, isArmed: watch.isArmed, arming: plain });
    const early = this.#early;
    this.#early = [];
    for (const event of early) this.#happened(event);
  }

  forget(watch: ClientWatch): void {
    this.#watches.delete(watch);
  }

  dropped(count: number): void {
    this.#push({ type: 'dropped', count, time: process.hrtime.bigint() });
  }

  event(event: ClientEvent): void {
    if (event.type !== 'hit') for (const watch of this.#watches.keys()) this.watch(watch);
    switch (event.type) {
      case 'hit':
        this.#hit(event.watch, event.hit);
        break;
      case 'watch':
        this.watch(event.watch);
        this.#push({ type: 'change', watch: event.watch.id, change: event.change, because: event.because });
        break;
      case 'stopped': {
        const { pid, tid, time, cause } = event.stop;
        this.#push({ type: 'stopped', pid, tid, time, cause: this.#cause(cause) });
        break;
      }
      case 'thread':
        this.#push({ type: 'thread', pid: event.pid, tid: event.tid, change: event.change });
        break;
      case 'process-ended': {
        const { pid, end } = event.end;
        const number = BigInt(end.kind === 'exited' ? end.status : end.signal);
        this.#push({ type: 'processEnded', pid, how: end.kind, number });
        break;
      }
      case 'event':
        this.#happened(event.event);
        break;
      case 'closed':
        this.#push({ type: 'closed', because: event.because });
        break;
      default:
        assertNever(event);
    }
  }

  #hit(watch: ClientWatch, hit: Parameters<HitWriter['row']>[1]): void {
    if (!this.#watches.has(watch)) this.watch(watch);
    const row = this.hits.row(watch.id, hit);
    if (this.#rows === null) {
      const rows: Row[] = [];
      this.#push({ type: 'hits', rows });
      this.#rows = rows;
    }
    this.#rows.push(row);
  }

  #cause(cause: ClientStopCause): WireCause {
    if (cause.kind !== 'hit') return cause;
    for (const { watch } of cause.hits) this.watch(watch);
    return { kind: 'hit', hits: cause.hits.map(({ watch, hit }) => ({ watch: watch.id, row: this.hits.row(watch.id, hit) })) };
  }

  #happened(event: TargetEvent): void {
    const happening = this.#happening(event);
    if (happening !== null) this.#push({ type: 'happened', event: happening });
    else if ('watch' in event && this.#early.length < MOST_EARLY) this.#early.push(event);
  }

  /** Null for what is told of a watch that nothing was told of yet, and of what is no target's. */
  #happening(event: TargetEvent): Happening | null {
    switch (event.kind) {
      case 'exec':
      case 'fork':
        return event;
      case 'lost':
      case 'throttled':
        return { kind: event.kind, count: event.count, time: event.time };
      case 'owner-left':
      case 'attached-again':
        // Of no target: only whoever has joined another hwbkpt tells them.
        return null;
      default: {
        const { watch, ...rest } = event;
        const owner = this.#byInfo.get(watch);
        return owner === undefined ? null : ({ ...rest, info: this.hits.info(owner.id, watch) } as Happening);
      }
    }
  }
}
