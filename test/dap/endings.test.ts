// How sessions end, and what becomes of the program: disconnect with its choices, terminate, cancel; what a fault tells before.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

const LONG = ['--rounds', '1000', '--pause', '10000'];

describeWith(['perf', 'ptrace', 'gcc'], 'a session', () => {
  test('leaves an attached program running, or stopped where it is asked to', async () => {
    await using target = await startTarget('looked-at', { args: LONG });
    {
      await using adapter = await Adapter.start();
      await adapter.begin('attach', { pid: target.pid, stopOnEntry: true });
      await adapter.request('configurationDone');
      await adapter.stopped();
      await adapter.request('disconnect', { terminateDebuggee: false, suspendDebuggee: true });
      await adapter.event('terminated');
    }
    await state(target.pid, (now) => now === 'T');
    target.signal('SIGCONT');
    await state(target.pid, (now) => now !== 'T');
    expect(tracerOf(target.pid)).toBe('0');
    target.signal('SIGKILL');
    await target.finished;
  });

  test('lets a launched program tidy up when it is terminated, whether it stands or runs', async () => {
    for (const stands of [true, false]) {
      await using adapter = await Adapter.start();
      await adapter.begin('launch', { program: await buildFixture('looked-at'), args: LONG });
      await adapter.request('setExceptionBreakpoints', { filters: ['fatal', 'other'] });
      if (stands) await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'walk' }] });
      await adapter.request('configurationDone');
      if (stands) await adapter.stopped();
      else await adapter.event('output', ({ category }) => category === 'stdout');
      await adapter.request('terminate');
      expect(await adapter.event('exited')).toEqual({ exitCode: 128 + 15 });
      await adapter.event('terminated');
    }
  });

  test('tells where a fault was, and who has sent a signal', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('signals-status'), args: ['--kill', '6', '--writes', '1'] });
    await adapter.request('configurationDone');
    const { threadId } = await adapter.stopped();
    const info = await adapter.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId });
    expect(info.description).toMatch(/^SIGABRT: the program has given up.*; sent by process \d+$/);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('answers a request that is cancelled before its turn, and only that one', async () => {
    await using adapter = await Adapter.start();
    await adapter.request('initialize', { adapterID: 'test' });
    const threads = adapter.request('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '1'] });
    const modules = adapter.refusal('modules');
    // Messages count from 1: initialize, launch, modules.
    await adapter.request('cancel', { requestId: 3 });
    expect(await modules).toBe('cancelled');
    await threads;
    await adapter.request('disconnect', { terminateDebuggee: true });
  });
});

/** Resolves when the process is in a state that `isMeant`. */
async function state(pid: number, isMeant: (state: string) => boolean): Promise<void> {
  while (!isMeant(/^\d+ \(.*\) (.)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '')) await setTimeout(5);
}

function tracerOf(pid: number): string {
  return /^TracerPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}
