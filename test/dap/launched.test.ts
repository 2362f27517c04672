// Programs that hwbkpt dap launches: what they get, what they write, how they end; signals, inlined calls, threads.
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { framed } from '../../src/servers/dap/framing.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { RunningHwbkpt, runHwbkpt } from '../helpers/run-hwbkpt.js';
import { Adapter } from './adapter.js';

type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

describeWith(['perf', 'ptrace', 'gcc'], 'a launched program', () => {
  test('gets arguments, variables and folder, and its output is told', async () => {
    await using adapter = await Adapter.start();
    const script = 'echo "$1 $HERE $(printenv HOME || echo none)"; pwd; echo problem >&2; exit 7';
    const env = { HERE: "it's here", HOME: null };
    await adapter.begin('launch', { program: '/bin/sh', args: ['-c', script, 'sh', 'one two'], env, cwd: tmpdir() });
    await adapter.request('configurationDone');
    expect(await adapter.event('exited')).toEqual({ exitCode: 7 });
    await adapter.event('terminated');
    expect(adapter.printed('stdout')).toBe(`one two it's here none\n${tmpdir()}\n`);
    expect(adapter.printed('stderr')).toBe('problem\n');
  });

  test('that cannot be started says why, and another one can be', async () => {
    await using adapter = await Adapter.start();
    await adapter.request('initialize', { adapterID: 'test' });
    expect(await adapter.refusal('launch', { program: '/no/such/program' })).toContain('no such command');
    expect(await adapter.refusal('launch', {})).toBe('argument program: expected a text');
    expect(await adapter.refusal('attach', { pid: 'x' })).toBe('argument pid: expected the number of a process');
    expect(await adapter.refusal('stackTrace', { threadId: 1 })).toContain('there is no program');
    expect(await adapter.refusal('reverseContinue', { threadId: 1 })).toBe('unknown request "reverseContinue"');
    await adapter.request('launch', { program: '/bin/true' });
    await adapter.request('configurationDone');
    expect(await adapter.event('exited')).toEqual({ exitCode: 0 });
  });

  test('stands before its first instruction where it is asked to, and is ended with its session', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), stopOnEntry: true });
    await adapter.request('configurationDone');
    const { reason, threadId = 0 } = await adapter.stopped();
    expect(reason).toBe('entry');
    const [top] = await adapter.frames(threadId);
    expect(top?.name).toBe('_start');
    const { modules } = await adapter.request<{ modules: DebugProtocol.Module[] }>('modules');
    expect(modules[0]).toMatchObject({ name: 'looked-at', symbolStatus: 'debug information' });
    await adapter.request('disconnect');
    await adapter.event('terminated');
    expect(adapter.printed('stdout')).toBe('');
  });

  test('stops at a fault, and has its signal when it goes on', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('signals-status'), args: ['--kill', '6', '--writes', '1'] });
    await adapter.request('setExceptionBreakpoints', { filters: ['fatal'] });
    await adapter.request('configurationDone');
    const stop = await adapter.stopped();
    expect(stop).toMatchObject({ reason: 'exception', description: 'Paused on SIGABRT' });
    expect(await adapter.request('exceptionInfo', { threadId: stop.threadId })).toMatchObject({
      exceptionId: 'SIGABRT',
      breakMode: 'always',
    });
    expect((await adapter.frames(stop.threadId ?? 0)).map(({ name }) => name)).toContain('end_by');
    await adapter.request('continue', { threadId: stop.threadId });
    expect(await adapter.event('exited')).toEqual({ exitCode: 128 + 6 });
  });

  test('shows inlined calls, signal handlers and threads in its stacks', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('stacks'), args: ['--rounds', '1'] });
    const place = { source: { path: `${FIXTURES}/stacks.c` }, breakpoints: [{ line: 16 }] };
    const { breakpoints } = await adapter.request<Breakpoints>('setBreakpoints', place);
    expect(breakpoints).toMatchObject([{ verified: true, line: 16 }]);
    await adapter.request('configurationDone');
    let stop = await adapter.stopped();
    const main = stop.threadId ?? 0;
    const names = async (threadId: number): Promise<string[]> => (await adapter.frames(threadId)).map(({ name }) => name);
    expect((await names(main)).slice(0, 5)).toEqual(['inner', 'middle', 'inlines', 'dynamic', 'realigned']);
    const [inner, , inlines] = await adapter.frames(main);
    expect([...(await adapter.scope(inner?.id ?? 0, /Arguments/)).keys()]).toEqual(['value']);
    expect([...(await adapter.scope(inlines?.id ?? 0, /Arguments/)).keys()]).toEqual(['value']);
    const seen = new Set<string>();
    for (let stops = 0; stops < 60 && stop.threadId === main; stops++) {
      for (const name of await names(main)) seen.add(name);
      await adapter.request('continue', { threadId: main });
      stop = await adapter.stopped();
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['handler', '<signal handler called>', 'signalled', 'compare', 'sorting', 'round_of_all', 'main']),
    );
    expect(await names(stop.threadId ?? 0)).toEqual(expect.arrayContaining(['recursive', 'in_thread']));
    expect((await names(main)).length).toBeGreaterThan(2);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('stops at a line where a condition on its local variables holds, and the engine tests it', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '3'] });
    const at = async (condition: string): Promise<DebugProtocol.Breakpoint | undefined> => {
      const place = { source: { path: `${FIXTURES}/looked-at.c` }, breakpoints: [{ line: 41, condition }] };
      return (await adapter.request<Breakpoints>('setBreakpoints', place)).breakpoints[0];
    };
    expect(await at('nobody == 3')).toMatchObject({ verified: false, message: expect.stringContaining('"nobody" means nothing here') });
    expect(await at('sum > 8 && round == 2')).toMatchObject({ verified: true, line: 41 });
    await adapter.request('configurationDone');
    const { threadId = 0 } = await adapter.stopped();
    const [top] = await adapter.frames(threadId);
    const locals = await adapter.scope(top?.id ?? 0, /Locals/);
    expect([locals.get('i')?.value, locals.get('sum')?.value]).toEqual(['3', '12']);
    expect(await at('numbers[i] == 15 && local.next->hp < 85')).toMatchObject({ verified: true });
    await adapter.request('continue', { threadId });
    await adapter.stopped();
    const [again] = await adapter.frames(threadId);
    const now = await adapter.scope(again?.id ?? 0, /Locals/);
    expect([now.get('i')?.value, now.get('numbers')?.value]).toEqual(['4', '[3, 6, 9, 12, 15]']);
    // Where the frame is not set up, nothing is guessed.
    const hurt = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'hurt' });
    const entry = { instructionReference: hurt.result.split(' ')[0], condition: 'by == 10' };
    const { breakpoints } = await adapter.request<Breakpoints>('setInstructionBreakpoints', { breakpoints: [entry] });
    expect(breakpoints[0]?.message).toContain('by has no value here: the function has not set up its frame');
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('prints at a line instead of stopping, and counts', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at') });
    await adapter.request('setBreakpoints', {
      source: { path: '/built/elsewhere/looked-at.c' },
      breakpoints: [{ line: 31, logMessage: 'hp {who->hp} of {who->name}, {nobody}', hitCondition: '>= 2' }],
    });
    await adapter.request('configurationDone');
    await adapter.event('exited');
    const lines = adapter.printed('console').trim().split('\n');
    expect(lines.map((line) => line.replace(/0x[0-9a-f]+/, 'POINTER'))).toEqual(
      [90, 80].map((hp) => `hp ${hp} of POINTER "Ada", <nothing called nobody in looked-at and its libraries>`),
    );
  });
});

