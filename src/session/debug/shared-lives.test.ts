// Clients of one target, from the beginning to the end: of processes, of watches that others take registers from, and of the clients themselves.
import { describe, expect, test, vi } from 'vitest';
import { fakeTarget, PID } from '../../../test/session/fake-control.js';
import { Listener } from '../../../test/session/listener.js';
import { made, PATIENCE, X } from '../../../test/session/made-clients.js';
import type { ClientEvent } from './client.js';
import { STOP_ONLY_AT_HITS } from './index.js';

async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('priorities', () => {
  test('a higher one takes a register; the loser is told, and told again when it has it back', async () => {
    const { session, all } = made(['low', 'high']);
    const [low, high] = all as [Listener, Listener];
    const watches = [];
    for (const name of ['x', 'y', 'z', 'v']) watches.push(await low.client.watch(name, { priority: 20 }));
    const winner = await high.client.watch('w', { priority: 90 });
    await low.told(1);
    const lost = watches.filter(({ isArmed }) => !isArmed);
    expect(lost).toHaveLength(1);
    expect(low.events).toMatchObject([{ type: 'watch', change: 'evicted', watch: { id: lost[0]?.id } }]);
    const slots = await low.client.slots();
    expect(slots.filter(({ armed }) => armed)).toHaveLength(4);
    expect(slots.find(({ expression }) => expression === 'w')).toMatchObject({ client: 'high', priority: 90, armed: true, length: 8 });
    await winner.close();
    await low.told(2);
    expect(low.events[1]).toMatchObject({ type: 'watch', change: 'installed', watch: { id: lost[0]?.id } });
    expect(high.events).toEqual([]);
    expect(session.armed).toHaveLength(4);
  });
});

describe('a launched program', () => {
  test('stands for the first client that controls', async () => {
    const { session, shared } = fakeTarget({ held: true });
    shared.join({ name: 'server', role: 'watches' });
    expect(session.log).toEqual([]);
    const first = new Listener(shared.join({ name: 'first', role: 'controls' }));
    expect(session.log).toEqual(['stop 100', 'release']);
    await first.stopped(1);
    const second = new Listener(shared.join({ name: 'second', role: 'controls' }));
    await turn();
    expect(second.stops).toEqual([]);
    await first.client.resume('all');
    expect(session.log.at(-1)).toBe('resume 100 0');
  });
});

describe('who listens late', () => {
  test('is told the stops that it holds', async () => {
    const { session, shared } = fakeTarget();
    const client = shared.join({ name: 'late', role: 'controls' });
    await client.stop('all');
    await turn();
    const events: ClientEvent[] = [];
    client.onEvent((event) => events.push(event));
    await turn();
    expect(events).toMatchObject([{ type: 'stopped', stop: { tid: PID } }]);
    expect(session.log).toEqual(['stop 100']);
  });
});

describe('the end', () => {
  test('of a process is told, then that nothing more comes', async () => {
    const { session, all } = made(['a']);
    const [a] = all as [Listener];
    await a.client.watch('x');
    session.processEnds({ kind: 'exited', status: 3 });
    await a.told(3);
    expect(a.events).toMatchObject([
      { type: 'thread', change: 'ended' },
      { type: 'process-ended', end: { pid: PID, end: { status: 3 } } },
      { type: 'closed', because: 'the process has ended' },
    ]);
    await expect(a.client.stop('all')).rejects.toMatchObject({ code: 'client-closed' });
    await a.client[Symbol.asyncDispose]();
    expect(session.isDisposed).toBe(true);
  });

  test('of a thread that stands is no hold any more', async () => {
    const { session, all } = made(['a']);
    const [a] = all as [Listener];
    session.starts(101);
    await a.told(1);
    await a.client.stop([101]);
    await a.stopped(1);
    session.ends(101);
    await a.told(3);
    await a.client.resume('all');
    expect(session.log).toEqual(['stop 101']);
  });

  test('a client that has left gets and does nothing more', async () => {
    const { all } = made(['a', 'b']);
    const [a] = all as [Listener];
    await a.client[Symbol.asyncDispose]();
    await expect(a.client.watch('x')).rejects.toMatchObject({ code: 'client-closed' });
    await expect(a.client.readMemory(PID, X, 8)).rejects.toMatchObject({ code: 'client-closed' });
  });
});

describe('the target’s own user', () => {
  test('gets its own hits only', async () => {
    const { session, shared } = fakeTarget({ share: { disposes: false } });
    const own = await shared.target.watch('x');
    const listener = new Listener(shared.join({ name: 'a', role: 'controls' }));
    await listener.client.watch('y');
    session.stores(PID, X, 1n);
    session.stores(PID, 0x40_4008n, 2n);
    await listener.told(1);
    await shared.target.disarm();
    expect(listener.events[0]).toMatchObject({ type: 'hit', hit: { newValue: '2' } });
    expect(own.hits).toBe(1);
    expect(shared.target.summary().hits).toBe(1);
  });
});

