// Every access once: counts, order, and the books at the end.
import { expect } from 'vitest';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import type { CaseBodies } from './engine-conformance.js';
import { CELL, hot, hotThreads, SHARED, slow } from './programs.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, pieceOf, type WatchedRun, watchRun } from './watched-run.js';

function expectExact({ recorder, books }: WatchedRun, accesses: number): void {
  expect({ hits: recorder.hits.length, losses: recorder.losses }).toEqual({ hits: accesses, losses: [] });
  expect(books).toEqual({ counted: accesses, delivered: accesses, duplicates: 0, missing: 0 });
}

export const COUNT_CASES: CaseBodies = {
  'all writes of one hot thread, in order': async (world) => {
    const run = await watchRun(world, hot(200_000), { parts: [{ name: 'counter' }] });
    expectExact(run, run.writes);
    const values = run.recorder.hits.map((hit) => world.stored(hit));
    expect(values.every((value, at) => value === at % run.values)).toBe(true);
  },

  'two hot threads on one variable, in order of time': async (world) => {
    const run = await watchRun(world, SHARED, { parts: [{ name: 'shared' }] });
    expectExact(run, 2 * run.writes);
    const times = run.recorder.hits.map(({ time }) => time);
    expect(times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0))).toBe(true);
    expect([...run.recorder.count(({ tid }) => tid).values()]).toEqual([run.writes, run.writes]);
  },

  'four pieces at once, each its own hits': async (world) => {
    const parts = [0, 1, 2, 3].map((thread) => ({ name: 'own', offset: CELL * thread, length: 8 }));
    const run = await watchRun(world, hotThreads(4, 5000), { parts });
    expectExact(run, 4 * run.writes);
    const byCookie = run.recorder.count(({ cookie }) => cookie);
    expect(byCookie).toEqual(new Map([1, 2, 3, 4].map((cookie) => [cookie, run.writes])));
  },

  'a piece taken out reports no more, another goes on': async (world) => {
    await using program = await world.start(slow(300, 2));
    await using session = program.open({});
    const first = pieceOf(program, { name: 'shared' });
    const second = { ...first, cookie: 2 };
    armDirectly(session, [first]);
    armDirectly(session, [second]);
    program.go();
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => recorder.hits.length < 20);
    disarmDirectly(session, [first.cookie]);
    session.collect(recorder, true);
    const before = recorder.count(({ cookie }) => cookie).get(first.cookie) ?? 0;
    await collectWhile(session, recorder, () => program.running);
    const books = closeBooks(session, recorder, [second]);
    expect(recorder.count(({ cookie }) => cookie)).toEqual(
      new Map([
        [first.cookie, before],
        [second.cookie, program.writes],
      ]),
    );
    expect(before).toBeLessThan(program.writes);
    expect(books).toMatchObject({ counted: program.writes + before, missing: 0 });
  },
};
