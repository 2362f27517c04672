// What happens to a watch when the process runs another program: the pieces are gone, and that is told.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { startTarget } from '../helpers/target.js';
import { Recorder } from './recorder.js';
import { closeBooks, collectWhile, piecesOf, watchRun } from './watched-run.js';

/** The same address in each run, so that the next program has its variable where the pieces were. */
const FIXED = { flags: ['-no-pie'] };
const BEFORE = 25;

export function execConformance(engine: Engine): void {
  describe('exec', () => {
    test.each([
      ['of the first thread', []],
      ['of another thread', ['--from-thread']],
    ])('%s ends the pieces and is told once', async (_, options) => {
      const program = await buildFixture('exec-other', FIXED);
      const args = [...options, '--count', String(BEFORE), '--', program, '--count', '50', '--', '/bin/true'];
      const { recorder, books, ended, pid } = await watchRun(engine, 'exec-other', { parts: [{ name: 'shared' }], build: FIXED, args });
      expect(ended.stdout).toContain('before_exec 50');
      expect(recorder.hits).toHaveLength(BEFORE);
      expect(books).toEqual({ counted: BEFORE, delivered: BEFORE, duplicates: 0, missing: 0 });
      const execs = recorder.renames.filter(({ exec }) => exec);
      expect(execs.map(({ pid: who, tid, comm }) => ({ who, tid, comm }))).toEqual([
        { who: pid, tid: pid, comm: 'exec-other' },
        { who: pid, tid: pid, comm: 'true' },
      ]);
      expect(Number(execs[0]?.time)).toBeGreaterThanOrEqual(recorder.hits.at(-1)?.time ?? Number.POSITIVE_INFINITY);
    });

    test.each([
      ['of the first thread', []],
      ['of another thread', ['--from-thread']],
    ])('%s leaves a session that can arm again', async (_, options) => {
      const next = await buildFixture('signals-status', FIXED);
      const args = [...options, '--count', '3', '--', next, '--writes', '200', '--interval', '5'];
      await using target = await startTarget('exec-other', { build: FIXED, args });
      await using twin = await startTarget('signals-status', { build: FIXED });
      const [piece] = piecesOf(twin, [{ name: 'shared' }]);
      if (piece === undefined) throw new Error('one piece was asked for');
      await using session = engine.open({ pid: target.pid, tid: null, inherit: 'threads' });
      armDirectly(session, piecesOf(target, [{ name: 'shared' }]));
      target.go();
      const recorder = new Recorder();
      await collectWhile(session, recorder, () => !recorder.renames.some(({ exec }) => exec));
      disarmDirectly(session, [1]);
      session.collect(recorder, true);
      expect(recorder.hits).toHaveLength(3);
      expect(armDirectly(session, [{ ...piece, cookie: 2 }]).threads).toBe(1);
      await collectWhile(session, recorder, () => target.running);
      const books = closeBooks(session, recorder, [{ ...piece, cookie: 2 }]);
      const again = recorder.count(({ cookie }) => cookie).get(2) ?? 0;
      expect(again).toBeGreaterThan(0);
      expect(books).toEqual({ counted: 3 + again, delivered: 3 + again, duplicates: 0, missing: 0 });
    });
  });
}
