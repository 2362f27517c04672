// who and stat: what they count is what the program did, whoever counts, by thread, by way, and where only parts of the time are watched.
import { describe, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { type HwbkptRun, messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const ENGINES = [
  { engine: 'perf', needs: ['perf', 'ptrace', 'gcc'] },
  { engine: 'bpf', needs: ['perf', 'ptrace', 'gcc', 'bpf'] },
] as const;

/** Numbers that the target prints: `NAME COUNT`. */
function printed(run: HwbkptRun): Map<string, number> {
  return new Map(run.otherLines.map((line) => line.split(' ')).map(([name = '', count]) => [name, Number(count)]));
}

describe.each(ENGINES)('$engine', ({ engine, needs }) => {
  describeWith([...needs], 'counts', () => {
    test('who names the places that single hits have, with the same counts and values', async () => {
      const program = await buildFixture('threads-fork-read');
      const common = ['shared', '--json', '--engine', engine, '--inherit', 'children', '--', program, '--count', '300', '--reads', '0'];
      const who = await runHwbkpt(['who', ...common]);
      const watch = await runHwbkpt(['watch', ...common]);
      const hits = messagesOf(watch, 'hit');
      const places = new Map(hits.map(({ function: name, file, line }) => [name, { file, line }]));
      expect(places.size).toBe(4);
      expect(messagesOf(who, 'group')).toEqual(
        ['early_a', 'early_b', 'late_writer', 'child_writer'].map((name, i) =>
          expect.objectContaining({
            ...{ function: name, count: 300, kernel: false, first: `${i + 1}000001`, last: `${i + 1}000300` },
            ...places.get(name),
          }),
        ),
      );
      expect(messagesOf(who, 'summary')[0]).toMatchObject({ hits: 1200, lost: 0, unseen_changes: 0, engine });
    });

    test('every kind of atomic and narrow access is counted where it is made', async () => {
      const program = await buildFixture('atomics');
      const common = ['shared', '--json', '--engine', engine, '--', program];
      const who = await runHwbkpt(['who', ...common]);
      const hits = messagesOf(await runHwbkpt(['watch', ...common]), 'hit');
      const lines = new Map<string, number>();
      for (const { function: name, line } of hits) lines.set(`${name}:${line}`, (lines.get(`${name}:${line}`) ?? 0) + 1);
      expect(new Map(messagesOf(who, 'group').map(({ function: name, line, count }) => [`${name}:${line}`, count]))).toEqual(lines);
    });

    test('stat --per-thread: each thread of each process, as --inherit says', async () => {
      const program = await buildFixture('threads-fork-read');
      const run = async (inherit: string) => {
        const args = ['stat', 'shared', '--json', '--per-thread', '--engine', engine, '--inherit', inherit, '--', program, '--tids'];
        const ended = await runHwbkpt([...args, '--count', '200', '--reads', '0']);
        const tids = ended.otherLines.filter((line) => line.startsWith('tid ')).map((line) => line.split(' '));
        const name = new Map(tids.map(([, writer = '', tid]) => [Number(tid), writer]));
        return messagesOf(ended, 'count').map(({ pid, tid, comm, count, threads }) => [
          ...[name.get(tid ?? 0) ?? null, pid === tid, comm, count, threads],
        ]);
      };
      const [early, late] = [['early_a', 'early_b'], ['late_writer']].map((names) =>
        names.map((name) => [name, false, 'threads-fork-re', 200, 1]),
      );
      expect(new Set(await run('threads'))).toEqual(new Set([...(early ?? []), ...(late ?? [])]));
      expect(new Set(await run('children'))).toEqual(
        new Set([...(early ?? []), ...(late ?? []), ['child_writer', true, 'threads-fork-re', 200, 1]]),
      );
      // Launched: all its threads are made after it was armed.
      expect(await run('none')).toEqual([[null, true, null, 0, 0]]);
    });

    test('who --stack: each way to one place is a group', async () => {
      const program = await buildFixture('call-chain', { flags: ['-fno-omit-frame-pointer'] });
      const args = ['who', 'shared', '--stack', '8', '--engine', engine];
      const run = await runHwbkpt([...args, '--json', '--', program]);
      const ways = messagesOf(run, 'group').map(({ stack, count }) => [stack?.slice(0, 4).map((frame) => frame.split(' ')[0]), count]);
      const counts = printed(run);
      expect(ways).toEqual([
        [['inner', 'middle', 'outer_a', 'main'], counts.get('outer_a')],
        [['inner', 'middle', 'outer_b', 'main'], counts.get('outer_b')],
      ]);
      const text = await runHwbkpt([...args, '--', program]);
      expect(text.stdout).toMatch(/\n +\d+ +1 +10 +inner \(.*\)\n +from middle \(.*\)\n +from outer_a \(.*\)\n +from main \(.*\)\n/);
    });

    test('--limit counts exactly so many', async () => {
      const program = await buildFixture('hot');
      for (const command of ['who', 'stat']) {
        const run = await runHwbkpt([
          command,
          'counter',
          '--limit',
          '1234',
          '--json',
          '--engine',
          engine,
          '--',
          program,
          '--writes',
          '20000',
        ]);
        const counts = [...messagesOf(run, 'group'), ...messagesOf(run, 'count')].map(({ count }) => count);
        expect([command, counts, messagesOf(run, 'summary')[0]?.hits]).toEqual([command, [1234], 1234]);
      }
    });

    test('--changes-only leaves out what changed nothing', async () => {
      const program = await buildFixture('same-value');
      const run = await runHwbkpt(['stat', 'shared', '--changes-only', '--json', '--engine', engine, '--', program]);
      expect(messagesOf(run, 'count')[0]?.count).toBe(printed(run).get('changes'));
    });

    test('the kernel’s writes are counted beside the program’s', async () => {
      const program = await buildFixture('threads-fork-read');
      const run = await runHwbkpt(['who', 'shared', '--json', '--engine', engine, '--', program, '--count', '50', '--reads', '7']);
      if (messagesOf(run, 'summary')[0]?.not_covered.includes('kernel-writes') === true) return;
      const kernel = messagesOf(run, 'group').filter((group) => group.kernel);
      expect(kernel.reduce((sum, { count }) => sum + count, 0)).toBe(7);
    });
  });

  describeWith([...needs], 'a variable too hot to watch', () => {
    /** Watched all the time this would take most of an hour. */
    const WRITES = 1_000_000_000;

    test('is sampled: the estimate is right, the program fast, and both output forms say so', async () => {
      const program = await buildFixture('hot');
      const args = ['--max-rate', '20000', '--engine', engine, '--json', '--', program, '--writes', String(WRITES)];
      const run = await runHwbkpt(['stat', 'counter', ...args], { timeout: 120_000 });
      const [count] = messagesOf(run, 'count');
      expect(count?.estimate).toBeGreaterThan(WRITES * 0.85);
      expect(count?.estimate).toBeLessThan(WRITES * 1.15);
      expect(count?.count).toBeLessThan(WRITES / 100);
      expect(count?.watched).toBeGreaterThan(0);
      expect(count?.watched).toBeLessThan(1);
      expect(messagesOf(run, 'summary')[0]).toMatchObject({ hits: count?.count, lost: 0, unseen_changes: 0 });
      expect(messagesOf(run, 'summary')[0]?.not_covered).toContain('sampled');
      expect(printed(run).get('counter')).toBe(WRITES - 1);
    }, 150_000);

    test('of each of several threads', async () => {
      const program = await buildFixture('hot-threads');
      // Some seconds: of fewer windows the two may share too few.
      const each = 2 * WRITES;
      const threads = ['--shared', '--threads', '2', '--writes', String(each)];
      const args = ['--max-rate', '20000', '--per-thread', '--engine', engine, '--json', '--', program, ...threads];
      const run = await runHwbkpt(['stat', 'shared', ...args], { timeout: 120_000 });
      const counts = messagesOf(run, 'count');
      expect(counts).toHaveLength(2);
      for (const { estimate } of counts) {
        expect(estimate).toBeGreaterThan(each * 0.75);
        expect(estimate).toBeLessThan(each * 1.25);
      }
    }, 150_000);

    test('in text, by place', async () => {
      const program = await buildFixture('hot');
      const run = await runHwbkpt(['who', 'counter', '--max-rate', '20000', '--engine', engine, '--', program, '--writes', '300000000']);
      expect(run.stdout).toMatch(/\n~[\d,]+ +0 +\d+ +bump \(hot\.c:\d+\) {2}\(sampled: watched [\d.]+ % of the time\)\n/);
      expect(run.stderr).toMatch(/not covered: .*sampled/);
    });

    test('below the rate everything is counted, and nothing is said of samples', async () => {
      const program = await buildFixture('signals-status');
      const args = [
        'stat',
        'shared',
        '--max-rate',
        '1000',
        '--engine',
        engine,
        '--json',
        '--',
        program,
        '--writes',
        '50',
        '--interval',
        '5',
      ];
      const run = await runHwbkpt(args);
      expect(messagesOf(run, 'count')).toEqual([{ type: 'count', watch: 'shared', count: 50, threads: 1 }]);
      expect(messagesOf(run, 'summary')[0]?.not_covered).not.toContain('sampled');
    });
  });
});

describe('--max-rate is refused', () => {
  test.each([
    [
      'with an engine that cannot switch a watch off',
      ['--engine', 'sim', '--', 'fixtures/demo/counter.scn'],
      /the sim engine.*cannot switch/,
    ],
    ['with --limit', ['--limit', '5', '--', 'true'], /--max-rate cannot go with --limit/],
    [
      'with a condition on old values',
      ['--if', 'old != new', '--', 'true'],
      /--max-rate cannot go with an --if that asks for the old value/,
    ],
    ['with --changes-only', ['--changes-only', '--', 'true'], /--max-rate cannot go with --changes-only/],
  ])('%s', async (_, args, message) => {
    const run = await runHwbkpt(['stat', 'counter', '--max-rate', '1000', ...args]);
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(2);
  });

  test('below what can be kept', async () => {
    const run = await runHwbkpt(['stat', 'counter', '--max-rate', '5', '--', 'true']);
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('from 100') });
  });
});
