// Rings that overflow, strangers that mislead, descriptors: the bpf engine counts what it could not deliver, and gives back what it took.
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import { armDirectly } from '../../src/engines/direct.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import { Recorder } from '../conformance/recorder.js';
import { closeBooks, collectWhile, piecesOf } from '../conformance/watched-run.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { expectEachOnceBesideStranger } from './stranger.js';

const ALL_THREADS = { tid: null, inherit: 'threads' } as const;
/** More than a ring of 16 MiB holds at 150 bytes each. */
const TOO_MANY = 150_000;

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describeWith(['bpf', 'perf', 'gcc'], 'a ring that overflows', () => {
  test.each([
    ['while the program runs', 2 * TOO_MANY, true],
    ['at its end', TOO_MANY, false],
  ])('%s loses no count, and tells how many hits are lost', async (_, writes, collects) => {
    await using target = await startTarget('hot', { args: ['--writes', String(writes)] });
    await using session = new BpfEngine().open({ pid: target.pid, ...ALL_THREADS });
    const pieces = piecesOf(target, [{ name: 'counter' }]);
    armDirectly(session, pieces);
    target.go();
    const recorder = new Recorder();
    await sleep(400);
    if (collects) await collectWhile(session, recorder, () => target.running);
    else await target.finished;
    const books = closeBooks(session, recorder, pieces);
    const lost = recorder.losses.reduce((sum, { count }) => sum + count, 0);
    expect(lost).toBeGreaterThan(0);
    expect(recorder.hits).toHaveLength(writes - lost);
    expect(books).toEqual({ counted: writes, delivered: writes - lost, duplicates: 0, missing: lost });
  });
});

describeWith(['bpf', 'perf', 'gcc'], 'a stranger on one thread', () => {
  test('does not keep threads that are born meanwhile from being told apart: each write is reported once', async () => {
    await expectEachOnceBesideStranger(new BpfEngine());
  });
});

describeWith(['bpf', 'perf', 'gcc'], 'descriptors', () => {
  test('are one for each thread and piece, and are given back', async () => {
    const before = descriptors();
    await using target = await startTarget('thread-churn', { args: ['--chains', '1000', '--life', '60000000'] });
    while (threadIds(target.pid).length < 1001) await sleep(5);
    {
      await using session = new BpfEngine().open({ pid: target.pid, ...ALL_THREADS });
      const started = descriptors();
      const first = armDirectly(session, piecesOf(target, [{ name: 'counter' }]));
      expect(first).toMatchObject({ threads: 1001, notCovered: [] });
      const one = descriptors();
      // And those that tell of births: one for each thread and CPU.
      expect(one - started).toBeLessThan(1001 * (1 + first.cpus) + 20);
      const [, second] = piecesOf(target, [{ name: 'counter' }, { name: 'counter', offset: 8 }]);
      armDirectly(session, second === undefined ? [] : [second]);
      expect(descriptors() - one).toBeLessThan(1001 + 10);
    }
    // Pipes to the target are open.
    expect(descriptors()).toBeLessThan(before + 10);
  });
});
