// Promise 2: nothing is lost in silence: every access is delivered, or counted as lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EngineSession, EngineSink } from '../../src/engines/contract.js';
import { armDirectly, disarmDirectly } from '../../src/engines/direct.js';
import { PerfEngine } from '../../src/engines/perf/engine.js';
import { DEAF } from '../../src/engines/reports.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';

const WRITES = 200_000;
const CHURN_WRITES = 2_000;
const FIRST_CHURN_VALUE = 1_000_000;

interface Counted {
  readonly sink: EngineSink;
  hits: number;
  lost: number;
}

function countingSink(): Counted {
  const counted: Counted = {
    hits: 0,
    lost: 0,
    sink: {
      ...DEAF,
      hit: () => void counted.hits++,
      lost: ({ count }) => {
        counted.lost += count;
      },
    },
  };
  return counted;
}

function arm(session: EngineSession, address: bigint): void {
  armDirectly(session, [{ cookie: 1, address, length: 8, access: 'write' }]);
}

describeWith(['perf', 'gcc'], 'nothing is lost in silence', () => {
  test(`${WRITES} writes at full rate are as many hits in order, each with its value, or said to be lost`, async () => {
    const program = await buildFixture('hot');
    const run = await runHwbkpt(['watch', 'counter', '--json', '--', program, '--writes', String(WRITES)], { timeout: 60_000 });
    const hits = messagesOf(run, 'hit');
    const [summary] = messagesOf(run, 'summary');
    const lost = summary?.lost ?? Number.NaN;
    // On a machine that is busy with other things the rings may overflow: then it is said, and what came is still in order.
    expect(hits.length + lost).toBe(WRITES);
    expect(summary).toMatchObject({ hits: hits.length, unseen_changes: 0 });
    const values = hits.map((hit) => Number(hit.new));
    expect(values.findIndex((value, i) => i > 0 && value <= (values[i - 1] ?? -1))).toBe(-1);
    if (lost === 0) expect(values.at(-1)).toBe(WRITES - 1);
  });

  test('hot on two CPUs: hits and lost together are the writes, and no change is called unseen', async () => {
    const program = await buildFixture('hot-threads');
    const command = ['stat', 'shared', '--json', '--', program, '--threads', '2', '--writes', '60000', '--shared'];
    const [summary] = messagesOf(await runHwbkpt(command, { timeout: 60_000 }), 'summary');
    expect((summary?.hits ?? 0) + (summary?.lost ?? 0)).toBe(120_000);
    expect(summary?.unseen_changes).toBe(0);
  });

  test('what does not fit into the rings because nobody reads them is counted', async () => {
    await using target = await startTarget('hot', { args: ['--writes', String(WRITES)] });
    await using session = new PerfEngine().open({ pid: target.pid, tid: null, inherit: 'threads' });
    arm(session, target.shown('counter').address);
    const counted = countingSink();
    target.go();
    await target.finished;
    disarmDirectly(session, [1]);
    session.collect(counted.sink, true);
    const books = session.reconcile();
    expect(books.counted).toBe(WRITES);
    expect(counted.hits).toBe(books.delivered);
    expect(books.missing).toBeGreaterThan(0);
    expect(books.delivered + books.missing).toBe(WRITES);
  });

  test('threads that live for moments, born while arming and after: each write exactly once', async () => {
    await using target = await startTarget('thread-churn', {
      args: ['--chains', '4', '--each', '5', '--life', '300', '--after', String(CHURN_WRITES)],
    });
    await sleep(50);
    await using hwbkpt = new RunningHwbkpt(['watch', 'counter', '--json', '--pid', String(target.pid)]);
    await hwbkpt.waitForMessage('armed', 30_000);
    target.go();
    await target.finished;
    const printed = readPrinted((await hwbkpt.finishedWithin(30_000)).stdout);
    const values = messagesOf(printed, 'hit')
      .map((hit) => Number(hit.new))
      .filter((value) => value >= FIRST_CHURN_VALUE);
    const expected = Array.from({ length: CHURN_WRITES }, (_, i) => FIRST_CHURN_VALUE + i);
    expect(values.sort((a, b) => a - b)).toEqual(expected);
  });
});
