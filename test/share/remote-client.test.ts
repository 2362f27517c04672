// A client that has joined over the socket is told and may do what one in the owner's own process is told and may do.

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ControlError } from '../../src/engines/errors.js';
import type { ClientWatch } from '../../src/session/debug/index.js';
import { NotInControlError, STOP_ONLY_AT_HITS } from '../../src/session/debug/index.js';
import { fakeTarget, PID } from '../session/fake-control.js';
import { Listener } from '../session/listener.js';
import { listen } from './remote.js';

const X = 0x40_4000n;

describe('a client over the socket', () => {
  test('stops, looks, changes, steps and goes on', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    await using a = new Listener(await server.join('a'));
    const { client } = a;
    const watch = await client.watch('x', { stop: true });
    expect(watch.info).toMatchObject({ expression: 'x', address: X, size: 8, access: 'write', type: { kind: 'signed' } });
    expect([watch.isArmed, watch.arming.threads]).toEqual([true, 1]);
    session.stores(PID, X, 5n);
    expect(await a.stopped(1)).toMatchObject({ pid: PID, tid: PID, cause: { kind: 'hit', hits: [{ watch, hit: { newValue: '5' } }] } });
    const registers = await client.registers(PID);
    registers[3] = 2n ** 64n - 1n;
    await client.setRegisters(PID, registers);
    expect(await client.registers(PID)).toEqual(registers);
    await client.setExtendedState(PID, Uint8Array.of(1, 255));
    expect(await client.extendedState(PID)).toEqual(Uint8Array.of(1, 255));
    await client.writeMemory(PID, X, Uint8Array.of(9, 8));
    expect(await client.readMemory(PID, X, 3)).toEqual(Uint8Array.of(9, 8, 0));
    expect(await client.signalInfo(PID)).toBeNull();
    await client.setSignalInfo(PID, new Uint8Array(128));
    expect(await client.threads()).toMatchObject([{ tid: PID, name: 'thread 100', stop: { cause: { kind: 'hit' } } }]);
    await client.step(PID);
    session.stands(PID, { kind: 'step' });
    expect(await a.stopped(2)).toMatchObject({ cause: { kind: 'step' } });
    await client.resume('all', 10);
    expect(await client.threads()).toMatchObject([{ stop: null }]);
    expect(session.log).toEqual(['step 100 0 breakpoint', 'resume 100 10']);
  });

  test('is told of threads, signals, execs and ends as it asks for', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    await using a = new Listener(await server.join('a'));
    await a.client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([10]), execs: true });
    expect(session.policy).toMatchObject({ signals: new Set([10]), execs: true, clones: false });
    session.starts(101);
    expect(await a.event('thread')).toMatchObject({ tid: 101, change: 'started' });
    session.stands(101, { kind: 'signal', signal: 10 });
    expect(await a.stopped(1)).toMatchObject({ tid: 101, cause: { kind: 'signal', signal: 10 } });
    expect(await a.client.signalInfo(101)).toHaveLength(128);
    await a.client.resume([101]);
    session.processEnds({ kind: 'exited', status: 3 });
    expect(await a.event('process-ended')).toMatchObject({ end: { pid: PID, end: { kind: 'exited', status: 3 } } });
    await a.event('closed');
  });

  test('lets go of one process of several', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    await using a = new Listener(await server.join('a'));
    await using b = new Listener(await server.join('b'));
    session.starts(200, 200);
    await a.client.stop('all');
    await a.stopped(2);
    await a.client.detach(200);
    expect(await a.client.threads()).toMatchObject([{ tid: PID, stop: { cause: { kind: 'interrupted' } } }]);
    expect(await b.client.threads()).toMatchObject([{ tid: PID }, { tid: 200, stop: null }]);
    expect(session.log.at(-1)).toBe('resume 200 0');
    await b.client.detach(200);
    expect(session.log.at(-1)).toBe('detach 200 0');
    expect(await b.client.threads()).toMatchObject([{ tid: PID, stop: null }]);
  });

  test('is refused as one in the same process is', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    const [near, far] = [shared.join({ name: 'w', role: 'watches' }), await server.join('w', 'watches')];
    for (const ask of [(client: typeof near) => client.resume('all'), (client: typeof near) => client.watch('nothing')]) {
      const [here, there] = [await refusal(ask(near)), await refusal(ask(far))];
      expect([there.code, there.message, there.hint]).toEqual([here.code, here.message, here.hint]);
    }
    expect((await refusal(far.stop([PID]))).code).toBe((await refusal(near.stop([PID]))).code);
    expect(await refusal(near.stop([PID]))).toBeInstanceOf(NotInControlError);
    await using a = new Listener(await server.join('a'));
    session.stepFails = new ControlError('no-slot', PID, 'no slot is free');
    await a.client.stop('all');
    await a.stopped(1);
    await expect(a.client.step(PID)).rejects.toMatchObject({ code: 'control-failed', message: 'no slot is free' });
    await near[Symbol.asyncDispose]();
    await far[Symbol.asyncDispose]();
  });

  test('shares threads by holds with others, and its holds go when its connection does', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    await using near = new Listener(shared.join({ name: 'near', role: 'controls' }));
    const far = new Listener(await server.join('far'));
    await near.client.watch('x', { stop: true });
    await far.client.watch('x', { stop: true });
    session.stores(PID, X, 1n);
    await near.stopped(1);
    await far.stopped(1);
    await near.client.resume([PID]);
    expect(session.log).toEqual([]);
    await far[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(session.log).toEqual(['resume 100 0']));
    expect(shared.clients.map(({ name }) => name)).toEqual(['near']);
    expect(session.armed).toHaveLength(1);
  });

  test('sees who has which register, and loses and gets its own by priority', async () => {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    await using low = new Listener(await server.join('low', 'watches'));
    await using high = new Listener(await server.join('high', 'watches'));
    const own = await low.client.watch('x', { priority: 10 });
    const four = [];
    for (const at of [0, 8, 16, 24]) four.push(await high.client.watch(`0x${(0x50_0000 + at).toString(16)}`, { priority: 90 }));
    expect(await low.event('watch')).toMatchObject({ change: 'evicted', watch: own });
    expect(own.isArmed).toBe(false);
    const slots = await low.client.slots();
    expect(slots.map(({ client, armed, priority }) => [client, armed, priority])).toEqual([
      ['low', false, 10],
      ...four.map(() => ['high', true, 90]),
    ]);
    await four[0]?.close();
    await low.until(() => low.events.some((event) => event.type === 'watch' && event.change === 'installed'));
    expect(own.isArmed).toBe(true);
    session.stores(PID, X, 3n);
    await low.until(() => low.logged.length === 1);
    expect(low.logged).toEqual(['3']);
  });

  test('is told when the owner leaves, and what it asks for then is refused', async () => {
    const { shared } = fakeTarget();
    await using server = await listen(shared);
    await using a = new Listener(await server.join('a'));
    await server.owner.leave('that was all');
    expect(await a.event('closed')).toEqual({ type: 'closed', because: 'that was all' });
    await expect(a.client.slots()).rejects.toMatchObject({ code: 'owner-gone' });
    await vi.waitFor(() => expect(shared.clients).toEqual([]));
  });
});

