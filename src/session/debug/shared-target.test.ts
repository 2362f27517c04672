// Clients of one target: what stops threads for them, who holds which, and when it goes on.
import { describe, expect, test, vi } from 'vitest';
import { fakeTarget, PID } from '../../../test/session/fake-control.js';
import type { Listener } from '../../../test/session/listener.js';
import { made, PATIENCE, X } from '../../../test/session/made-clients.js';
import { ControlError } from '../../engines/errors.js';
import { STOP_ONLY_AT_HITS } from './index.js';

describe('a watch that stops', () => {
  test('holds its thread, which its client is told with the hit, until that resumes', async () => {
    const { session, all } = made(['a']);
    const [a] = all as [Listener];
    const watch = await a.client.watch('x', { stop: true });
    session.stores(PID, X, 5n);
    const stop = await a.stopped(1);
    expect(stop).toMatchObject({ pid: PID, tid: PID, cause: { kind: 'hit', hits: [{ watch: { id: watch.id }, hit: { newValue: '5' } }] } });
    expect(session.log).toEqual([]);
    expect(await a.client.threads()).toMatchObject([{ tid: PID, name: 'thread 100', stop: { cause: { kind: 'hit' } } }]);
    await a.client.resume([PID]);
    expect(session.log).toEqual(['resume 100 0']);
    expect(await a.client.threads()).toMatchObject([{ stop: null }]);
    expect(a.events).toHaveLength(1);
  });

  test('whose condition does not hold lets the thread go on at once', async () => {
    const { session, all } = made(['a'], { capabilities: { handles: ['stops'] } });
    const [a] = all as [Listener];
    // Two pieces: the engine does not test the condition.
    await a.client.watch('x', { stop: true });
    await a.client.watch('0x404001', { stop: true, condition: 'new == 1234' });
    session.stores(PID, 0x40_4008n, 5n);
    await vi.waitFor(() => expect(session.log).toEqual(['resume 100 0']), PATIENCE);
    expect(a.stops).toEqual([]);
  });

  test('of one client is another’s log: that one is not told of the stop', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.watch('x', { stop: true });
    await b.client.watch('x');
    session.stores(PID, X, 7n);
    await a.stopped(1);
    await b.told(1);
    expect(b.events).toMatchObject([{ type: 'hit', hit: { newValue: '7' } }]);
  });

  test('is only for those who control, under an engine that stops', async () => {
    const { shared } = fakeTarget();
    const watching = shared.join({ name: 'w', role: 'watches' });
    await expect(watching.watch('x', { stop: true })).rejects.toMatchObject({ code: 'not-in-control' });
    const { shared: other } = fakeTarget({ capabilities: { stopsTarget: false, name: 'perf', handles: ['each'] } });
    await expect(other.join({ name: 'c', role: 'controls' }).watch('x', { stop: true })).rejects.toMatchObject({ code: 'no-control' });
  });

  test('tells its last hit even when it is closed before the stop comes', async () => {
    const { session, all } = made(['a']);
    const [a] = all as [Listener];
    const watch = await a.client.watch('x', { stop: true });
    session.stores(PID, X, 5n);
    await watch.close();
    expect(a.events.length).toBe(1);
    expect(session.armed).toEqual([]);
  });
});

