// The main job: every write to one variable by two threads, a late thread, a forked child and read(2), by function, exactly.
import { expect, test } from 'vitest';
import { BpfEngine } from '../../src/engines/bpf/engine.js';
import { onlineCpus } from '../../src/linux/procfs/privileges.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { type HwbkptRun, type MessageOf, messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const COUNT = 200;
const READS = 25;
/** The better of two that can do all this. */
const ENGINE = BpfEngine.try() === null ? 'bpf' : 'perf';

async function watchEverybody(...more: string[]): Promise<HwbkptRun> {
  const program = await buildFixture('threads-fork-read');
  const target = [program, '--count', String(COUNT), '--reads', String(READS), ...more];
  return await runHwbkpt(['watch', 'shared', '--json', '--inherit', 'children', '--', ...target]);
}

function byFunction(hits: readonly MessageOf<'hit'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { function: name } of hits) counts[name ?? '?'] = (counts[name ?? '?'] ?? 0) + 1;
  return counts;
}

const WRITERS = { early_a: 1_000_000, early_b: 2_000_000, late_writer: 3_000_000, child_writer: 4_000_000 } as const;

describeWith(['perf', 'ptrace', 'privileged'], 'watch shared --json --inherit children -- ./prog', () => {
  test('reports every write by function, and ends with the program’s status', async () => {
    const run = await watchEverybody();
    const hits = messagesOf(run, 'hit');
    const user = hits.filter(({ kernel }) => !kernel);
    expect(byFunction(user)).toEqual({ early_a: COUNT, early_b: COUNT, late_writer: COUNT, child_writer: COUNT });
    expect(run.status).toBe(7);
    expect(run.stderr).toBe('');

    const kernel = hits.filter((hit) => hit.kernel);
    expect(kernel).toHaveLength(READS);
    expect(kernel.every(({ repeat }) => Number.isInteger(repeat) && repeat >= 1)).toBe(true);
    // What the program says itself is still there, unharmed.
    expect(run.otherLines).toEqual([...Object.keys(WRITERS).map((name) => `${name} ${COUNT}`), `kernel_fill ${READS}`]);
  });

  test('with the values that were written, in order, line and thread', async () => {
    const run = await watchEverybody('--tids');
    const tids = new Map(
      run.otherLines.filter((line) => line.startsWith('tid ')).map((line) => line.split(' ').slice(1) as [string, string]),
    );
    const hits = messagesOf(run, 'hit');
    for (const [name, base] of Object.entries(WRITERS)) {
      const written = hits.filter((hit) => hit.function === name);
      expect(written.map((hit) => hit.new)).toEqual(Array.from({ length: COUNT }, (_, i) => String(base + i + 1)));
      // Where one writer ends and the next begins, on another processor and within the 60 us that tell no order, old values may be unknown, but none is wrong.
      expect(written.filter(({ old }) => old === null).length).toBeLessThan(COUNT / 4);
      expect(written.slice(1).filter(({ old }, i) => old !== null && old !== written[i]?.new)).toEqual([]);
      expect(new Set(written.map(({ tid }) => String(tid)))).toEqual(new Set([tids.get(name)]));
      expect(new Set(written.map(({ file, line }) => `${file?.split('/').at(-1)}:${line}`)).size).toBe(1);
    }
    expect(hits[0]?.old).toBe('0');
  });

  test('first what is armed, last the sums', async () => {
    const run = await watchEverybody();
    const types = run.messages.map(({ type }) => type);
    expect(types.indexOf('armed')).toBe(0);
    expect(types.filter((type) => type === 'armed' || type === 'summary')).toEqual(['armed', 'summary']);
    expect(types.at(-1)).toBe('summary');
    const [summary] = messagesOf(run, 'summary');
    expect(summary).toEqual({
      type: 'summary',
      hits: 4 * COUNT + READS,
      lost: 0,
      unseen_changes: 0,
      threads: 5,
      cpus: onlineCpus().length,
      engine: ENGINE,
      not_covered: ['process-vm-writev', 'other-mapping', 'dma'],
    });
    const [armed] = messagesOf(run, 'armed');
    expect(armed).toMatchObject({ watch: 'shared', size: 8, engine: ENGINE, threads: 1, not_covered: summary?.not_covered });
    expect(messagesOf(run, 'hit').every(({ address }) => address === armed?.address)).toBe(true);
    expect(messagesOf(run, 'event').filter(({ event }) => event === 'fork')).toHaveLength(1);
  });

  test('without --inherit children the child is left out, and that is said', async () => {
    const program = await buildFixture('threads-fork-read');
    const run = await runHwbkpt(['watch', 'shared', '--json', '--', program]);
    expect(byFunction(messagesOf(run, 'hit').filter(({ kernel }) => !kernel))).toEqual({ early_a: 100, early_b: 100, late_writer: 100 });
    expect(messagesOf(run, 'summary')[0]?.not_covered).toContain('children');
  });

  test('without --inherit threads only the first thread is watched', async () => {
    const program = await buildFixture('threads-fork-read');
    const run = await runHwbkpt(['watch', 'shared', '--json', '--inherit', 'none', '--', program]);
    expect(messagesOf(run, 'hit').every(({ kernel }) => kernel)).toBe(true);
    expect(messagesOf(run, 'hit')).toHaveLength(10);
    expect(messagesOf(run, 'summary')[0]?.not_covered).toEqual(expect.arrayContaining(['new-threads', 'children']));
  });
});