describe('the owner', () => {
  test('takes nobody of another version, process or wish, and no more than it is told', async () => {
    const { shared } = fakeTarget({ share: { disposes: false } });
    await using server = await listen(shared, 1);
    const attempts = [{ pid: 5 }, { start: 'another' }, { engine: 'perf' }, { inherit: 'none' }] as const;
    for (const other of attempts) {
      await expect(server.join('a', 'watches', other)).rejects.toMatchObject({ code: 'not-shared' });
      await vi.waitFor(() => expect(server.owner.clients).toBe(0));
    }
    await using first = await server.join('first');
    await expect(server.join('second')).rejects.toMatchObject({ message: expect.stringContaining('takes no more') });
    expect(first.owner).toEqual({ pid: process.pid, name: 'test' });
  });

  /** Somebody who does not read while 120,000 hits are told, and reads again. */
  async function overflow(also: (parts: Overflown) => Promise<void>): Promise<void> {
    const { session, shared } = fakeTarget();
    await using server = await listen(shared);
    const socket = connect(server.path);
    const { joinOver } = await import('../../src/servers/share/remote-client.js');
    const about = { name: 'slow', role: 'watches', pid: PID, start: '7', engine: 'auto', inherit: null } as const;
    await using slow = new Listener(await joinOver(socket, about));
    await using quick = new Listener(shared.join({ name: 'quick', role: 'watches' }));
    const watch = await slow.client.watch('x');
    await quick.client.watch('x');
    socket.pause();
    for (let at = 0; at < HITS; at++) {
      session.stores(PID, X, BigInt(at));
      if (at % 5000 === 4999) await quick.until(() => quick.events.length === at + 1);
    }
    socket.resume();
    await also({ slow, quick, watch, store: (value) => session.stores(PID, X, value) });
  }

  function lostBy(listener: Listener): number {
    const lost = listener.events.flatMap((event) => (event.type === 'event' && event.event.kind === 'lost' ? [event.event.count] : []));
    return lost.reduce((all, count) => all + count, 0);
  }

  test('waits for nobody who does not read: he loses hits, which are counted, and others get theirs', async () => {
    await overflow(async ({ slow, quick, store }) => {
      // While much of it waits still, more is lost too.
      for (let told = -1; told < slow.events.length; await sleep(300)) told = slow.events.length;
      // What comes after the gap says how long it was.
      store(77n);
      await slow.until(() => slow.logged.at(-1) === '77');
      const sum = lostBy(slow);
      expect(sum).toBeGreaterThan(0);
      expect(slow.logged.length + sum).toBe(HITS + 1);
      expect(quick.logged.length).toBe(HITS + 1);
    });
  }, 60_000);

  test('who only listens is told what he has lost, though nothing else comes', async () => {
    await overflow(async ({ slow }) => {
      await slow.until(() => slow.logged.length + lostBy(slow) === HITS);
      expect(lostBy(slow)).toBeGreaterThan(0);
    });
  }, 60_000);

  test('who closes his watch is told what he has lost, though nothing else comes', async () => {
    await overflow(async ({ slow, watch }) => {
      await watch.close();
      expect(lostBy(slow)).toBeGreaterThan(0);
      expect(slow.logged.length + lostBy(slow)).toBe(HITS);
    });
  }, 60_000);
});

const HITS = 120_000;

interface Overflown {
  readonly slow: Listener;
  readonly quick: Listener;
  readonly watch: ClientWatch;
  store(value: bigint): void;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

async function refusal(asked: Promise<unknown>): Promise<Refusal> {
  try {
    await asked;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('it was granted');
}
