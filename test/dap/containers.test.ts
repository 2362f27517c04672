// C++ containers in hwbkpt dap: their elements, a page at a time, what smart pointers have, and data breakpoints on elements.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';
import { sourceLine } from './source-line.js';

const SOURCE = { path: `${FIXTURES}/containers.cpp` };
/** In change(), before it changes anything. */
const START = sourceLine('containers.cpp', 'int *where');

describeWith(['perf', 'ptrace', 'g++'], 'containers', () => {
  test('show what they hold, and open', async () => {
    await using adapter = await Adapter.start();
    const frameId = await standing(adapter);
    const look = async (expression: string): Promise<DebugProtocol.EvaluateResponse['body']> =>
      await adapter.request('evaluate', { expression, frameId, context: 'watch' });
    const text = async (expression: string): Promise<string> => (await look(expression)).result;
    expect(await look('numbers')).toMatchObject({ result: '[1, 2, 3]', indexedVariables: 3, namedVariables: 1 });
    expect(await text('none')).toBe('[]');
    expect(await text('many')).toBe('[1000 elements]');
    expect(await text('title')).toBe('"first"');
    expect(await text('units')).toBe('[{hp = 10, name = "Ada"}, {hp = 20, name = "a name that does not fit into the string itself"}]');
    expect(await text('ages')).toBe('{["Ada"] = 36, ["Grace"] = 85}');
    expect(await text('names')).toBe('{[1] = "one", [2] = "two", [3] = "three"}');
    expect(await text('squares')).toBe('{[4] = 16}');
    expect(await text('primes')).toBe('{2, 3, 5}');
    expect(await text('queue')).toBe('{30, 10, 20}');
    expect([await text('queue[1]'), await text('primes[2]'), await text('waiting[100]')]).toEqual(['10', '5', '10201']);
    expect(await text('fixed')).toBe('[7, 8, 9]');
    expect([await text('found'), await text('lost'), await text('nobody')]).toEqual(['42', '<empty>', '<empty>']);
    expect(await text('owner')).toMatch(/^0x[0-9a-f]+$/);
    const children = async (expression: string, page: object = {}): Promise<string[]> => {
      const { variablesReference } = await look(expression);
      return [...(await adapter.parts(variablesReference, page)).values()].map(({ name, value }) => `${name} ${value}`);
    };
    expect(await children('many', { filter: 'indexed', start: 500, count: 2 })).toEqual(['[500] 250000', '[501] 251001']);
    expect(await children('primes', { filter: 'indexed', start: 1, count: 1 })).toEqual(['[1] 3']);
    expect(await children('waiting', { filter: 'indexed', start: 62, count: 3 })).toEqual(['[62] 3969', '[63] 4096', '[64] 4225']);
    expect((await adapter.parts((await look('queue')).variablesReference)).get('[2]')).toMatchObject({
      evaluateName: 'queue[2]',
      value: '20',
    });
    expect(await children('*owner')).toEqual(['hp 99', 'name "Eve"']);
    expect((await children('shared')).slice(0, 1)).toEqual(['*shared 11']);
    expect((await children('found')).slice(0, 1)).toEqual(['*found 42']);
    expect(await children('lost', { filter: 'indexed' })).toEqual([]);
    // A reference to a vector, and its members behind all that.
    expect((await children('by')).slice(0, 3)).toEqual(['[0] 1', '[1] 2', '[2] 3']);
    const raw = (await adapter.parts((await look('numbers')).variablesReference, { filter: 'named' })).get('[raw]');
    expect([...(await adapter.parts(raw?.variablesReference ?? 0)).keys()]).toEqual(['<_Vector_base<int, std::allocator<int> >>']);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('have elements that can be named again, set, and watched', async () => {
    await using adapter = await Adapter.start();
    const frameId = await standing(adapter);
    const ages = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'ages', frameId });
    const ada = (await adapter.parts(ages.variablesReference)).get('["Ada"]');
    expect(ada).toMatchObject({ value: '36', evaluateName: 'ages["Ada"]' });
    await adapter.request('setVariable', { variablesReference: ages.variablesReference, name: '["Ada"]', value: '37' });
    const again = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: ada?.evaluateName, frameId });
    expect(again.result).toBe('37');
    const title = { expression: 'title', frameId, value: '"second"' };
    expect(await adapter.refusal('setExpression', title)).toContain('Only single values can be set');
    const by = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'by', frameId });
    const info = await adapter.request<DebugProtocol.DataBreakpointInfoResponse['body']>('dataBreakpointInfo', {
      variablesReference: by.variablesReference,
      name: '[1]',
    });
    expect(info.description).toContain('by[1], 4 bytes (int) at');
    // As Emacs asks: by what was evaluateName.
    const other = { variablesReference: by.variablesReference, name: 'by[1]' };
    expect(await adapter.request('dataBreakpointInfo', other)).toEqual(info);
    await adapter.request('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId, accessType: 'write' }] });
    await adapter.request('continue', { threadId: 0 });
    expect((await adapter.stopped()).text).toContain('by[1]: 2 -> 20 (in change');
    await adapter.request('disconnect', { terminateDebuggee: true });
  });
});

/** Launches the fixture up to the start of change(). Returns the frame. */
async function standing(adapter: Adapter): Promise<number> {
  await adapter.begin('launch', { program: await buildFixture('containers') });
  await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: START }] });
  await adapter.request('configurationDone');
  const { threadId = 0 } = await adapter.stopped();
  const [top] = await adapter.frames(threadId);
  return top?.id ?? 0;
}
