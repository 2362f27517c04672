// The same program under lldb-dap and hwbkpt dap, side by side: what both must agree on.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';
import { sourceLine } from './source-line.js';

const LLDB_DAP = 'lldb-dap-19';
const SOURCE = { path: `${FIXTURES}/looked-at.c` };
const CALL = 42;

/** What one adapter says of a run of looked-at. */
interface Account {
  readonly threads: number;
  readonly breakpointLine: number | undefined;
  readonly stack: readonly string[];
  readonly locals: Readonly<Record<string, string | undefined>>;
  readonly element: string | undefined;
  readonly evaluated: string;
  readonly afterChange: { readonly stack: readonly string[]; readonly value: string };
  readonly afterStep: readonly string[];
  readonly exitCode: unknown;
}

async function account(adapter: Adapter, program: string): Promise<Account> {
  await adapter.begin('launch', { program, args: ['--rounds', '1'] });
  const { breakpoints } = await adapter.request<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
    source: SOURCE,
    breakpoints: [{ line: CALL }],
  });
  await adapter.request('configurationDone');
  const { threadId = 0 } = await adapter.stopped();
  const { threads } = await adapter.request<DebugProtocol.ThreadsResponse['body']>('threads');
  const [top] = await adapter.frames(threadId);
  const frameId = top?.id ?? 0;
  // lldb-dap has parameters among the locals.
  const locals = new Map([...(await adapter.scope(frameId, /Arguments/)), ...(await adapter.scope(frameId, /Locals/))]);
  const numbers = await adapter.parts(locals.get('numbers')?.variablesReference ?? 0);
  const value = async (expression: string, frame: number): Promise<string> =>
    (await adapter.request<{ result: string }>('evaluate', { expression, frameId: frame, context: 'watch' })).result;
  const account = {
    threads: threads.length,
    breakpointLine: breakpoints[0]?.line,
    stack: await adapter.places(threadId, 2),
    locals: { round: locals.get('round')?.value, sum: locals.get('sum')?.value },
    element: numbers.get('[3]')?.value,
    evaluated: await value('local.next->trail[1].y', frameId),
  };
  const local = await adapter.parts(locals.get('local')?.variablesReference ?? 0);
  const info = await adapter.request<DebugProtocol.DataBreakpointInfoResponse['body']>('dataBreakpointInfo', {
    name: 'hp',
    variablesReference: local.get('next')?.variablesReference,
  });
  await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId, accessType: 'write' }] });
  await adapter.request('continue', { threadId });
  await adapter.stopped();
  const [changed] = await adapter.frames(threadId);
  const afterChange = { stack: await adapter.places(threadId, 3), value: await value('who->hp', changed?.id ?? 0) };
  await adapter.request('setDataBreakpoints', { breakpoints: [] });
  await adapter.request('stepOut', { threadId });
  await adapter.stopped();
  const afterStep = await adapter.places(threadId, 2);
  await adapter.request('continue', { threadId });
  return { ...account, afterChange, afterStep, exitCode: (await adapter.event('exited'))['exitCode'] };
}

/** Elements of a vector, and what becomes of a program whose variables are set. */
async function changed(adapter: Adapter, program: string): Promise<object> {
  await adapter.begin('launch', { program });
  await adapter.request('setBreakpoints', {
    source: { path: `${FIXTURES}/containers.cpp` },
    breakpoints: [{ line: sourceLine('containers.cpp', 'unit->hp += *where') }],
  });
  await adapter.request('configurationDone');
  const { threadId = 0 } = await adapter.stopped();
  const [top] = await adapter.frames(threadId);
  const { scopes } = await adapter.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: top?.id });
  const [first, second] = scopes;
  const named = new Map(
    (await Promise.all([first, second].map((one) => adapter.parts(one?.variablesReference ?? 0)))).flatMap((all) => [...all]),
  );
  const owner = async (name: string): Promise<number> =>
    (await adapter.parts(first?.variablesReference ?? 0)).has(name) ? (first?.variablesReference ?? 0) : (second?.variablesReference ?? 0);
  const numbers = await adapter.parts(named.get('by')?.variablesReference ?? 0);
  for (const [name, value] of [
    ['ratio', '2.5'],
    ['flag', '1'],
    ['kept', '77'],
  ])
    await adapter.request('setVariable', { variablesReference: await owner(name ?? ''), name, value });
  await adapter.refusal('setVariable', { variablesReference: await owner('ratio'), name: 'ratio', value: 'half' });
  await adapter.request('setBreakpoints', { source: { path: `${FIXTURES}/containers.cpp` }, breakpoints: [] });
  await adapter.request('continue', { threadId });
  await adapter.event('exited');
  return {
    elements: ['[0]', '[1]', '[2]'].map((name) => numbers.get(name)?.value),
    total: /total (\d+)/.exec(adapter.printed('stdout'))?.[1],
  };
}

describeWith(['perf', 'ptrace', 'g++', `command:${LLDB_DAP}`], 'hwbkpt dap and lldb-dap', () => {
  test('show the same elements, and change a program alike', async () => {
    const program = await buildFixture('containers');
    await using lldb = await Adapter.spawn(LLDB_DAP, '--repl-mode=variable');
    await using ours = await Adapter.start();
    const said = await changed(ours, program);
    expect(said).toEqual(await changed(lldb, program));
    // 77 + 4 + (10 + 1) + 2.5 * 2 + 1 + 3 + 'a'
    expect(said).toEqual({ elements: ['1', '20', '3'], total: String(77 + 4 + 11 + 5 + 1 + 3 + 97) });
  });

  test('say the same of a program: lines, stacks, values, what changes data', async () => {
    const program = await buildFixture('looked-at');
    await using lldb = await Adapter.spawn(LLDB_DAP, '--repl-mode=variable');
    await using ours = await Adapter.start();
    const said = await account(ours, program);
    expect(said).toEqual(await account(lldb, program));
    expect(said).toEqual({
      threads: 1,
      breakpointLine: CALL,
      stack: [`walk:${CALL}`, 'main:63'],
      locals: { round: '1', sum: '15' },
      element: '4',
      evaluated: '4',
      afterChange: { stack: ['hurt:32', `walk:${CALL}`, 'main:63'], value: '90' },
      afterStep: [`walk:${CALL}`, 'main:63'],
      exitCode: 0,
    });
  });
});
