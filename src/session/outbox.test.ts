import { describe, expect, test } from 'vitest';
import { MadeWatch, MICROSECOND, rawHit, START } from '../../test/session/made-hits.js';
import type { TargetEvent } from '../model/hit.js';
import { HitRecord } from './hit-record.js';
import { type Item, Outbox } from './outbox.js';
import type { Mark } from './tap.js';

const PLACE = { function: 'f', file: null, line: null, module: null, offset: 0 };
const { info } = new MadeWatch();
const other = new MadeWatch().info;
const FORK: TargetEvent = { kind: 'fork', pid: 1, child: 2, time: 0n };

interface Made {
  readonly time?: number;
  readonly tid?: number;
  readonly cpu?: number;
  readonly pid?: number;
}

function hit(made: Made, fields: Partial<HitRecord> = {}, watch = info): HitRecord {
  const record = new HitRecord(watch, rawHit({ time: 0, ...made }), PLACE, null);
  return Object.assign(record, { oldBytes: Uint8Array.of(1), newBytes: Uint8Array.of(2), valueSource: 'registers' }, fields);
}

function unseen(time: number): TargetEvent {
  return { kind: 'unseen-change', watch: info, pid: 1, time: BigInt(START + time), expected: null, found: null };
}

function isUnresolved(item: HitRecord | TargetEvent): boolean {
  return item.kind === 'hit' && item.unresolved;
}

function outboxOf(...items: Item[]): Outbox {
  const outbox = new Outbox();
  for (const item of items) {
    if (item.kind === 'hit') outbox.hit(item);
    else outbox.event(item);
  }
  return outbox;
}

describe('order', () => {
  test('everything goes out as it came in, up to the first open hit', () => {
    const [first, open, last] = [hit({}), hit({}), hit({})];
    const outbox = outboxOf(first, FORK, open, last);
    expect(outbox.take((item) => item === open)).toEqual([first, FORK]);
    expect(outbox.isEmpty).toBe(false);
    expect(outbox.take((item) => item === open)).toEqual([]);
    expect(outbox.take(() => false)).toEqual([open, last]);
    expect(outbox.isEmpty).toBe(true);
  });

  test('events are never open', () => {
    expect(outboxOf(FORK).take(() => true)).toEqual([FORK]);
  });

  test('more than 100,000 are not held back: what waited longest goes as it is', () => {
    const outbox = new Outbox();
    const open = hit({}, { unresolved: true });
    outbox.hit(open);
    for (let i = 0; i < 100_001; i++) outbox.hit(hit({}));
    const taken = outbox.take((item) => item === open);
    expect(taken).toHaveLength(2);
    expect(taken[0]).toBe(open);
    expect(open).toMatchObject({ unresolved: false, closed: true });
    expect(outbox.take(() => false)).toHaveLength(100_000);
  });

  test('a thread’s stop goes out with all that led to it, as that is; what comes after it waits', () => {
    const [first, open, after] = [hit({}), hit({}, { unresolved: true }), hit({}, { unresolved: true })];
    const outbox = outboxOf(first, open);
    outbox.mark({ kind: 'thread', pid: 1, tid: 2, change: 'started' });
    expect(outbox.take(isUnresolved)).toEqual([first]);
    const stopped: Mark = { kind: 'stopped', stop: { pid: 1, tid: 2, cause: { kind: 'interrupted' }, time: 0n } };
    outbox.mark(stopped);
    outbox.hit(after);
    const taken = outbox.take(isUnresolved);
    expect(taken.map(({ kind }) => kind)).toEqual(['hit', 'thread', 'stopped']);
    expect(open).toMatchObject({ unresolved: false, closed: true });
    expect(outbox.take(isUnresolved)).toEqual([]);
    expect(after.closed).toBe(false);
  });

  test('what is taken back before a stop leaves it where it is', () => {
    const outbox = outboxOf(unseen(0), hit({}, { unresolved: true }));
    outbox.mark({ kind: 'process-ended', end: { pid: 1, end: { kind: 'exited', status: 0 } } });
    outbox.hit(hit({}, { unresolved: true }));
    outbox.contestAll();
    expect(outbox.take(isUnresolved).map(({ kind }) => kind)).toEqual(['hit', 'process-ended']);
  });

  test('what a later hit may take back waits even for a stop', () => {
    const doubtful = unseen(0);
    const outbox = outboxOf(hit({}, { unresolved: true }), doubtful, hit({}));
    outbox.mark({ kind: 'stopped', stop: { pid: 1, tid: 2, cause: { kind: 'step' }, time: 0n } });
    const isOpen = (item: HitRecord | TargetEvent): boolean => isUnresolved(item) || item === doubtful;
    expect(outbox.take(isOpen).map(({ kind }) => kind)).toEqual(['hit', 'hit', 'stopped']);
    expect(outbox.take(isOpen)).toEqual([]);
    expect(outbox.take(() => false)).toEqual([doubtful]);
  });

  test('what goes out of its own is not marked', () => {
    const [done, open] = [hit({}), hit({}, { unresolved: true })];
    outboxOf(done, open).take(isUnresolved);
    expect(done.closed).toBe(false);
    expect(open.unresolved).toBe(true);
  });
});

