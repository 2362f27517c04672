// Breakpoints in libraries that are loaded later: found when they are, and not a call too late.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

const LIBRARY_SOURCE = { path: `${FIXTURES}/dlopen-late-lib.c` };
/** `library_counter = value` */
const WRITE = 10;

describeWith(['perf', 'ptrace', 'gcc'], 'breakpoints in libraries', () => {
  test('loaded by dlopen are found before any of their code runs', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('dlopen-late'), args: [library, '--count', '3'] });
    const lines = await adapter.request<Breakpoints>('setBreakpoints', { source: LIBRARY_SOURCE, breakpoints: [{ line: WRITE }] });
    const functions = await adapter.request<Breakpoints>('setFunctionBreakpoints', { breakpoints: [{ name: 'library_write' }] });
    const all = [...lines.breakpoints, ...functions.breakpoints];
    expect(all.map(({ verified }) => verified)).toEqual([false, false]);
    expect(all[0]?.message).toMatch(
      /^no code of .*dlopen-late-lib\.c from line 10 on is loaded\. Build it with -g\. It is looked for in what/,
    );
    expect(all[1]?.message).toMatch(/nothing called library_write/);
    await adapter.request('configurationDone');
    for (const { id } of all)
      expect(await adapter.event('breakpoint', (body) => isVerified(body, id))).toMatchObject({
        reason: 'changed',
        breakpoint: { id, verified: true, line: WRITE, source: { name: 'dlopen-late-lib.c' } },
      });
    const { threadId = 0, hitBreakpointIds } = await adapter.stopped();
    expect([...(hitBreakpointIds ?? [])].sort()).toEqual(all.map(({ id }) => id).sort());
    const [top] = await adapter.frames(threadId);
    const value = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'value', frameId: top?.id });
    expect(value.result).toBe('1');
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('that come back elsewhere are found again', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('dlopen-late'), args: [library, '--count', '1', '--times', '2'] });
    await adapter.request('setBreakpoints', { source: LIBRARY_SOURCE, breakpoints: [{ line: WRITE }] });
    await adapter.request('configurationDone');
    const where: (string | undefined)[] = [];
    for (let time = 0; time < 2; time++) {
      const { threadId = 0, reason } = await adapter.stopped();
      expect(reason).toBe('breakpoint');
      where.push((await adapter.frames(threadId))[0]?.instructionPointerReference);
      await adapter.request('continue', { threadId });
    }
    expect(new Set(where).size).toBe(2);
    expect(await adapter.event('exited')).toEqual({ exitCode: 0 });
    const told = adapter.events.filter(({ event }) => event === 'breakpoint').map(({ body }) => body.breakpoint.verified);
    expect(told).toEqual([true, false, true, false]);
  });

  test('that a launched program begins with are found before main', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '1'] });
    const { breakpoints } = await adapter.request<Breakpoints>('setFunctionBreakpoints', { breakpoints: [{ name: 'pthread_create' }] });
    expect(breakpoints).toMatchObject([{ verified: false, message: expect.stringContaining('by a debug register') }]);
    await adapter.request('configurationDone');
    expect(await adapter.stopped()).toMatchObject({ reason: 'function breakpoint', hitBreakpointIds: [breakpoints[0]?.id] });
    // All four are free again for others.
    const addresses = ['hero.hp', 'counter', 'total'].map((dataId) => ({ dataId, accessType: 'write' }));
    const data = await adapter.request<Breakpoints>('setDataBreakpoints', { breakpoints: addresses });
    expect(data.breakpoints.map(({ verified }) => verified)).toEqual([true, true, true]);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('wait without a register where others need it, and are looked for at the next stop', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('dlopen-late'), args: [library, '--count', '3'], stopOnEntry: true });
    await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'library_write' }] });
    await adapter.request('configurationDone');
    const { threadId = 0 } = await adapter.stopped();
    const [top] = await adapter.frames(threadId);
    const address = BigInt(top?.instructionPointerReference ?? 0);
    const wishes = [0x1000n, 0x1010n, 0x1020n, 0x1030n].map((offset) => ({ instructionReference: `0x${(address + offset).toString(16)}` }));
    const { breakpoints } = await adapter.request<Breakpoints>('setInstructionBreakpoints', { breakpoints: wishes });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    const again = await adapter.request<Breakpoints>('setFunctionBreakpoints', { breakpoints: [{ name: 'library_write' }] });
    expect(again.breakpoints).toMatchObject([{ verified: false, message: expect.stringContaining('at the next stop') }]);
    await adapter.request('setInstructionBreakpoints', { breakpoints: [] });
    await adapter.request('continue', { threadId });
    expect(await adapter.stopped()).toMatchObject({ reason: 'function breakpoint' });
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('of a program that was attached to are found as well', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using target = await startTarget('dlopen-late', { args: [library, '--count', '2'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    const { breakpoints } = await adapter.request<Breakpoints>('setFunctionBreakpoints', { breakpoints: [{ name: 'library_write' }] });
    expect(breakpoints).toMatchObject([{ verified: false }]);
    await adapter.request('configurationDone');
    target.go();
    const { reason } = await adapter.stopped();
    expect(reason).toBe('function breakpoint');
    await adapter.request('disconnect');
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/library_write 2\n$/) });
  });

  test('keep the name of a variable over a restart', async () => {
    const library = await buildFixture('dlopen-late-lib');
    const program = await buildFixture('dlopen-late');
    for (let run = 0; run < 2; run++) {
      await using adapter = await Adapter.start();
      await adapter.begin('launch', { program, args: [library, '--count', '3'] });
      const wish = { dataId: 'library_counter', accessType: 'write' };
      const { breakpoints } = await adapter.request<Breakpoints>('setDataBreakpoints', { breakpoints: [wish] });
      expect(breakpoints).toMatchObject([{ verified: false }]);
      await adapter.request('configurationDone');
      expect((await adapter.stopped()).text).toContain('library_counter: 0 -> 1 (in library_write');
      await adapter.request('disconnect', { terminateDebuggee: true });
    }
  });
});

function isVerified(body: Record<string, unknown>, id: number | undefined): boolean {
  const breakpoint = body['breakpoint'];
  return (
    typeof breakpoint === 'object' &&
    breakpoint !== null &&
    'id' in breakpoint &&
    breakpoint.id === id &&
    'verified' in breakpoint &&
    breakpoint.verified === true
  );
}
