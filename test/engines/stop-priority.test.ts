// Whoever traces goes before the threads that wait for it, where that is allowed; a program that it starts does not.
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { threadIds } from '../../src/linux/procfs/process.js';
import { PLAIN_SURROUNDINGS } from '../../src/linux/surroundings.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';

/** Nice values of this process's threads. */
function priorities(): number[] {
  return threadIds(process.pid).flatMap((tid) => {
    try {
      return [getPriority(tid)];
    } catch {
      // It has just ended.
      return [];
    }
  });
}

describeWith(['perf', 'ptrace', 'gcc'], 'nice values', () => {
  test('of programs that are started, and of this process afterwards, are what they were', async () => {
    const before = new Set(priorities());
    const usual = getPriority();
    const argv = [await buildFixture('hot'), '--writes', '10'];
    const environment = process.env;
    const started = [1, 2].map(() => new StopEngine().start({ argv, environment, surroundings: PLAIN_SURROUNDINGS }, 'threads'));
    for (const one of started) {
      if (!('session' in one)) throw new Error('it has not started');
      expect(getPriority(one.pid)).toBe(usual);
    }
    for (const one of started) {
      if (!('session' in one)) continue;
      one.lifecycle.release();
      await one.session[Symbol.asyncDispose]();
    }
    // The tracing threads are still ending.
    await expect.poll(() => new Set(priorities()), { timeout: 20_000 }).toEqual(before);
  });
});
