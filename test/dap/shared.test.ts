// An editor's session beside other commands on the same process; and what becomes of the program when the adapter is killed.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { RunningHwbkpt, readPrinted } from '../helpers/run-hwbkpt.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

const SOURCE = { path: `${FIXTURES}/looked-at.c` };

type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

describeWith(['perf', 'ptrace', 'gcc'], 'an editor that shares its program', () => {
  test('lets a watch join, which is not stopped where it is, and sees all of it', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '5'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: 'hero.hp', accessType: 'write', hitCondition: '== 2' }] });
    await adapter.request('configurationDone');
    await using watch = new RunningHwbkpt(['watch', 'counter', '--json', '--pid', String(target.pid)]);
    expect(await watch.waitForMessage('armed')).toMatchObject({ engine: 'stop' });
    const { description } = await adapter.request<{ description: string }>('dataBreakpointInfo', { name: 'hero.hp' });
    expect(description).toContain('2 of 4 debug registers free');
    target.go();
    const { threadId, text } = await adapter.stopped();
    expect(text).toContain('hero.hp: 90 -> 80');
    await adapter.request('continue', { threadId });
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 630\n$/) });
    const { messages } = readPrinted((await watch.finished).stdout);
    const values = messages.flatMap((message) => (message.type === 'hit' ? [message.new] : []));
    expect(values.map(Number)).toEqual([1, 2, 3, 4, 5]);
    await adapter.event('terminated');
  });

  test('is told when a higher priority takes a register, and when it is back', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '5'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid, priority: 10 });
    const wishes = ['hero.hp', 'counter', 'total', 'hero.at.x'].map((dataId) => ({ dataId, accessType: 'write' }));
    const { breakpoints } = await adapter.request<Breakpoints>('setDataBreakpoints', { breakpoints: wishes });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    await adapter.request('configurationDone');
    await using watch = new RunningHwbkpt(['watch', 'hero.at.y', '--json', '--priority', '200', '--pid', String(target.pid)]);
    await watch.waitForMessage('armed');
    const isVerified =
      (verified: boolean) =>
      (body: Record<string, unknown>): boolean =>
        (body['breakpoint'] as DebugProtocol.Breakpoint).verified === verified;
    const evicted = await adapter.event('breakpoint', isVerified(false));
    expect(evicted).toMatchObject({ reason: 'changed', breakpoint: { message: expect.stringContaining('waits for debug registers') } });
    await adapter.event('output', ({ output }) => String(output).includes('a request of higher priority has taken its debug registers'));
    watch.signal('SIGINT');
    await watch.finished;
    const back = await adapter.event('breakpoint', isVerified(true));
    expect((back['breakpoint'] as DebugProtocol.Breakpoint).id).toBe((evicted['breakpoint'] as DebugProtocol.Breakpoint).id);
    await adapter.request('disconnect');
    target.go();
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 630\n$/) });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('whose adapter ends by %s while it stands: the program goes on', async (signal) => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '5'] });
    {
      await using adapter = await Adapter.start();
      await adapter.begin('attach', { pid: target.pid });
      await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: 31 }] });
      await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: 'counter', accessType: 'write' }] });
      await adapter.request('configurationDone');
      target.go();
      const { threadId } = await adapter.stopped();
      await adapter.request('next', { threadId });
      await adapter.stopped();
      await adapter.kill(signal);
    }
    expect(await target.finished).toMatchObject({ status: 0, signal: null, stdout: expect.stringMatching(/total 630\n$/) });
  });
});