describe('a process of several that a client lets go of', () => {
  const CHILD = 200;

  function withChild(names: readonly string[]): ReturnType<typeof made> {
    const all = made(names);
    all.session.starts(CHILD, CHILD);
    return all;
  }

  test('runs on, and tells that client nothing any more', async () => {
    const { session, all } = withChild(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([10]) });
    await a.client.watch('x', { stop: true });
    await b.client.watch('y', { stop: true });
    session.stands(CHILD, { kind: 'signal', signal: 10 });
    await a.stopped(1);
    await a.client.detach(CHILD);
    // As if it had left: the program gets its signal.
    expect(session.log).toEqual([`resume ${CHILD} 10`]);
    expect((await a.client.threads()).map(({ tid }) => tid)).toEqual([PID]);
    expect((await b.client.threads()).map(({ tid }) => tid)).toEqual([PID, CHILD]);
    await a.event('event');
    const before = a.events.length;
    session.stores(CHILD, X, 5n);
    await vi.waitFor(() => expect(session.log.at(-1)).toBe(`resume ${CHILD} 0`), PATIENCE);
    session.stands(CHILD, { kind: 'signal', signal: 10 });
    await vi.waitFor(() => expect(session.log.at(-1)).toBe(`resume ${CHILD} 10`), PATIENCE);
    session.stores(CHILD, X + 8n, 6n);
    expect(await b.stopped(1)).toMatchObject({ pid: CHILD, cause: { kind: 'hit' } });
    await a.client.stop('all');
    expect((await a.stopped(2)).tid).toBe(PID);
    // The made processes share their memory: that it has changed is told of the other one.
    const told = a.events.slice(before).filter((event) => event.type !== 'event');
    expect(told.map(({ type }) => type)).toEqual(['stopped']);
  });

  test('is traced until nobody wants it', async () => {
    const { session, shared, all } = withChild(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    const w = new Listener(shared.join({ name: 'w', role: 'watches' }));
    const log = await w.client.watch('x');
    await a.client.detach(CHILD);
    await b.client.stop([CHILD]);
    await b.stopped(1);
    await b.client.detach(CHILD);
    expect(session.log).toEqual([`stop ${CHILD}`, `resume ${CHILD} 0`]);
    await log.close();
    expect(session.log.at(-1)).toBe(`detach ${CHILD} 0`);
    expect((await w.client.threads()).map(({ tid }) => tid)).toEqual([PID]);
  });

  test('is let go of, too, when the last one leaves who wants it', async () => {
    const { session, all } = withChild(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.detach(CHILD);
    expect(session.log).toEqual([]);
    await b.client[Symbol.asyncDispose]();
    expect(session.log).toEqual([`detach ${CHILD} 0`]);
    await expect(a.client.registers(CHILD)).rejects.toMatchObject({ code: 'control-failed' });
  });

  test('may be the one that it began with: others go on, also when that one has ended', async () => {
    const { session, shared, all } = withChild(['a']);
    const [a] = all as [Listener];
    await a.client.detach(PID);
    expect(session.log).toEqual([`detach ${PID} 0`]);
    expect(shared.join({ name: 'late', role: 'controls' }).pid).toBe(CHILD);
    session.processEnds({ kind: 'exited', status: 0 });
    await a.client.stop('all');
    expect((await a.stopped(1)).tid).toBe(CHILD);
    session.processEnds({ kind: 'exited', status: 3 }, CHILD);
    expect(await a.event('process-ended')).toMatchObject({ end: { pid: CHILD } });
    await a.event('closed');
  });

  test('takes children that it makes later with it', async () => {
    const { session, all } = withChild(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    for (const { client } of [a, b]) await client.setPolicy({ ...STOP_ONLY_AT_HITS, forks: true });
    await a.client.detach(CHILD);
    session.happens((sink) =>
      sink.threadStarted({ pid: 300, tid: 300, parentPid: CHILD, parentTid: CHILD, time: process.hrtime.bigint() }),
    );
    session.threads.set(300, { pid: 300, tid: 300, stop: null });
    session.stands(300, { kind: 'born' });
    expect((await b.stopped(1)).tid).toBe(300);
    expect(a.stops).toEqual([]);
    expect((await a.client.threads()).map(({ tid }) => tid)).toEqual([PID]);
  });

  test('may have watches of its own, which are gone then', async () => {
    const { session, all } = withChild(['a']);
    const [a] = all as [Listener];
    await a.client.watch('0x404000:8', { stop: true, pid: CHILD });
    await a.client.watch('0x404000:8', { stop: true });
    expect([session.armedIn(CHILD), session.armedIn(PID)]).toEqual([[Number(X)], [Number(X)]]);
    await expect(a.client.watch('x', { pid: CHILD })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(a.client.watch('0x404000:8', { pid: 999 })).rejects.toMatchObject({ code: 'control-failed' });
    await a.client.detach(CHILD);
    expect([session.armedIn(CHILD), session.armedIn(PID)]).toEqual([[], [Number(X)]]);
    await expect(a.client.watch('0x404000:8', { pid: CHILD })).rejects.toMatchObject({ code: 'control-failed' });
  });

  test('is for those who control', async () => {
    const { shared } = withChild([]);
    const watching = shared.join({ name: 'w', role: 'watches' });
    await expect(watching.detach(CHILD)).rejects.toMatchObject({ code: 'not-in-control' });
    await expect(watching.watch('0x404000:8', { pid: CHILD })).rejects.toMatchObject({ code: 'not-in-control' });
  });
});
