// Four threads that write 10,000 times a second, stopped, stepped and let go on again and again: what they compute is what it would have been.
import { expect, test } from 'vitest';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

const SECONDS = '2';
const STOPS = 10;

describeWith(['perf', 'ptrace', 'gcc'], 'busy threads', () => {
  test('stop together, whichever of them made the change, and none is harmed', async () => {
    await using target = await startTarget('steady-threads', { args: ['--seconds', SECONDS] });
    await using undisturbed = new ManagedProcess(target.program, ['--seconds', SECONDS]);
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: 'shared', accessType: 'write' }] });
    await adapter.request('configurationDone');
    target.go();
    const writers = new Set<number | undefined>();
    for (let stops = 0; stops < STOPS; stops++) {
      const { reason, threadId = 0, allThreadsStopped } = await adapter.stopped();
      expect([reason, allThreadsStopped]).toEqual(['data breakpoint', true]);
      writers.add(threadId);
      expect((await adapter.places(threadId, 1))[0]).toMatch(/:\d+$/);
      const { threads } = await adapter.request<{ threads: { id: number }[] }>('threads');
      // All of them stand, and can be looked at.
      for (const { id } of threads) expect((await adapter.frames(id)).length).toBeGreaterThan(0);
      await adapter.request('continue', { threadId });
    }
    await adapter.request('setDataBreakpoints', { breakpoints: [] });
    await adapter.request('pause', { threadId: target.pid });
    const { threadId } = await adapter.stopped();
    for (let steps = 0; steps < 3; steps++) {
      await adapter.request('next', { threadId, granularity: 'instruction' });
      await adapter.stopped();
    }
    await adapter.request('disconnect');
    expect(writers.size).toBeGreaterThan(0);
    const expected = (await undisturbed.finished).stdout;
    expect((await target.finished).stdout).toBe(
      `${target.stdout.lines.filter((line) => /^(address|ready)/.test(line)).join('\n')}\n${expected}`,
    );
    expect(await target.finished).toMatchObject({ status: 0, signal: null });
  });
});
