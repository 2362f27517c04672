// The command line where a container's filter refuses perf_event_open: the stop engine takes the threads' own debug registers, and says what that risks.
import { expect, inject, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { type Ended, ManagedProcess } from '../helpers/managed-process.js';
import { HWBKPT, REPOSITORY } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { readPrinted } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { CALL, CallFilter } from './without-call.js';

const EPERM = 1;
const ENOSYS = 38;
const RISK = /^hwbkpt: perf_event_open is refused here, so the target's own debug registers are armed, by a guardian process/m;

async function refused(errno: number, ...args: readonly string[]): Promise<Ended> {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
  using filter = new CallFilter();
  const [file, ...rest] = filter.words('perf_event_open', errno);
  await using running = new ManagedProcess(file, [...rest, process.execPath, HWBKPT, ...args], { cwd: REPOSITORY });
  return await running.finishedWithin(60_000);
}

describeWith(['ptrace', 'gcc'], `without system call ${CALL.perf_event_open}`, () => {
  test.each([EPERM, ENOSYS])('a launched program is watched from its first write to its last (errno %d)', async (errno) => {
    const program = await buildFixture('steady-threads');
    const { status, stdout, stderr } = await refused(
      errno,
      'watch',
      'shared',
      '--engine',
      'stop',
      '--json',
      '--',
      program,
      '--seconds',
      '1',
    );
    expect(stderr).toMatch(RISK);
    const { messages, otherLines } = readPrinted(stdout);
    expect(messages.filter(({ type }) => type === 'hit')).toHaveLength(10_000);
    expect(messages.at(-1)).toMatchObject({ type: 'summary', hits: 10_000, lost: 0, engine: 'stop' });
    expect(messages[0]).toMatchObject({ type: 'armed', not_covered: expect.arrayContaining(['kernel-writes']) });
    expect(otherLines.at(-1)).toBe('total 10000');
    expect(status).toBe(0);
  });

  test('a running one is let go of unharmed', async () => {
    await using target = await startTarget('steady-threads', { args: ['--seconds', '2'] });
    target.go();
    const { status, stdout } = await refused(EPERM, 'watch', 'shared', '--engine', 'stop', '--limit', '500', '--pid', `${target.pid}`);
    expect(status).toBe(0);
    expect(stdout.match(/work \(steady-threads\.c:\d+\)$/gm)).toHaveLength(500);
    const ended = await target.finishedWithin(30_000);
    expect([ended.status, ended.stdout.includes('total 20000')]).toEqual([0, true]);
  });
});