describeWith(['perf', 'ptrace', 'gcc'], 'hwbkpt dap', () => {
  test('speaks on standard input and output, and ends with its input', async () => {
    const messages = [
      { seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'x' } },
      { seq: 2, type: 'request', command: 'launch', arguments: { program: '/bin/echo', args: ['hello'] } },
      { seq: 3, type: 'request', command: 'configurationDone' },
      { seq: 4, type: 'request', command: 'nothing of the kind' },
    ];
    const run = await runHwbkpt(['dap'], { input: Buffer.concat(messages.map(framed)).toString() });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('"request_seq":3,"command":"configurationDone","success":true');
    expect(run.stdout).toContain('unknown request \\"nothing of the kind\\"');
    // Whatever the program writes, it does not come between the messages.
    expect(run.stdout).toMatch(/^(Content-Length: \d+\r\n\r\n\{[^\r\n]*\})+$/);
  });

  test('listens on the loopback only, and a connection that is no conversation ends alone', async () => {
    await using server = new RunningHwbkpt(['dap', '--port', '0']);
    const line = await server.stderr.waitForLine(/listening on 127\.0\.0\.1:\d+/);
    const port = Number(/:(\d+)$/.exec(line)?.[1]);
    const stranger = connect(port, '127.0.0.1');
    stranger.on('error', () => undefined);
    stranger.write('GET / HTTP/1.1\r\n\r\n');
    await once(stranger, 'close');
    const socket = connect(port, '127.0.0.1');
    socket.write(framed({ seq: 1, type: 'request', command: 'initialize', arguments: {} }));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toContain('"supportsDataBreakpoints":true');
    socket.destroy();
    const taken = await runHwbkpt(['dap', '--port', String(port)]);
    expect(taken).toMatchObject({ status: 125, stderr: expect.stringContaining(`cannot listen on 127.0.0.1:${port}`) });
    server.signal('SIGTERM');
    expect(await server.finished).toMatchObject({ status: 0 });
  });
});
