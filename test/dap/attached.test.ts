// hwbkpt dap on a program that runs already, driven as editors drive it.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

const SOURCE = { path: `${FIXTURES}/looked-at.c` };
const ROUNDS = ['--rounds', '6', '--pause', '1000'];
/** Lines of looked-at.c. */
const LINE = { before: 30, write: 31, hurtEnd: 33, loop: 40, call: 42, after: 43 };

type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

describeWith(['perf', 'ptrace', 'gcc'], 'an attached program', () => {
  test('stops at a line; its stack and variables are there, of every shape', async () => {
    await using target = await startTarget('looked-at', { args: ROUNDS });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    const { breakpoints } = await adapter.request<Breakpoints>('setBreakpoints', { source: SOURCE, breakpoints: [{ line: LINE.call }] });
    expect(breakpoints).toMatchObject([{ verified: true, line: LINE.call }]);
    await adapter.request('configurationDone');
    target.go();
    const stop = await adapter.stopped();
    expect(stop).toMatchObject({ reason: 'breakpoint', allThreadsStopped: true, hitBreakpointIds: [breakpoints[0]?.id] });
    const tid = stop.threadId ?? 0;
    expect(await adapter.places(tid, 2)).toEqual([`walk:${LINE.call}`, 'main:63']);
    const [top, caller] = await adapter.frames(tid);
    expect((await adapter.scope(top?.id ?? 0, /Arguments/)).get('round')?.value).toBe('1');
    const locals = await adapter.scope(top?.id ?? 0, /Locals/);
    expect(locals.get('sum')).toMatchObject({ value: '15', type: 'long int', variablesReference: 0 });
    expect(locals.get('numbers')).toMatchObject({ value: '[1, 2, 3, 4, 5]', indexedVariables: 5 });
    const page = await adapter.parts(locals.get('numbers')?.variablesReference ?? 0, { filter: 'indexed', start: 2, count: 2 });
    expect([...page].map(([name, { value }]) => `${name} ${value}`)).toEqual(['[2] 3', '[3] 4']);
    const next = (await adapter.parts(locals.get('local')?.variablesReference ?? 0)).get('next');
    expect(next?.value).toMatch(/^0x[0-9a-f]+ <hero>$/);
    const hero = await adapter.parts(next?.variablesReference ?? 0);
    expect(hero.get('name')?.value).toMatch(/"Ada"$/);
    expect([hero.get('hp')?.value, hero.get('level')?.value, hero.get('hp')?.evaluateName]).toEqual(['100', '7', 'local.next->hp']);
    expect((await adapter.scope(caller?.id ?? 0, /Locals/)).get('rounds')?.value).toBe('6');
    expect([...(await adapter.scope(top?.id ?? 0, /Statics/)).keys()].sort()).toEqual(['counter', 'hero', 'total']);
    const registers = await adapter.scope(top?.id ?? 0, /Registers/);
    expect(registers.get('rip')?.value).toBe(top?.instructionPointerReference);
    await adapter.request('disconnect');
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 771\n$/) });
  });

  test('values are computed in frames, hovered over, and changed', async () => {
    await using target = await startTarget('looked-at', { args: ROUNDS });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'hurt' }] });
    await adapter.request('configurationDone');
    target.go();
    const { threadId = 0, reason } = await adapter.stopped();
    expect([reason, ...(await adapter.places(threadId, 1))]).toEqual(['function breakpoint', `hurt:${LINE.before}`]);
    const [top, caller] = await adapter.frames(threadId);
    const value = async (expression: string, frameId = top?.id): Promise<string> =>
      (
        await adapter.request<{ result: string }>('evaluate', {
          expression,
          context: 'watch',
          ...(frameId === undefined ? {} : { frameId }),
        })
      ).result;
    expect(await value('who->hp')).toBe('100');
    expect(await value('*who')).toContain('hp = 100');
    expect(await value('numbers[4]', caller?.id)).toBe('5');
    expect(await value('hero.trail[1].y')).toBe('4');
    expect(await value('&who->hp')).toBe(await value('&hero.hp'));
    expect(await value('$rdi')).toMatch(/^0x/);
    expect(await value('hurt')).toMatch(/^0x[0-9a-f]+ <hurt>$/);
    expect(await adapter.refusal('evaluate', { expression: 'numbers', frameId: top?.id })).toContain('nothing called numbers');
    expect(await adapter.refusal('evaluate', { expression: 'who..x', frameId: top?.id })).not.toBe('');
    await adapter.request('setExpression', { expression: 'by', value: '25', frameId: top?.id });
    const args = await adapter.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: top?.id });
    await adapter.request('setVariable', { variablesReference: args.scopes[0]?.variablesReference, name: 'by', value: '30' });
    expect(await value('by')).toBe('30');
    await adapter.request('setFunctionBreakpoints', { breakpoints: [] });
    await adapter.request('continue', { threadId });
    await target.finished;
    await adapter.event('terminated');
    expect(await adapter.event('exited')).toEqual({ exitCode: 0 });
    expect(target.stdout.text).toContain('total 671');
  });

  test('steps over lines, into calls and out of them', async () => {
    await using target = await startTarget('looked-at', { args: ROUNDS });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: LINE.loop }] });
    await adapter.request('configurationDone');
    target.go();
    const { threadId = 0 } = await adapter.stopped();
    const step = async (command: string, args: object = {}): Promise<string> => {
      await adapter.request(command, { threadId, ...args });
      const { reason } = await adapter.stopped();
      return `${reason} ${(await adapter.places(threadId, 1))[0]}`;
    };
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [] });
    expect(await step('next')).toBe('step walk:41');
    expect(await step('next')).toBe('step walk:40');
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: LINE.call }] });
    expect(await step('continue')).toBe('breakpoint walk:42');
    expect(await step('stepIn')).toBe(`step hurt:${LINE.before}`);
    expect(await step('next')).toBe(`step hurt:${LINE.write}`);
    expect(await step('stepOut')).toBe('step walk:42');
    expect(await step('next')).toBe(`step walk:${LINE.after}`);
    const [before] = await adapter.frames(threadId);
    expect(await step('next', { granularity: 'instruction' })).toMatch(/^step walk:4[34]$/);
    expect((await adapter.frames(threadId))[0]?.instructionPointerReference).not.toBe(before?.instructionPointerReference);
    await adapter.request('disconnect');
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 771\n$/) });
  });

  test('steps with all registers taken, and misses no breakpoint', async () => {
    await using target = await startTarget('looked-at', { args: ROUNDS });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    const lines = [LINE.before, LINE.write, LINE.loop, LINE.call].map((line) => ({ line }));
    const { breakpoints } = await adapter.request<Breakpoints>('setBreakpoints', { source: SOURCE, breakpoints: lines });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    await adapter.request('configurationDone');
    target.go();
    const { threadId = 0 } = await adapter.stopped();
    const step = async (command: string): Promise<string> => {
      await adapter.request(command, { threadId });
      const { reason } = await adapter.stopped();
      return `${reason} ${(await adapter.places(threadId, 1))[0]}`;
    };
    expect(await adapter.places(threadId, 1)).toEqual([`walk:${LINE.loop}`]);
    expect(await step('next')).toBe('step walk:41');
    expect(await step('continue')).toBe(`breakpoint walk:${LINE.call}`);
    expect(await step('stepIn')).toBe(`breakpoint hurt:${LINE.before}`);
    expect(await step('next')).toBe(`breakpoint hurt:${LINE.write}`);
    expect(await step('next')).toBe('step hurt:32');
    expect(await step('stepOut')).toBe(`step walk:${LINE.call}`);
    expect(await step('next')).toBe(`step walk:${LINE.after}`);
    expect(await step('continue')).toBe(`breakpoint walk:${LINE.loop}`);
    await adapter.request('disconnect');
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 771\n$/) });
  });

  test('is paused, looked at by address, and let go on', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '40', '--pause', '100000'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('configurationDone');
    target.go();
    await adapter.request('pause', { threadId: target.pid });
    const { reason, threadId = 0 } = await adapter.stopped();
    expect(reason).toBe('pause');
    const { threads } = await adapter.request<DebugProtocol.ThreadsResponse['body']>('threads');
    expect(threads.map(({ id }) => id)).toContain(target.pid);
    const hero = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'hero.hp' });
    const at = { memoryReference: hero.memoryReference };
    const read = async (): Promise<Buffer> =>
      Buffer.from((await adapter.request<{ data: string }>('readMemory', { ...at, count: 4 })).data, 'base64');
    expect((await read()).readInt32LE()).toBe(Number(hero.result));
    await adapter.request('writeMemory', { ...at, data: Buffer.from([77, 0, 0, 0]).toString('base64') });
    expect((await read()).readInt32LE()).toBe(77);
    const nothing = await adapter.request('readMemory', { memoryReference: '0x0', count: 16 });
    expect(nothing).toMatchObject({ address: '0x0', unreadableBytes: 16 });
    const [top] = await adapter.frames(threadId);
    const { instructions } = await adapter.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>('disassemble', {
      memoryReference: top?.instructionPointerReference,
      instructionCount: 5,
    });
    expect(instructions).toHaveLength(5);
    expect(instructions[0]?.address).toBe(top?.instructionPointerReference);
    await adapter.request('continue', { threadId });
    expect(await adapter.refusal('stackTrace', { threadId })).toContain('runs');
    await adapter.request('disconnect', { terminateDebuggee: true });
    expect(await target.finished).toMatchObject({ status: null, signal: 'SIGKILL' });
  });
});
