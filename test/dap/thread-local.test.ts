// Thread-local variables in an editor: those of the thread whose frame is looked at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildThreadLocal, shownBy, startThreadLocal, threadsOf } from '../expressions/thread-local-program.js';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-dap-thread-local-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['perf', 'ptrace', 'gcc'], 'thread-local variables in an editor', () => {
  beforeAll(() => buildThreadLocal(folder));

  test('are those of the frame looked at, as expressions and as statics', async () => {
    await using target = await startThreadLocal(folder, 'pie');
    const [first, second, third] = threadsOf(target);
    const shown = new Map(shownBy(target));
    await using adapter = await Adapter.start();
    await adapter.begin('attach', { pid: target.pid });
    await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'add' }] });
    await adapter.request('configurationDone');
    target.go();
    await adapter.stopped();
    for (const [number, tid] of [first, second, third].entries()) {
      const frames = await adapter.frames(tid);
      const main = frames.find(({ name }) => /^(main|run)/.test(name))?.id ?? 0;
      const value = async (expression: string): Promise<string> =>
        (await adapter.request<{ result: string }>('evaluate', { expression, frameId: main })).result;
      expect([number, await value('hidden')]).toEqual([number, `${number}`]);
      expect(BigInt(await value('&mine'))).toBe(shown.get(`mine@${tid}`));
      const statics = await adapter.scope(main, /Statics/);
      expect(statics.get('hidden')?.value).toBe(`${number}`);
      expect(statics.get('own_calls::calls')?.value).toBe('7');
    }
    expect(await adapter.refusal('evaluate', { expression: 'hidden' })).toContain('thread-local');
    const { result } = await adapter.request<{ result: string }>('evaluate', { expression: `hidden@${third}` });
    expect(result).toBe('2');
    await adapter.request('disconnect');
  });
});
