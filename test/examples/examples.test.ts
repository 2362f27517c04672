// Every program in examples/ does, on real targets, what its first comment says.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { startFreeTarget } from '../helpers/free-target.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { runExample, startExample } from './run-example.js';

/** The examples that have a test below. */
const TESTED = ['attach', 'condition', 'errors', 'events', 'facility', 'lab', 'launch', 'priorities', 'stop', 'who'];

describe('examples', () => {
  test('each has a test here', () => {
    const sources = readdirSync(`${REPOSITORY}/examples`).filter((name) => name.endsWith('.ts'));
    expect(sources.sort()).toEqual(TESTED.map((name) => `${name}.ts`));
  });

  test('lab: Linux of 2007 sees one of two hits, hwbkpt both', async () => {
    const { stdout, stderr, status } = await runExample('lab', []);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'linux-2.6.20: stopped after 1 instruction: register 0 hit',
      'hwbkpt: stopped after 1 instruction: register 0 and register 1 hit',
    ]);
  });

  test('facility: the tracer gets a register, the youngest of the others gives its own, and has it back afterwards', async () => {
    const { stdout, stderr, status } = await runExample('facility', []);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(lines.slice(lines.indexOf('late asks'))).toEqual([
      'late asks',
      'late waits',
      'the tracer asks, at a higher priority',
      'auditor is uninstalled (evicted)',
      'the tracer is installed (asked)',
      'the tracer leaves',
      'the tracer is uninstalled (withdrawn)',
      'auditor is installed (restored)',
      'still waiting: late',
      '',
    ]);
  });
});

describeWith(['perf', 'gcc'], 'examples on real programs', () => {
  test('launch prints every write and how the program ended', async () => {
    const { stdout, stderr, status } = await runExample('launch', ['shared', await buildFixture('same-value'), '--count', '1']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.split('\n').filter((line) => line.includes('->'))).toEqual([
      '0 -> 1 in put',
      '1 -> 1 in put',
      '1 -> 1 in put',
      '1 -> 2 in put',
      '2 -> 2 in put',
      '2 -> 3 in put',
    ]);
    expect(stdout).toContain("the program ended: { kind: 'exited', status: 0 }");
  });

  test('condition prints what it holds for, and points at what is wrong with it', async () => {
    const program = await buildFixture('hot');
    const { stdout, status } = await runExample('condition', ['counter', 'new % 100 == 7', program, '--writes', '300']);
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('->'))).toEqual([
      '6 -> 7 in bump',
      '106 -> 107 in bump',
      '206 -> 207 in bump',
    ]);
    expect(stdout).toMatch(/^3 hits, engine (bpf|perf)$/m);
    const wrong = await runExample('condition', ['counter', 'new + == 7', program]);
    expect(wrong.stdout).toMatch(/^cannot use the condition .*at character 7\nnew \+ == 7\n {6}\^$/m);
  });

  test('stop looks at the thread at each stop, and the program ends as it would have', async () => {
    const program = await buildFixture('hot');
    const { stdout, status } = await runExample('stop', ['counter', 'new % 100 == 7', program, '--writes', '300']);
    expect(status).toBe(0);
    expect(stdout.split('\n').filter((line) => line.includes('->'))).toEqual([
      '6 -> 7 in bump',
      '106 -> 107 in bump',
      '206 -> 207 in bump',
    ]);
    expect(stdout.match(/^thread \d+ stands, on its stack at 0x7ff[0-9a-f]+: [0-9a-f]{16}$/gm)).toHaveLength(3);
    expect(stdout).toContain("the program ended: { kind: 'exited', status: 0 }");
  });

  test('attach prints ten writes and leaves the program alone', async () => {
    await using target = await startTarget('steady-threads', { args: ['--seconds', '1'] });
    await using example = startExample('attach', [String(target.pid), 'shared']);
    await example.waitForLine(/^watching 8 bytes in \d threads$/);
    target.go();
    const { stdout, stderr, status } = await example.finishedWithin(30_000);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const hits = stdout.split('\n').filter((line) => line.includes('->'));
    expect(hits).toHaveLength(10);
    for (const line of hits) expect(line).toMatch(/^\S+ (\d+|null) -> (\d+|null) in \w+ \(.*steady-threads\.c:\d+\)$/);
    const ended = await target.finishedWithin(30_000);
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(ended.stdout).toMatch(/^total 10000$/m);
  });

  test('priorities tells who loses its register and has it again, and leaves the program alone', async () => {
    await using target = await startFreeTarget('signals-status', { args: ['--writes', '200', '--interval', '5'] });
    await using example = startExample('priorities', [String(target.tracee), String(target.shown('shared').address)]);
    await example.waitForLine(/^5 installed/);
    target.go();
    const { stdout, stderr, status } = await example.finishedWithin(30_000);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.trimEnd().split('\n')).toEqual([
      ...[1, 2, 3, 4].map((id) => `${id} installed (asked)`),
      '4 uninstalled (evicted)',
      '5 installed (asked)',
      expect.stringMatching(/^thread \d+ wrote, and stands before 0x[0-9a-f]+$/),
      '5 uninstalled (withdrawn)',
      '4 installed (restored)',
    ]);
    const ended = await target.finishedWithin(30_000);
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(ended.stdout).toMatch(/^tick 200$/m);
  });

  test('who counts the functions that write', async () => {
    await using game = new ManagedProcess(await buildFixture('demo/demo'), ['20', '500']);
    await game.waitForLine(/^the game runs/);
    const { stdout, stderr, status } = await runExample('who', [String(game.pid), 'state.players[2].hp', '1']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/'apply_damage' +│ +\d+ +│/);
    expect(stdout).toMatch(/'light_spark' +│ +\d+ +│/);
  });

  test('events shows children, kernel writes and the summary', async () => {
    const program = await buildFixture('threads-fork-read');
    const { stdout, stderr } = await runExample('events', ['shared', program, '--count', '2', '--reads', '1']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^process \d+ made process \d+$/m);
    // What it found is not known where another thread has written within the same moment on the other CPU.
    expect(stdout).toMatch(/^hit (0|null) -> 1000001$/m);
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'summary', lost: 0, unseen_changes: 0 });
  });

  test('errors says what is wrong and what to do', async () => {
    await using target = await startTarget('hot');
    const good = await runExample('errors', [String(target.pid), 'counter']);
    expect(good.stdout).toBe(`counter can be watched: 8 bytes at 0x${target.shown('counter').address.toString(16)}\n`);
    const wrong = await runExample('errors', [String(target.pid), 'countr']);
    expect(wrong.stdout).toMatch(/^unknown-symbol: .*countr.*\n.*counter/);
    const gone = await runExample('errors', ['999999999', 'counter']);
    expect(gone.stdout).toMatch(/^no-such-process: there is no process 999999999\nList processes with/);
  });
});
