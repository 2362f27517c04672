// New values for variables and registers through hwbkpt dap, and what is refused.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';
import { sourceLine } from './source-line.js';

const SOURCE = { path: `${FIXTURES}/containers.cpp` };
/** In change(), where all of its locals are set. */
const SET = sourceLine('containers.cpp', 'unit->hp += *where');
const BEFORE = sourceLine('containers.cpp', 'by[1] = 20');

type Value = DebugProtocol.SetVariableResponse['body'];

describeWith(['perf', 'ptrace', 'g++'], 'new values', () => {
  test('go into variables of every kind, in memory and in registers, and into the program', async () => {
    await using adapter = await Adapter.start();
    const { threadId, frameId } = await standing(adapter);
    const set = async (expression: string, value: string): Promise<string> =>
      (await adapter.request<Value>('setExpression', { expression, value, frameId })).value;
    expect(await set('ratio', '2.5')).toBe('2.5');
    expect(await set('flag', 'true')).toBe('true');
    expect(await set('colour', 'GREEN')).toMatch(/GREEN/);
    expect(await set('letter', "'b'")).toMatch(/'b'/);
    expect(await set('unit->hp', '0x30')).toBe('48');
    // What another expression holds.
    expect(await set('where', '&by[2]')).toMatch(/^0x/);
    // A local that lives in RBX, and the register itself.
    const locals = await scopeReference(adapter, frameId, /Locals/);
    const kept = await adapter.request<Value>('setVariable', { variablesReference: locals, name: 'kept', value: '5000' });
    expect(kept.value).toBe('5000');
    const registers = await adapter.scope(frameId, /Registers/);
    expect(registers.get('rbx')).toMatchObject({ value: '0x1388' });
    expect(registers.get('rbx')).not.toHaveProperty('presentationHint');
    const reference = await scopeReference(adapter, frameId, /Registers/);
    expect(await adapter.request('setVariable', { variablesReference: reference, name: 'rbx', value: '6000' })).toMatchObject({
      value: '0x1770',
    });
    expect((await adapter.scope(frameId, /Locals/)).get('kept')?.value).toBe('6000');
    // And one in XMM7.
    expect((await adapter.scope(frameId, /Locals/)).get('held')?.value).toBe('4.5');
    expect(await set('held', '7.75')).toBe('7.75');
    expect((await adapter.scope(frameId, /Registers/)).get('xmm7')).toMatchObject({ value: '7.75', type: 'double' });
    await adapter.request('continue', { threadId });
    await adapter.event('exited');
    // 6000 + 7 + (48 + 3) + 2.5 * 2 + 1 + 5 + 'b'
    expect(adapter.printed('stdout')).toBe(`total ${6000 + 7 + 51 + 5 + 1 + 5 + 98}\n`);
  });

  test('are refused with the reason where they do not fit', async () => {
    await using adapter = await Adapter.start();
    const { threadId, frameId } = await standing(adapter);
    const refusal = (expression: string, value: string, frame = frameId): Promise<string> =>
      adapter.refusal('setExpression', { expression, value, frameId: frame });
    expect(await refusal('flag', '2')).toContain('true or false');
    expect(await refusal('letter', '300')).toContain('8 bits');
    expect(await refusal('unit->hp', '99999999999')).toContain('32 bits');
    expect(await refusal('colour', 'PURPLE')).toContain('is no value of');
    expect(await refusal('ratio', 'half')).toContain('Write a number');
    expect(await refusal('*unit', '1')).toContain('Only single values');
    expect(await refusal('$eflags', '0x346')).toContain('trap after each instruction');
    expect(await refusal('&flag', '0x1000')).toContain('neither in memory nor in a register');
    const [, caller] = await adapter.frames(threadId);
    expect(await refusal('$rbx', '1', caller?.id)).toContain('saved by a call');
    const before = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'unit->hp', frameId });
    expect(before.result).toBe('10');
    await adapter.request('continue', { threadId });
    await adapter.event('exited');
    expect(adapter.printed('stdout')).toBe('total 1116\n');
  });

  test('of the instruction pointer move the thread', async () => {
    await using adapter = await Adapter.start();
    const { threadId } = await standing(adapter);
    const info = await adapter.request<DebugProtocol.BreakpointLocationsResponse['body']>('breakpointLocations', {
      source: SOURCE,
      line: BEFORE,
    });
    expect(info.breakpoints).toEqual([{ line: BEFORE }]);
    const [top] = await adapter.frames(threadId);
    const pc = top?.instructionPointerReference ?? '';
    const { instructions } = await adapter.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>('disassemble', {
      memoryReference: pc,
      instructionOffset: -1,
      instructionCount: 1,
    });
    const before = instructions[0]?.address ?? '';
    const set = { expression: '$pc', value: before, frameId: top?.id };
    expect((await adapter.request<Value>('setExpression', set)).value).toBe(before);
    // The frame that the client has already, and those that it asks for then.
    expect(await adapter.request('evaluate', { expression: '$rip', frameId: top?.id })).toMatchObject({ result: before });
    expect((await adapter.frames(threadId))[0]?.instructionPointerReference).toBe(before);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });
});

async function standing(adapter: Adapter): Promise<{ readonly threadId: number; readonly frameId: number }> {
  await adapter.begin('launch', { program: await buildFixture('containers') });
  // One that lives in a register, one in memory.
  await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [{ line: SET, condition: 'kept == 1000 && unit->hp == 10' }] });
  await adapter.request('configurationDone');
  const { threadId = 0 } = await adapter.stopped();
  const [top] = await adapter.frames(threadId);
  await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [] });
  return { threadId, frameId: top?.id ?? 0 };
}

async function scopeReference(adapter: Adapter, frameId: number, name: RegExp): Promise<number> {
  const { scopes } = await adapter.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
  return scopes.find((scope) => name.test(scope.name))?.variablesReference ?? 0;
}
