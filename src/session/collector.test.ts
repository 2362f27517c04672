import { describe, expect, test } from 'vitest';
import { type MadeHit, MadeWatch, rawHit } from '../../test/session/made-hits.js';
import type { EngineSession, EngineSink, RawHit } from '../engines/contract.js';
import type { Inherit } from '../model/access.js';
import { Collector } from './collector.js';
import type { HitRecord } from './hit-record.js';
import type { Outgoing } from './outbox.js';
import { STAMPED_IN_TRAP } from './race.js';
import { ThreadBook } from './threads.js';

const MAIN = 1;

type Report = (sink: EngineSink) => void;

/** An engine that reports what it is told to, and a collector over it. */
class MadeCollector {
  readonly watch = new MadeWatch();
  readonly items: Outgoing[] = [];
  readonly execs: string[] = [];
  readonly threads = new ThreadBook({ ids: () => [], name: () => null });
  /** By cookie; request 1 is the watch's. */
  users = new Map([[1, [1]]]);
  readonly routes = { version: 0, of: (cookie: number) => this.users.get(cookie) ?? [], drained: () => undefined };
  readonly collector: Collector;
  #reports: Report[] = [];

  constructor(inherit: Inherit = 'threads') {
    const session = { collect: (sink: EngineSink) => this.#collect(sink) } as Partial<EngineSession> as EngineSession;
    this.collector = new Collector({
      ...{ session, pid: MAIN, inherit, outbox: this.watch.outbox, threads: this.threads, routes: this.routes, stamps: STAMPED_IN_TRAP },
      events: {
        life: () => undefined,
        exec: (comm) => this.execs.push(comm),
        items: (items) => this.items.push(...items),
        collected: () => undefined,
      },
    });
    this.threads.started(MAIN, MAIN, 0);
    this.collector.add(this.watch.pipeline, 1);
  }

  #collect(sink: EngineSink): number {
    const reports = this.#reports;
    this.#reports = [];
    for (const report of reports) report(sink);
    return reports.length;
  }

  /** What the next round collects. */
  reports(...reports: Report[]): void {
    this.#reports.push(...reports);
  }

