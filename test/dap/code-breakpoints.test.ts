// Breakpoints on functions and instructions with conditions, counts and messages; and steps while one is still looked for.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { expect, test } from 'vitest';
import { buildFixture } from '../helpers/build-fixture.js';
import { FIXTURES } from '../helpers/paths.js';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';
import { sourceLine } from './source-line.js';

type Breakpoints = { readonly breakpoints: DebugProtocol.Breakpoint[] };

const SOURCE = { path: `${FIXTURES}/looked-at.c` };
const CALL = sourceLine('looked-at.c', 'sum += hurt(local.next, 10);');

describeWith(['perf', 'ptrace', 'gcc'], 'breakpoints in code', () => {
  test('on functions stop by condition and count, or print', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '5'] });
    const { breakpoints } = await adapter.request<Breakpoints>('setFunctionBreakpoints', {
      breakpoints: [
        { name: 'hurt', condition: 'who->hp <= 80', hitCondition: '== 2' },
        { name: 'walk', logMessage: 'round {round}', hitCondition: '% 2' },
      ],
    });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, true]);
    await adapter.request('configurationDone');
    const { threadId = 0, hitBreakpointIds } = await adapter.stopped();
    expect(hitBreakpointIds).toEqual([breakpoints[0]?.id]);
    const [top] = await adapter.frames(threadId);
    // 100, 90, 80 the first time, 70 the second.
    expect(await adapter.request('evaluate', { expression: 'who->hp', frameId: top?.id })).toMatchObject({ result: '70' });
    await adapter.request('continue', { threadId });
    await adapter.event('exited');
    expect(adapter.printed('console')).toBe('round 2\nround 4\n');
  });

  test('on instructions stop by count, with an offset, and print', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '3'] });
    const hurt = await adapter.request<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'hurt' });
    const instructionReference = hurt.result.split(' ')[0];
    const { instructions } = await adapter.request<{ instructions: DebugProtocol.DisassembledInstruction[] }>('disassemble', {
      memoryReference: instructionReference,
      instructionCount: 3,
    });
    const second = instructions[1]?.address ?? '0x0';
    const offset = Number(BigInt(second) - BigInt(instructionReference ?? 0));
    const wishes = [
      { instructionReference, hitCondition: '3' },
      { instructionReference, offset, logMessage: 'at {$rip}' },
    ];
    const { breakpoints } = await adapter.request<Breakpoints>('setInstructionBreakpoints', { breakpoints: wishes });
    expect(breakpoints).toMatchObject([
      { verified: true, instructionReference },
      { verified: true, instructionReference: second },
    ]);
    await adapter.request('configurationDone');
    const stop = await adapter.stopped();
    expect(stop).toMatchObject({ reason: 'instruction breakpoint', hitBreakpointIds: [breakpoints[0]?.id] });
    expect(adapter.printed('console')).toBe(`at ${second}\nat ${second}\n`);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });

  test('that are looked for give their register to a step, and have it again', async () => {
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program: await buildFixture('looked-at'), args: ['--rounds', '2'] });
    const missing = async (): Promise<string | undefined> =>
      (await adapter.request<Breakpoints>('setFunctionBreakpoints', { breakpoints: [{ name: 'nowhere_at_all' }] })).breakpoints[0]?.message;
    expect(await missing()).toContain('by a debug register');
    const data = ['counter', 'hero.speed', 'hero.next'].map((dataId) => ({ dataId, accessType: 'write', condition: 'new != new' }));
    const lines = [{ line: CALL }];
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: lines });
    await adapter.request('configurationDone');
    const { threadId = 0 } = await adapter.stopped();
    await adapter.request('setBreakpoints', { source: SOURCE, breakpoints: [] });
    const set = await adapter.request<Breakpoints>('setDataBreakpoints', { breakpoints: data.slice(0, 3) });
    expect(set.breakpoints.filter(({ verified }) => verified)).toHaveLength(3);
    expect(await missing()).toContain('by a debug register');
    await adapter.request('next', { threadId });
    expect(await adapter.stopped()).toMatchObject({ reason: 'step' });
    expect(await adapter.places(threadId, 1)).toEqual([`walk:${CALL + 1}`]);
    expect(await missing()).toContain('by a debug register');
    await adapter.request('disconnect', { terminateDebuggee: true });
  });
});
