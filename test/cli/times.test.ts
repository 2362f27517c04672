// The times of hit lines.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { runHwbkpt } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';

describeWith(['perf'], 'times of hit lines', () => {
  test('begin at 0 for a program that is hit before the armed line is printed', async () => {
    await using target = await startTarget('steady-threads', { args: ['--seconds', '20'] });
    target.go();
    const { stdout } = await runHwbkpt(['watch', 'shared', '--limit', '200', '--engine', 'perf', '--pid', String(target.pid)]);
    const times = stdout.split('\n').flatMap((line) => /^ *(-?[\d.]+) {2}steady/.exec(line)?.slice(1, 2) ?? []);
    expect(times.length).toBe(200);
    expect(times.filter((time) => time.startsWith('-'))).toEqual([]);
  });
});
