// Every access once: counts, order, and the books at the end.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import { registerValue } from '../../src/instructions/registers.js';
import { startTarget } from '../helpers/target.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, piecesOf, type WatchedRun, watchRun } from './watched-run.js';

const HOT_WRITES = 200_000;
/** sizeof(struct cell) of hot-threads. */
const CELL = 64;

function expectExact({ recorder, books }: WatchedRun, accesses: number): void {
  expect({ hits: recorder.hits.length, losses: recorder.losses }).toEqual({ hits: accesses, losses: [] });
  expect(books).toEqual({ counted: accesses, delivered: accesses, duplicates: 0, missing: 0 });
}

export function countConformance(engine: Engine): void {
  describe('counts', () => {
    test(`${HOT_WRITES} writes of one hot thread, in order`, async () => {
      const run = await watchRun(engine, 'hot', { parts: [{ name: 'counter' }], args: ['--writes', String(HOT_WRITES)] });
      expectExact(run, HOT_WRITES);
      // bump(long) gets in rdi what it stores.
      const values = run.recorder.hits.map(({ registers }) => Number(registerValue(registers, 0, 'di')));
      expect(values.every((value, at) => value === at)).toBe(true);
    });

    test('two hot threads on one variable, in order of time', async () => {
      const args = ['--threads', '2', '--writes', '20000', '--shared'];
      const run = await watchRun(engine, 'hot-threads', { parts: [{ name: 'shared' }], args });
      expectExact(run, 40_000);
      const times = run.recorder.hits.map(({ time }) => time);
      expect(times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0))).toBe(true);
      expect([...run.recorder.count(({ tid }) => tid).values()]).toEqual([20_000, 20_000]);
    });

    test('four pieces at once, each its own hits', async () => {
      const parts = [0, 1, 2, 3].map((thread) => ({ name: 'own', offset: CELL * thread, length: 8 }));
      const run = await watchRun(engine, 'hot-threads', { parts, args: ['--threads', '4', '--writes', '5000'] });
      expectExact(run, 20_000);
      expect(run.recorder.count(({ cookie }) => cookie)).toEqual(new Map([1, 2, 3, 4].map((cookie) => [cookie, 5000])));
    });

    test('a piece taken out reports no more, another goes on', async () => {
      await using target = await startTarget('signals-status', { args: ['--writes', '300', '--interval', '2'] });
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      const [first, second] = piecesOf(target, [{ name: 'shared' }, { name: 'shared' }]);
      if (first === undefined || second === undefined) throw new Error('two pieces were asked for');
      armDirectly(session, [first]);
      armDirectly(session, [second]);
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => recorder.hits.length < 20);
      disarmDirectly(session, [first.cookie]);
      session.collect(recorder, true);
      const before = recorder.count(({ cookie }) => cookie).get(first.cookie);
      await collectWhile(session, recorder, () => target.running);
      const books = closeBooks(session, recorder, [second]);
      expect(recorder.count(({ cookie }) => cookie)).toEqual(
        new Map([
          [first.cookie, before],
          [second.cookie, 300],
        ]),
      );
      expect(books).toMatchObject({ counted: 300 + (before ?? 0), missing: 0 });
    });
  });
}