describe('a thread that two clients hold', () => {
  test('runs when both have resumed it', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.watch('x', { stop: true });
    session.stores(PID, X, 1n);
    await a.stopped(1);
    await b.client.stop([PID]);
    expect((await b.stopped(1)).cause).toEqual({ kind: 'interrupted' });
    await a.client.resume('all');
    expect(session.log).toEqual([]);
    await b.client.resume('all');
    expect(session.log).toEqual(['resume 100 0']);
  });

  test('steps when the last one lets go, and only who asked is told', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.stop('all');
    await b.client.stop('all');
    await b.stopped(1);
    await a.client.step(PID);
    expect(session.log).toEqual(['stop 100']);
    await b.client.resume('all');
    expect(session.log.at(-1)).toBe('step 100 0 breakpoint');
    session.stands(PID, { kind: 'step' });
    await a.stopped(2);
    expect(a.lines).toEqual(['100 interrupted', '100 step']);
    expect(b.lines).toEqual(['100 interrupted']);
  });

  test('goes on when one of them leaves', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.stop('all');
    await b.client.stop('all');
    await a.stopped(1);
    await a.client.resume('all');
    await b.client[Symbol.asyncDispose]();
    expect(session.log).toEqual(['stop 100', 'resume 100 0']);
    expect(session.isDisposed).toBe(false);
    await a.client[Symbol.asyncDispose]();
    expect(session.isDisposed).toBe(true);
  });
});

describe('steps', () => {
  test('that cannot be done leave the thread held', async () => {
    const { session, all } = made(['a']);
    const [a] = all as [Listener];
    await a.client.stop('all');
    await a.stopped(1);
    session.stepFails = new ControlError('no-slot', PID, 'none is free');
    await expect(a.client.step(PID)).rejects.toMatchObject({ failure: 'no-slot' });
    expect(await a.client.threads()).toMatchObject([{ stop: { cause: { kind: 'interrupted' } } }]);
    await a.client.resume('all');
    expect(session.log.at(-1)).toBe('resume 100 0');
  });

  test('that fail when another lets go are told to who asked', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.stop('all');
    await b.client.stop('all');
    await a.stopped(1);
    await a.client.step(PID);
    session.stepFails = new ControlError('no-slot', PID, 'none is free');
    await b.client.resume('all');
    await a.stopped(2);
    expect(a.lines).toEqual(['100 interrupted', '100 interrupted']);
    expect(await a.client.threads()).toMatchObject([{ stop: { tid: PID } }]);
  });

  test('need a thread that this client holds', async () => {
    const { all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.stop('all');
    await a.stopped(1);
    await expect(b.client.step(PID)).rejects.toMatchObject({ code: 'control-failed', failure: 'not-stopped' });
    await expect(b.client.registers(PID)).rejects.toMatchObject({ failure: 'not-stopped' });
    expect(await a.client.registers(PID)).toHaveLength(27);
  });
});

describe('signals and policies', () => {
  test('a signal stops for who asks for it; what that one says is delivered', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    await a.client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([10]) });
    expect([...session.policy.signals]).toEqual([10]);
    session.stands(PID, { kind: 'signal', signal: 10 });
    await a.stopped(1);
    await a.client.resume('all', 12);
    expect(session.log).toEqual(['resume 100 12']);
    expect(b.events).toEqual([]);
  });

  test('a signal is not lost when its client leaves', async () => {
    const { session, all } = made(['a', 'b']);
    const [a] = all as [Listener];
    await a.client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([10]) });
    session.stands(PID, { kind: 'signal', signal: 10 });
    await a.stopped(1);
    await a.client[Symbol.asyncDispose]();
    expect(session.log).toEqual(['resume 100 10']);
    expect(session.policy).toEqual(STOP_ONLY_AT_HITS);
  });

  test('one who stops whole processes holds all threads, which others do not notice', async () => {
    const { session, all } = made(['a', 'b']);
    const [a, b] = all as [Listener, Listener];
    session.starts(101);
    await a.client.setPolicy({ ...STOP_ONLY_AT_HITS, wholeProcess: true });
    await a.client.watch('x', { stop: true });
    await b.client.watch('y', { stop: true });
    session.stores(101, X, 1n);
    await a.stopped(2);
    expect(a.lines).toEqual(['101 hit', '100 interrupted']);
    await a.client.resume('all');
    session.log.length = 0;
    session.stores(PID, 0x40_4008n, 1n);
    await b.stopped(1);
    await vi.waitFor(() => expect(session.log).toEqual(['resume 101 0']), PATIENCE);
    expect(a.stops).toHaveLength(2);
  });
});
