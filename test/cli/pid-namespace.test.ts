// In a PID namespace of its own, a container's, threads have the numbers that are seen there: in hits, in counts and in conditions.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Message } from '../../src/model/messages.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { HWBKPT } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';

function runInside(args: readonly string[]): Message[] {
  const inside = ['--pid', '--fork', '--mount-proc', process.execPath, HWBKPT, ...args];
  const { stdout } = spawnSync('unshare', inside, { encoding: 'utf8', timeout: 30_000 });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Message => JSON.parse(line));
}

/** More than a namespace that has just begun has given out. */
const MOST = 1000;

describeWith(['perf', 'gcc', 'root', 'pid-namespace'], 'a PID namespace', () => {
  test.each(['bpf', 'perf'])('engine %s tells its numbers', async (engine) => {
    const program = await buildFixture('hot');
    const messages = runInside([
      'watch',
      'counter',
      '--json',
      '--engine',
      engine,
      '--if',
      'new < 3 && tid < 1000',
      '--',
      program,
      '--writes',
      '10',
    ]);
    const hits = messages.filter((message) => message.type === 'hit');
    expect(hits).toHaveLength(3);
    for (const { pid, tid, comm } of hits) {
      expect(pid).toBeLessThan(MOST);
      expect({ tid, comm }).toEqual({ tid: pid, comm: 'hot' });
    }
  });

  test('counts too', async () => {
    const messages = runInside(['stat', 'counter', '--json', '--per-thread', '--', await buildFixture('hot'), '--writes', '10']);
    const [count] = messages.filter((message) => message.type === 'count');
    expect(count).toMatchObject({ count: 10, comm: 'hot' });
    expect(count?.pid).toBeLessThan(MOST);
  });
});
