// News from the socket as events for the listener of a client that has joined.
import { assertNever } from '../../base/assert.js';
import type { NotCovered } from '../../model/coverage.js';
import type { TargetEvent } from '../../model/hit.js';
import type { Happening, News, ResultOf, WireArming, WireCause } from '../../protocols/share/index.js';
import type { ClientEvent, ClientStopCause } from '../../session/debug/index.js';
import type { TallyRow, WatchArming } from '../../session/index.js';
import { BrokenConversationError } from './errors.js';
import { HitReader } from './hit-reader.js';
import type { RemoteWatch } from './remote-watch.js';

export class NewsReader {
  readonly #hits = new HitReader();
  readonly #watches = new Map<number, RemoteWatch>();
  readonly #make: (id: number) => RemoteWatch;

  /** `make`: an object for a watch that is heard of for the first time. */
  constructor(make: (id: number) => RemoteWatch) {
    this.#make = make;
  }

  /** Throws BrokenConversationError where nobody has told of it. */
  watch(id: number): RemoteWatch {
    const watch = this.#watches.get(id);
    if (watch === undefined) throw new BrokenConversationError(`there is no watch ${id}`);
    return watch;
  }

  /** The events that `news` makes. Throws BrokenConversationError. */
  read(news: News): ClientEvent[] {
    switch (news.type) {
      case 'define':
        this.#hits.define(news.definition);
        return [];
      case 'watch':
        this.#known(news.watch).rearmed(this.#hits.info(news.info).info, armingOf(news.arming), news.isArmed);
        return [];
      case 'hits':
        return news.rows.map((row) => {
          const { watch, hit } = this.#hits.hit(row);
          return { type: 'hit', watch: this.watch(watch), hit };
        });
      case 'change':
        return [{ type: 'watch', watch: this.watch(news.watch), change: news.change, because: news.because }];
      case 'happened':
        return [{ type: 'event', event: this.#event(news.event) }];
      case 'thread':
        return [news];
      case 'stopped': {
        const { pid, tid, time } = news;
        return [{ type: 'stopped', stop: { pid, tid, time, cause: this.#cause(news.cause) } }];
      }
      case 'processEnded': {
        const number = Number(news.number);
        const end = news.how === 'exited' ? ({ kind: 'exited', status: number } as const) : ({ kind: 'killed', signal: number } as const);
        return [{ type: 'process-ended', end: { pid: news.pid, end } }];
      }
      case 'dropped':
        return [{ type: 'event', event: { kind: 'lost', count: news.count, time: news.time } }];
      case 'closed':
        return [news];
      default:
        return assertNever(news);
    }
  }

  #known(id: number): RemoteWatch {
    const known = this.#watches.get(id) ?? this.#make(id);
    this.#watches.set(id, known);
    return known;
  }

  #cause(cause: WireCause): ClientStopCause {
    if (cause.kind !== 'hit') return cause;
    return { kind: 'hit', hits: cause.hits.map(({ watch, row }) => ({ watch: this.watch(watch), hit: this.#hits.hit(row).hit })) };
  }

  #event(event: Happening): TargetEvent {
    if (!('info' in event)) return event;
    const { info, ...rest } = event;
    return { ...rest, watch: this.#hits.info(info).info } as TargetEvent;
  }

  /** Rows of a tally as the session has them. Throws BrokenConversationError. */
  tally(rows: ResultOf<'tally'>): TallyRow[] {
    return rows.map(({ info, place, stack, firstAt, ...row }) => ({
      ...row,
      watch: this.#hits.info(info).info,
      place: this.#hits.place(place),
      stack: stack?.map((number) => this.#hits.place(number)) ?? null,
      firstAt: firstAt ?? Number.POSITIVE_INFINITY,
    }));
  }
}

/** Codes that a later version may add are words all the same. */
function armingOf({ notCovered, ...arming }: WireArming): WatchArming {
  return { ...arming, notCovered: notCovered as readonly NotCovered[] };
}
