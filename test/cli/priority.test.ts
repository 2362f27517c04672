// --priority: a watch that finds no register waits and says so, in text and in JSON; --strict minds it.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

const NAMES = [0, 1, 2, 3].map((at) => `state.players[${at}].hp`);
const FIVE = [...NAMES, 'state.tick'];

describeWith(['perf', 'gcc'], 'five watches with a priority', () => {
  test('are four that are armed and one that waits', async () => {
    const run = await runHwbkpt(['stat', ...FIVE, '--priority', '20', '--json', '--', await buildFixture('struct-path')]);
    expect(messagesOf(run, 'armed').map(({ watch }) => watch)).toEqual(NAMES);
    expect(messagesOf(run, 'event')).toEqual([{ type: 'event', event: 'waiting', watch: 'state.tick' }]);
    expect(messagesOf(run, 'count').map(({ watch, count }) => [watch, count])).toEqual([
      // The first write of each fills the table.
      ...NAMES.map((name, at) => [name, at === 2 ? 56 : 1]),
      ['state.tick', 0],
    ]);
    expect(messagesOf(run, 'summary')[0]?.not_covered).toContain('no-register');
  });

  test('say it in text too, also with --quiet, and --strict minds it', async () => {
    const run = await runHwbkpt(['stat', ...FIVE, '--priority', '20', '--quiet', '--strict', '--', await buildFixture('struct-path')]);
    expect(run.stderr.trim()).toBe('hwbkpt: state.tick waits for debug registers: others hold those that it needs');
    expect(run.status).toBe(3);
  });

  test('without one are refused', async () => {
    const run = await runHwbkpt(['stat', ...FIVE, '--', await buildFixture('struct-path')]);
    expect(run).toMatchObject({ status: 125 });
    expect(run.stderr).toContain('no debug registers are left for state.tick: it needs 1, 0 are free');
  });
});
