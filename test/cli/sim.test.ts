// The sim engine behind the same commands: a scenario's program is watched as a live one is.
import { describe, expect, test } from 'vitest';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const COUNTER = ['--engine', 'sim', '--', 'fixtures/demo/counter.scn'];

describe('--engine sim', () => {
  test('shows every write with its place, its thread and its values', async () => {
    const run = await runHwbkpt(['watch', 'counter', '--json', ...COUNTER]);
    expect(run.status).toBe(0);
    const hits = messagesOf(run, 'hit');
    expect(hits.slice(0, 11).map(({ old, new: value }) => `${old} -> ${value}`)).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `${at} -> ${at + 1}`),
      '10 -> 4711',
    ]);
    expect(hits[0]).toMatchObject({ function: 'count', line: 11, comm: 'first', kernel: false });
    expect(hits.at(-1)).toMatchObject({ old: '4711', new: '7', value_source: 'trap', kernel: true, comm: 'third' });
    expect(messagesOf(run, 'summary')[0]).toMatchObject({ hits: 12, lost: 0, unseen_changes: 0, engine: 'sim', threads: 3 });
  });

  test('two runs are the same', async () => {
    const runs = [await runHwbkpt(['who', 'counter', '--json', ...COUNTER]), await runHwbkpt(['who', 'counter', '--json', ...COUNTER])];
    const [first, second] = runs.map((run) => messagesOf(run, 'group'));
    expect(first).toEqual(second);
    expect(first?.map(({ function: place, count }) => [place, count])).toEqual([
      ['count', 10],
      ['stray', 1],
      [null, 1],
    ]);
  });

  test('an instruction breakpoint, by the name of a label', async () => {
    const run = await runHwbkpt(['stat', 'count', '--access', 'x', '--json', ...COUNTER]);
    expect(messagesOf(run, 'count')[0]).toMatchObject({ count: 10 });
  });

  test('unknown names, wrong files and live processes are refused with advice', async () => {
    const name = await runHwbkpt(['watch', 'cuonter', ...COUNTER]);
    expect(name).toMatchObject({ status: 125 });
    expect(name.stderr).toContain('Did you mean counter?');
    const file = await runHwbkpt(['watch', 'counter', '--engine', 'sim', '--', 'package.json']);
    expect(file.stderr).toMatch(/package\.json: line 1, column 1/);
    const live = await runHwbkpt(['watch', 'counter', '--engine', 'sim', '--pid', String(process.pid)]);
    expect(live.stderr).toContain('counter.scn');
  });
});
