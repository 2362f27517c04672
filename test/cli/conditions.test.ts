// --if and --changes-only as a user types them: only what passes is printed, counted and limited; mistakes are pointed at.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const WRITES = ['--writes', '5000'];

describeWith(['perf', 'gcc'], '--if', () => {
  test('watch prints what passes, and the sum counts it', async () => {
    const run = await runHwbkpt(['watch', 'counter', '--json', '--if', 'new % 1000 == 0', '--', await buildFixture('hot'), ...WRITES]);
    expect(messagesOf(run, 'hit').map(({ new: value }) => value)).toEqual(['0', '1000', '2000', '3000', '4000']);
    expect(messagesOf(run, 'summary')).toMatchObject([{ hits: 5, lost: 0, unseen_changes: 0 }]);
    expect(run.status).toBe(0);
  });

  test('--limit counts what passes', async () => {
    const program = await buildFixture('hot');
    const run = await runHwbkpt([
      'watch',
      'counter',
      '--json',
      '--limit',
      '2',
      '--if',
      'new > 9 && new % 10 == 0',
      '--',
      program,
      ...WRITES,
    ]);
    expect(messagesOf(run, 'hit').map(({ new: value }) => value)).toEqual(['10', '20']);
  });

  test('who and stat count what passes', async () => {
    const program = await buildFixture('hot');
    const who = await runHwbkpt(['who', 'counter', '--json', '--if', 'new >= 4990', '--', program, ...WRITES]);
    expect(messagesOf(who, 'group')).toMatchObject([{ function: 'bump', count: 10, first: '4990', last: '4999' }]);
    const stat = await runHwbkpt(['stat', 'counter', '--json', '--if', 'new != old + 1', '--', program, ...WRITES]);
    expect(messagesOf(stat, 'count')).toMatchObject([{ watch: 'counter', count: 1 }]);
  });

  test('goes together with --changes-only', async () => {
    const program = await buildFixture('same-value');
    const args = ['watch', 'shared', '--json', '--changes-only', '--if', 'new < 3', '--', program, '--count', '1'];
    const run = await runHwbkpt(args);
    const plain = await runHwbkpt(['watch', 'shared', '--json', '--', program, '--count', '1']);
    const wanted = messagesOf(plain, 'hit').filter(({ old, new: value }) => old !== value && Number(value) < 3);
    expect(messagesOf(run, 'hit').map(({ new: value }) => value)).toEqual(wanted.map(({ new: value }) => value));
    expect(wanted.length).toBeGreaterThan(0);
  });

  test('is read for each watch by its own type', async () => {
    const program = await buildFixture('value-types');
    const run = await runHwbkpt(['watch', 'int8_value', 'float_value', '--json', '--if', 'new != new', '--', program]);
    expect(messagesOf(run, 'hit').filter(({ watch }) => watch === 'int8_value')).toEqual([]);
    for (const { new: value } of messagesOf(run, 'hit')) expect([null, 'NaN']).toContain(value);
  });

  test.each([
    ['new == GREN', 'enum_value', 'Did you mean GREEN'],
    ['new > 1.5', 'int32_value', 'floating-point number 1.5'],
    ['1 < new < 5', 'int32_value', '1 < new && new < 5'],
    ['new = 5', 'int32_value', 'Write =='],
    ['', 'int32_value', 'there is nothing'],
  ])('a mistake is pointed at, and nothing runs: %j', async (condition, name, expected) => {
    const run = await runHwbkpt(['watch', name, '--if', condition, '--', await buildFixture('value-types')]);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain(expected);
    expect(run.stderr).toMatch(new RegExp(`^ {2}${condition.replace(/[.*+?^$()|[\\]]/g, '\\$&')}\\n {2,}\\^$`, 'm'));
    expect(run.stdout).toBe('');
  });

  test('there is no value where execution is watched', async () => {
    const program = await buildFixture('hot');
    const run = await runHwbkpt(['watch', 'bump', '--access', 'x', '--if', 'new > 5', '--', program, ...WRITES]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    const calls = await runHwbkpt([
      'stat',
      'bump',
      '--access',
      'x',
      '--json',
      '--if',
      'comm == "hot" && tid == pid',
      '--',
      program,
      ...WRITES,
    ]);
    expect(messagesOf(calls, 'count')).toMatchObject([{ count: 5000 }]);
  });
});