describe('a contested hit', () => {
  const us = (count: number) => count * MICROSECOND;
  const contender = { watch: info, pid: 1, tid: 2, cpu: 1 };
  const since = START + us(40);

  test('takes back what follows from the order, in the window only', () => {
    const before = hit({ time: us(40) }, { oldFollows: true });
    const within = hit({ time: us(41) }, { oldFollows: true });
    outboxOf(before, within).contest(contender, since);
    expect(before.oldBytes).not.toBeNull();
    expect(within).toMatchObject({ oldBytes: null, newBytes: Uint8Array.of(2), valueSource: 'registers' });
  });

  test('takes back new values that follow from old ones, with their source', () => {
    const sum = hit({ time: us(50) }, { newFollows: true, valueSource: 'arithmetic' });
    outboxOf(sum).contest(contender, since);
    expect(sum).toMatchObject({ oldBytes: Uint8Array.of(1), newBytes: null, valueSource: null });
  });

  test.each([
    ['its own CPU', { cpu: 1 }],
    ['its own thread', { tid: 2 }],
    ['another process', { pid: 2 }],
  ])('does not touch hits of %s', (_, made) => {
    const kept = hit({ time: us(50), ...made }, { oldFollows: true });
    outboxOf(kept).contest(contender, since);
    expect(kept.oldBytes).not.toBeNull();
  });

  test('does not touch hits of another watch', () => {
    const kept = hit({ time: us(50) }, { oldFollows: true }, other);
    outboxOf(kept).contest(contender, since);
    expect(kept.oldBytes).not.toBeNull();
  });

  test('takes back the value of the hit before the window that one in it has told', () => {
    const told = hit({ time: 0 }, { valueSource: 'sequence', newFollows: true, settledAfter: us(50) });
    const teller = hit({ time: us(50) });
    outboxOf(told, FORK, teller).contest(contender, since);
    expect(told).toMatchObject({ newBytes: null, valueSource: null });
    expect(teller.newBytes).not.toBeNull();
  });

  test('leaves one that was told before the window', () => {
    const told = hit({ time: 0 }, { valueSource: 'sequence', newFollows: true, settledAfter: us(40) });
    const teller = hit({ time: us(40) });
    outboxOf(told, teller).contest(contender, since);
    expect(told.newBytes).not.toBeNull();
  });

  test('takes back unseen changes of its window', () => {
    const outbox = outboxOf(unseen(us(39)), hit({ time: us(39) }), unseen(us(50)), hit({ time: us(50) }), FORK);
    outbox.contest(contender, since);
    expect(outbox.take(() => false).map(({ kind }) => kind)).toEqual(['unseen-change', 'hit', 'hit', 'fork']);
  });
});

test('missing hits put everything in doubt that has not gone out', () => {
  const [plain, sum] = [hit({}, { oldFollows: true }, other), hit({}, { newFollows: true })];
  const outbox = outboxOf(plain, unseen(0), sum, FORK);
  outbox.contestAll();
  expect(plain).toMatchObject({ oldBytes: null, newBytes: Uint8Array.of(2) });
  expect(sum).toMatchObject({ newBytes: null, valueSource: null });
  expect(outbox.take(() => false)).toEqual([plain, sum, FORK]);
});
