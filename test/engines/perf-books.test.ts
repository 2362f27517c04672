// Rings that overflow, strangers that mislead, descriptors: the perf engine counts what it could not deliver, and gives back what it took.
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { armDirectly } from '../../src/engines/direct.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import { Recorder } from '../conformance/recorder.js';
import { closeBooks, collectWhile, piecesOf } from '../conformance/watched-run.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { expectEachOnceBesideStranger } from './stranger.js';

const ALL_THREADS = { tid: null, inherit: 'threads' } as const;
/** More than a ring of 8 MiB holds at 184 bytes each. */
const TOO_MANY = 120_000;

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describeWith(['perf', 'gcc'], 'a ring that overflows', () => {
  test('reports how many were lost as soon as there is room again', async () => {
    const writes = 2 * TOO_MANY;
    await using target = await startTarget('hot', { args: ['--writes', String(writes)] });
    await using session = new PerfEngine().open({ pid: target.pid, ...ALL_THREADS });
    const pieces = piecesOf(target, [{ name: 'counter' }]);
    armDirectly(session, pieces);
    target.go();
    // Until the ring has been full for a while; the first collecting makes room while the writes go on.
    await sleep(400);
    const recorder = new Recorder();
    await collectWhile(session, recorder, () => target.running);
    const books = closeBooks(session, recorder, pieces);
    const lost = recorder.losses.reduce((sum, { count }) => sum + count, 0);
    expect(lost).toBeGreaterThan(0);
    expect(recorder.losses.every(({ kind }) => kind === 'lost')).toBe(true);
    expect({ counted: books.counted, delivered: books.delivered }).toEqual({ counted: writes, delivered: recorder.hits.length });
    expect(books.missing).toBe(writes - recorder.hits.length);
    // The end of the program would be reported too, and may be among the lost.
    expect(lost - books.missing).toBeGreaterThanOrEqual(0);
    expect(lost - books.missing).toBeLessThan(3);
  });

  test('leaves a gap in the books where no report of the loss could follow', async () => {
    await using target = await startTarget('hot', { args: ['--writes', String(TOO_MANY)] });
    await using session = new PerfEngine().open({ pid: target.pid, ...ALL_THREADS });
    const pieces = piecesOf(target, [{ name: 'counter' }]);
    armDirectly(session, pieces);
    target.go();
    await target.finished;
    const recorder = new Recorder();
    const books = closeBooks(session, recorder, pieces);
    expect(recorder.hits.length).toBeLessThan(TOO_MANY);
    expect(books).toEqual({ counted: TOO_MANY, delivered: recorder.hits.length, duplicates: 0, missing: TOO_MANY - recorder.hits.length });
  });
});

describeWith(['perf', 'gcc'], 'a stranger on one thread', () => {
  test('may have breakpoints opened twice, and still each write is reported once', async () => {
    await expectEachOnceBesideStranger(new PerfEngine());
  });
});

describeWith(['perf', 'gcc'], 'descriptors and priority', () => {
  test('1,000 threads are armed and given back', async () => {
    const before = descriptors();
    const args = ['--chains', '1000', '--life', '60000000'];
    await using target = await startTarget('thread-churn', { args });
    await collectThreads(target.pid, 1001);
    {
      await using session = new PerfEngine().open({ pid: target.pid, ...ALL_THREADS });
      const armed = armDirectly(session, piecesOf(target, [{ name: 'counter' }]));
      expect(armed).toMatchObject({ threads: 1001, notCovered: [] });
      expect(descriptors()).toBeGreaterThan(before + 1001 * armed.cpus);
    }
    // Pipes to the target are open.
    expect(descriptors()).toBeLessThan(before + 10);
  });

  test('a failed arming leaves no breakpoint open', async () => {
    await using target = await startTarget('hot', { args: ['--writes', '10'] });
    await using taker = new PerfEngine().open({ pid: target.pid, ...ALL_THREADS });
    armDirectly(
      taker,
      piecesOf(
        target,
        [0, 8, 16].map((offset) => ({ name: 'counter', offset })),
      ),
    );
    await using session = new PerfEngine().open({ pid: target.pid, ...ALL_THREADS });
    const before = descriptors();
    expect(() => armDirectly(session, piecesOf(target, [{ name: 'counter' }, { name: 'counter', offset: 8 }]))).toThrow(/ENOSPC/);
    expect(descriptors()).toBe(before);
  });
});

/** Waits until the process has so many threads. */
async function collectThreads(pid: number, count: number): Promise<void> {
  while (threadIds(pid).length < count) await sleep(5);
}