  /** A few rounds, some time apart, so that all that was reported goes out. */
  async rounds(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      this.collector.round();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  kinds(): string[] {
    return this.items.map(({ kind }) => kind);
  }
}

/** A hit that has just happened, as the collector's clock says. */
function hit(made: Partial<MadeHit> = {}): Report {
  return (sink) => sink.hit(now(rawHit({ time: 0, ...made })));
}

function now(raw: RawHit): RawHit {
  const time = process.hrtime.bigint();
  return { ...raw, timeLo: Number(time & 0xffff_ffffn), timeHi: Number(time >> 32n) };
}

const fork: Report = (sink) => sink.threadStarted({ pid: 2, tid: 2, parentPid: MAIN, parentTid: MAIN, time: process.hrtime.bigint() });
const thread: Report = (sink) => sink.threadStarted({ pid: MAIN, tid: 5, parentPid: MAIN, parentTid: MAIN, time: process.hrtime.bigint() });
const ended =
  (pid: number, tid: number): Report =>
  (sink) =>
    sink.threadEnded({ pid, tid });
const renamed =
  (pid: number, exec: boolean): Report =>
  (sink) =>
    sink.renamed({ pid, tid: pid, comm: 'next', exec, time: process.hrtime.bigint() });
const lost =
  (kind: 'lost' | 'throttled'): Report =>
  (sink) =>
    sink.lost({ kind, count: 7, time: process.hrtime.bigint() });

describe('hits', () => {
  test('go out in order, once nothing can change them any more', async () => {
    const made = new MadeCollector();
    made.reports(hit({ value: 1n }), hit({ value: 2n }));
    made.collector.round();
    expect(made.items).toEqual([]);
    await made.rounds();
    expect(made.items).toMatchObject([{ newValue: '1' }, { newValue: '2', oldValue: '1' }]);
  });

  test('of pieces that nobody knows are nobody’s', async () => {
    const made = new MadeCollector();
    made.reports(hit({ cookie: 99 }));
    await made.rounds();
    expect(made.items).toEqual([]);
  });

  test('that are left are delivered at the end', () => {
    const made = new MadeCollector();
    made.reports(hit({ by: 'vector8' }));
    made.collector.finish(false, () => undefined);
    expect(made.items).toMatchObject([{ unresolved: false, newValue: null }]);
  });

  test('a round says whether there was something to do, and is still', async () => {
    const made = new MadeCollector();
    expect(made.collector.round()).toBe(false);
    made.reports(hit());
    expect(made.collector.round()).toBe(true);
    await made.rounds();
    expect(made.collector.round()).toBe(false);
  });
});

describe('a piece that several watches share', () => {
  test('gives each the hits of its own time', async () => {
    const made = new MadeCollector();
    const other = new MadeWatch();
    made.users.set(1, [1, 2]);
    made.collector.add(other.pipeline, 2);
    const early = now(rawHit({ time: 0, value: 1n }));
    other.pipeline.open(Number(process.hrtime.bigint()));
    made.reports((sink) => sink.hit(early), hit({ value: 2n }));
    await made.rounds();
    expect(made.items).toHaveLength(2);
    expect(other.items()).toMatchObject([{ newValue: '2' }]);
  });
});

describe('a pipeline that is closed', () => {
  test('still delivers what was on its way, then is gone', async () => {
    const made = new MadeCollector();
    let closed = 0;
    made.reports(hit());
    made.collector.close(made.watch.pipeline, 1, () => closed++);
    made.collector.round();
    expect(closed).toBe(0);
    await made.rounds();
    expect({ closed, kinds: made.kinds() }).toEqual({ closed: 1, kinds: ['hit'] });
    made.reports(hit());
    await made.rounds();
    expect(made.items).toHaveLength(1);
  });

  test('is closed by the end at the latest', () => {
    const made = new MadeCollector();
    let closed = 0;
    made.collector.close(made.watch.pipeline, 1, () => closed++);
    made.collector.finish(true, () => undefined);
    expect(closed).toBe(1);
  });
});

describe('threads and processes', () => {
  test('a child is said, and neither counted nor followed where it is not watched', async () => {
    const made = new MadeCollector('threads');
    made.reports(hit({ value: 1n }), thread, fork, hit({ pid: 2, tid: 2, value: 5n }));
    await made.rounds();
    expect(made.threads.seen).toBe(2);
    expect(made.items).toMatchObject([{ kind: 'hit' }, { kind: 'fork', pid: MAIN, child: 2 }, { kind: 'hit', oldValue: null }]);
  });

  test('a child that is watched is counted and goes on with its parent’s value', async () => {
    const made = new MadeCollector('children');
    made.reports(hit({ value: 1n }), fork, hit({ pid: 2, tid: 2, value: 5n }));
    await made.rounds();
    expect(made.threads.seen).toBe(2);
    expect(made.items.at(-1)).toMatchObject({ kind: 'hit', oldValue: '1' });
  });

  test('without inheritance new threads are not counted', async () => {
    const made = new MadeCollector('none');
    made.reports(thread, fork);
    await made.rounds();
    expect(made.threads.seen).toBe(1);
  });

  test('the value of a process is forgotten when its last thread has ended', async () => {
    const made = new MadeCollector('children');
    made.reports(hit({ value: 1n }), thread, ended(MAIN, MAIN), hit({ tid: 5, value: 2n }), ended(MAIN, 5), hit({ tid: 5, value: 3n }));
    await made.rounds();
    expect(made.items.map((item) => (item as HitRecord).oldValue)).toEqual([null, '1', null]);
  });
});

describe('an exec', () => {
  test('of the process is said and told after the hits before it', async () => {
    const made = new MadeCollector();
    made.reports(hit(), renamed(MAIN, true));
    await made.rounds();
    expect({ kinds: made.kinds(), execs: made.execs }).toEqual({ kinds: ['hit', 'exec'], execs: ['next'] });
  });

  test('of a child is said only', async () => {
    const made = new MadeCollector('children');
    made.reports(fork, renamed(2, true));
    await made.rounds();
    expect({ kinds: made.kinds(), execs: made.execs }).toEqual({ kinds: ['fork', 'exec'], execs: [] });
  });

  test('in the last round is told before the last items go out', () => {
    const made = new MadeCollector();
    made.reports(renamed(MAIN, true));
    made.collector.finish(true, (comm) => {
      expect(comm).toBe('next');
      made.collector.announce({ kind: 'watch-ended', watch: made.watch.info, reason: 'made' });
    });
    expect({ kinds: made.kinds(), execs: made.execs }).toEqual({ kinds: ['exec', 'watch-ended'], execs: [] });
  });

  test('a new name is none', async () => {
    const made = new MadeCollector();
    made.reports(renamed(MAIN, false));
    await made.rounds();
    expect(made.kinds()).toEqual([]);
    expect(made.threads.comm(MAIN, MAIN)).toBe('next');
  });
});

describe('losses', () => {
  test('are counted, said, and put what follows from other hits in doubt', async () => {
    const made = new MadeCollector();
    made.reports(hit({ value: 1n }), hit({ value: 2n }), lost('lost'), hit({ value: 3n }));
    await made.rounds();
    expect(made.collector.losses).toEqual({ lost: 7, throttled: 0, unseenChanges: 0 });
    const hits = made.items.filter((item) => item.kind === 'hit');
    expect(hits.map(({ oldValue, newValue }) => [oldValue, newValue])).toEqual([
      [null, '1'],
      [null, '2'],
      [null, '3'],
    ]);
    expect(made.kinds()).toEqual(['hit', 'hit', 'lost', 'hit']);
  });

  test('by throttling last until the kernel’s next tick', async () => {
    const made = new MadeCollector();
    made.reports(lost('throttled'), hit({ value: 1n }), hit({ value: 2n }));
    await made.rounds();
    expect(made.collector.losses.throttled).toBe(7);
    expect(made.items.at(-1)).toMatchObject({ oldValue: null, newValue: '2' });
  });

  test('unseen changes are counted when they go out', async () => {
    const made = new MadeCollector();
    made.reports(hit({ value: 1n }), hit({ by: 'exchange8', value: 9n }));
    await made.rounds();
    made.collector.finish(true, () => undefined);
    expect(made.collector.losses.unseenChanges).toBe(1);
    expect(made.kinds()).toEqual(['hit', 'unseen-change', 'hit']);
  });
});
