// Data breakpoints of hwbkpt dap: by name, by variable, by address; with conditions and counts; while the program runs; printed instead of stopping.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { Adapter } from './adapter.js';

const SOURCE = { path: `${FIXTURES}/looked-at.c` };
const CALL = 42;

type Info = DebugProtocol.DataBreakpointInfoResponse['body'];
type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

async function info(adapter: Adapter, args: object): Promise<Info> {
  return await adapter.request<Info>('dataBreakpointInfo', args);
}

async function set(adapter: Adapter, breakpoints: readonly object[]): Promise<DebugProtocol.Breakpoint[]> {
  return (await adapter.request<Breakpoints>('setDataBreakpoints', { breakpoints })).breakpoints;
}

describeWith(['perf', 'ptrace', 'gcc'], 'data breakpoints', () => {
  test('are found by name, by variable and by address, with the registers that are left', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '3'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    const named = await info(adapter, { name: 'hero.hp' });
    expect(named).toMatchObject({ dataId: 'hero.hp', canPersist: true, accessTypes: ['write', 'read', 'readWrite'] });
    expect(named.description).toMatch(/^hero\.hp, 4 bytes \(int\) at 0x[0-9a-f]+; 4 of 4 debug registers free/);
    const address = /0x[0-9a-f]+/.exec(named.description)?.[0] ?? '';
    expect(await info(adapter, { name: address, asAddress: true, bytes: 4 })).toMatchObject({ dataId: `${address}:4`, canPersist: false });
    expect(await info(adapter, { name: 'hero', bytes: 12 })).toMatchObject({ dataId: expect.stringMatching(/^0x[0-9a-f]+:12$/) });
    expect(await info(adapter, { name: 'hero' })).toMatchObject({
      dataId: null,
      description: 'hero has 64 bytes, and debug registers cover 32: take a member, or an element',
    });
    expect(await info(adapter, { name: 'hero.level' })).toMatchObject({ dataId: 'hero.level' });
    expect(await adapter.refusal('dataBreakpointInfo', { name: 'nothing' })).toContain('nothing called nothing');
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: CALL }] });
    await adapter.request('configurationDone');
    target.go();
    const { threadId = 0 } = await adapter.stopped();
    const [top] = await adapter.frames(threadId);
    const { scopes } = await adapter.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: top?.id });
    const locals = scopes.find(({ name }) => name === 'Locals')?.variablesReference;
    const local = await info(adapter, { name: 'sum', variablesReference: locals });
    expect(local).toMatchObject({ dataId: expect.stringMatching(/^0x[0-9a-f]+:8$/), canPersist: false });
    expect(local.description).toMatch(/^sum, 8 bytes \(long int\) at 0x[0-9a-f]+ \(of this call.*; 3 of 4 debug registers free/);
    expect(await info(adapter, { name: 'sum', frameId: top?.id })).toMatchObject({ dataId: local.dataId });
    expect(await info(adapter, { name: '$rax', frameId: top?.id })).toMatchObject({ dataId: null });
    // The variable of this call: changed by the rest of the line that the program stands at.
    expect(await set(adapter, [{ dataId: local.dataId, accessType: 'write' }])).toMatchObject([{ verified: true }]);
    await adapter.request('continue', { threadId });
    const stop = await adapter.stopped();
    expect(stop).toMatchObject({ reason: 'data breakpoint', threadId });
    expect(stop.text).toMatch(/^sum: 15 -> 115 \(in walk at .*looked-at\.c:42, thread \d+ \(looked-at\)\)$/);
    await adapter.request('disconnect');
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total \d+\n$/) });
  });

  test('stop with old and new value, only where their condition and count hold', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '9'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    const [hp, counter] = await set(adapter, [
      { dataId: 'hero.hp', accessType: 'write', condition: 'new < 60' },
      { dataId: 'counter', accessType: 'write', hitCondition: '% 3' },
    ]);
    expect([hp?.verified, counter?.verified]).toEqual([true, true]);
    await adapter.request('configurationDone');
    target.go();
    const texts: string[] = [];
    for (let stops = 0; stops < 3; stops++) {
      const { threadId, text, hitBreakpointIds } = await adapter.stopped();
      texts.push(`${text?.replace(/ \(.*/, '')} ${hitBreakpointIds?.map((id) => (id === hp?.id ? 'hp' : 'counter')).join()}`);
      await adapter.request('continue', { threadId });
    }
    expect(texts).toEqual(['counter: 2 -> 3 counter', 'hero.hp: 60 -> 50 hp', 'hero.hp: 50 -> 40 hp']);
    await set(adapter, []);
    const { threadId } = await adapter.stopped();
    await adapter.request('continue', { threadId });
    expect(await target.finished).toMatchObject({ status: 0 });
  });

  test('are set while the program runs, and printed instead of stopping it', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '5', '--pause', '300000'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('configurationDone');
    target.go();
    await target.waitForLine(/^round 1$/);
    expect(await set(adapter, [{ dataId: 'hero.hp', accessType: 'write', condition: 'log if new <= 70' }])).toMatchObject([
      { verified: true },
    ]);
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 630\n$/) });
    await adapter.event('terminated');
    const lines = adapter
      .printed('console')
      .split('\n')
      .filter((line) => line !== '');
    const shown = lines.map((line) => line.replace(/ \(in hurt at .*looked-at\.c:31, thread \d+ \(looked-at\)\)$/, ''));
    // The first old value is not known: it was armed while the program ran, which may have gone on for a round before it was.
    const all = ['hero.hp: 80 -> 70', 'hero.hp: 70 -> 60', 'hero.hp: 60 -> 50'].slice(-shown.length);
    expect(shown.slice(1)).toEqual(all.slice(1));
    expect(shown[0]?.replace('?', /: (\d+)/.exec(all[0] ?? '')?.[1] ?? '')).toBe(all[0]);
    expect(adapter.events.filter(({ event }) => event === 'stopped')).toEqual([]);
  });

  test('that find no register say who holds them, and have one when it is free again', async () => {
    await using target = await startTarget('looked-at', { args: ['--rounds', '3'] });
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: 31 }, { line: 38 }, { line: CALL }] });
    const two = [
      { dataId: 'hero.hp', accessType: 'readWrite' },
      { dataId: 'counter', accessType: 'read' },
    ];
    const [first, second] = await set(adapter, two);
    expect(first).toMatchObject({ verified: true });
    expect(second?.verified).toBe(false);
    expect(second?.message).toMatch(/Debug registers are held by dap: 0x[0-9a-f]+, .*dap: hero\.hp/);
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [] });
    const [, again] = await set(adapter, two);
    expect(again).toMatchObject({ verified: true, message: 'stops at writes too: the processor has no breakpoint for reads alone' });
    expect(await set(adapter, [{ dataId: 'no.such', accessType: 'write' }])).toMatchObject([{ verified: false }]);
    expect(await set(adapter, [{ dataId: 'hero.hp', accessType: 'write', hitCondition: 'often' }])).toMatchObject([
      { verified: false, message: expect.stringContaining('no hit condition') },
    ]);
    await adapter.request('disconnect');
    target.go();
    expect(await target.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/total 363\n$/) });
  });
});
