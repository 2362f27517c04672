// --follow and --every-call from the command line: what is said, and what --strict makes of it.
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { messagesOf, runHwbkpt } from '../helpers/run-hwbkpt.js';

describeWith(['perf', 'ptrace', 'gcc'], 'watch --follow -- ./prog', () => {
  test('says how many slots it takes, and where it leads', async () => {
    const program = await buildFixture('moving-path');
    const run = await runHwbkpt(['watch', 'tail->next->len', '--follow', '--', program, '--rounds', '2', '--pause', '250000']);
    expect(run.stderr).toMatch(
      /armed tail->next->len = 0x[0-9a-f]+, 8 bytes, .*; 3 slots: 1 for the value, 2 for pointers on its path; not covered: /,
    );
    expect(run.stderr).toMatch(/tail->next->len is at 0x[0-9a-f]+ now \(not watched for [\d.]+ ms\)/);
    expect(run.stdout.split('\n').filter((line) => line.includes('write_len (moving-path.c'))).toHaveLength(40);
  });

  test('is incomplete once it was aimed again', async () => {
    const program = await buildFixture('moving-path');
    const moved = await runHwbkpt([
      'watch',
      'queue.head->len',
      '--follow',
      '--strict',
      '--',
      program,
      '--rounds',
      '2',
      '--pause',
      '250000',
    ]);
    expect(moved.status).toBe(3);
    expect(moved.stderr).toMatch(/not covered: .*re-aiming/);
    const stayed = await runHwbkpt(['watch', 'queue.head->len', '--follow', '--json', '--', program, '--rounds', '1', '--same']);
    expect(messagesOf(stayed, 'summary')[0]?.not_covered).not.toContain('re-aiming');
  });

  test('goes on in another program', async () => {
    const [program, next] = [await buildFixture('exec-other'), await buildFixture('steady-threads')];
    const run = await runHwbkpt(['watch', 'shared', '--follow', '--json', '--limit', '100', '--', program, '--', next, '--seconds', '1']);
    // A look at the pointer may come after the exec and before its report: then nothing is mapped there, which is said.
    const events = messagesOf(run, 'event').filter(({ event }) => event !== 'waiting-for-pointer');
    expect(events).toMatchObject([{ event: 'exec' }, { event: 'armed-again' }]);
  });
});

describeWith(['perf', 'ptrace', 'gcc'], 'watch FUNCTION::NAME -- ./prog', () => {
  test('ends with the call, or goes on with the next', async () => {
    const program = await buildFixture('frame-locals', { flags: ['-O0'] });
    const args = ['--', program, '--calls', '2', '--count', '5', '--pause', '250000'];
    const once = await runHwbkpt(['watch', 'sum_up::total', ...args]);
    expect(once.stderr).toContain('sum_up::total waits for a call of sum_up');
    expect(once.stderr).toContain('the call that sum_up::total was watched in has ended');
    expect(once.stderr).toContain('watch sum_up::total ended: the call of sum_up has ended');
    const every = await runHwbkpt(['stat', 'sum_up::total', '--every-call', '--json', ...args]);
    const [both] = messagesOf(every, 'count');
    // Between the start of a call and the arming one or two writes may be seen or not.
    expect(both?.count).toBeGreaterThanOrEqual(10);
    expect(once.stdout.split('\n').filter((line) => line.includes('frame-locals.c:19'))).toHaveLength(5);
  });
});
