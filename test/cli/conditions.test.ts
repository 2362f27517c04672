// --if and --changes-only as a user types them: only what passes is printed, counted and limited; mistakes are pointed at.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, RunningHwbkpt, readPrinted, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';

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

/** Writes of state.players[2].hp by the fixture struct-path, 50 by damage and 5 by heal. */
const HP = 'state.players[2].hp';

for (const { engine, needs } of [
  { engine: 'bpf', needs: ['bpf', 'privileged', 'gcc'] },
  { engine: 'stop', needs: ['perf', 'ptrace', 'gcc'] },
] as const) {
  describeWith(needs, `--if on what the program has beside the value, engine ${engine}`, () => {
    /** Functions and new values of the hits that pass. */
    async function passing(watch: string, condition: string): Promise<string[]> {
      await using target = await startTarget('struct-path');
      await using hwbkpt = new RunningHwbkpt([
        'watch',
        watch,
        '--json',
        '--engine',
        engine,
        '--if',
        condition,
        '--pid',
        String(target.pid),
      ]);
      await hwbkpt.waitForMessage('armed');
      target.go();
      const { stdout } = await hwbkpt.finishedWithin(30_000);
      return messagesOf(readPrinted(stdout), 'hit').map(({ function: name, new: value }) => `${name} ${JSON.stringify(value)}`);
    }

    test.each([
      ['state.tick == 7', ['damage 93']],
      ['state.tick > 48 && new < old', ['damage 91', 'damage 90']],
      ['state.head->next->value == state.tick', Array(5).fill('heal 100')],
      ['state.current->name == "cyd" && new > 99', Array(5).fill('heal 100')],
      ['state.current->name == "ada"', []],
      ['(struct player *)$rdi == state.current && new == 95', Array(5).fill('damage 95')],
      ['state.players[new % 4].name == "bob" && state.tick == 3', ['damage 97']],
      ['*(unsigned char *)&state.tick == 50 && state.current - state.players == 2', ['damage 90', 'heal 100']],
    ])('%s', async (condition, expected) => {
      expect(await passing(HP, condition)).toEqual(expected);
    });

    test('parts of the value', async () => {
      const hits = await passing('state.players[1].at', 'new.x > 24 && old.y > -25');
      expect(hits).toEqual([
        'move_all {"x":24.5,"y":-24}',
        'move_all {"x":24.5,"y":-24.5}',
        'move_all {"x":25,"y":-24.5}',
        'move_all {"x":25,"y":-25}',
      ]);
    });

    test('what a pointer that is the value leads to', async () => {
      expect(await passing('state.head', 'new->next->value == 1')).toEqual([]);
    });
  });
}

describeWith(['perf', 'gcc'], '--if where nobody looks at the hit', () => {
  test('other memory and registers are refused, with what can be done', async () => {
    for (const condition of ['state.tick == 7', '$rdi == 0', 'new == state.tick']) {
      const run = await runHwbkpt(['watch', HP, '--engine', 'perf', '--if', condition, '--', await buildFixture('struct-path')]);
      expect(run).toMatchObject({ status: 125, stdout: '' });
      expect(run.stderr).toContain('engine perf cannot look at other memory or at registers');
    }
  });

  test.each([
    ['state.tck == 7', 'Did you mean tick'],
    ['stat.tick == 7', 'Did you mean state'],
    ['sttae.tick == 7', 'means nothing here'],
    ['state.players[4].hp == 7', 'there are 4'],
    ['state.players.hp == 7', 'has no members'],
  ])('mistakes are pointed at: %s', async (condition, expected) => {
    const run = await runHwbkpt(['watch', HP, '--if', condition, '--', await buildFixture('struct-path')]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(expected);
    expect(run.stderr).toMatch(/\n {2,}\^\n/);
  });
});
