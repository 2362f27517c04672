// What happens to a watch when the process runs another program: the pieces are gone, and that is told.
import { expect } from 'vitest';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import type { CaseBodies } from './engine-conformance.js';
import { type Caller, execThenSlow, execTwice, SLOW_FIXED } from './programs.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, pieceOf, watchRun } from './watched-run.js';
import type { ConformanceWorld } from './world.js';

async function endsThePieces(world: ConformanceWorld, caller: Caller): Promise<void> {
  const { recorder, books, ended, pid, writes } = await watchRun(world, execTwice(caller), { parts: [{ name: 'shared' }] });
  // By the second program, which nobody watches any more.
  expect(ended.printed.get('before_exec')).toBe(50);
  expect(recorder.hits).toHaveLength(writes);
  expect(books).toEqual({ counted: writes, delivered: writes, duplicates: 0, missing: 0 });
  const execs = recorder.renames.filter(({ exec }) => exec);
  expect(execs.map(({ pid: who, tid, comm }) => ({ who, tid, comm }))).toEqual([
    { who: pid, tid: pid, comm: 'exec-other' },
    { who: pid, tid: pid, comm: 'true' },
  ]);
  expect(Number(execs[0]?.time)).toBeGreaterThanOrEqual(recorder.hits.at(-1)?.time ?? Number.POSITIVE_INFINITY);
}

async function canArmAgain(world: ConformanceWorld, caller: Caller): Promise<void> {
  await using program = await world.start(execThenSlow(caller));
  await using twin = await world.start(SLOW_FIXED);
  await using session = program.open({});
  armDirectly(session, [pieceOf(program, { name: 'shared' })]);
  program.go();
  const recorder = new Recorder();
  await collectWhile(session, recorder, () => !recorder.renames.some(({ exec }) => exec));
  disarmDirectly(session, [1]);
  session.collect(recorder, true);
  expect(recorder.hits).toHaveLength(3);
  const piece = { ...pieceOf(twin, { name: 'shared' }), cookie: 2 };
  expect(armDirectly(session, [piece]).threads).toBe(1);
  await collectWhile(session, recorder, () => program.running);
  const books = closeBooks(session, recorder, [piece]);
  const again = recorder.count(({ cookie }) => cookie).get(2) ?? 0;
  expect(again).toBeGreaterThan(0);
  expect(books).toEqual({ counted: 3 + again, delivered: 3 + again, duplicates: 0, missing: 0 });
}

export const EXEC_CASES: CaseBodies = {
  'of the first thread ends the pieces and is told once': (world) => endsThePieces(world, 'the first thread'),
  'of another thread ends the pieces and is told once': (world) => endsThePieces(world, 'another thread'),
  'of the first thread leaves a session that can arm again': (world) => canArmAgain(world, 'the first thread'),
  'of another thread leaves a session that can arm again': (world) => canArmAgain(world, 'another thread'),
};
