// Pointers that the compiler has optimised away, though it says what they point to (DW_OP_implicit_pointer): as gdb shows them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { Adapter } from './adapter.js';

const PROGRAM = `
  struct point { int x, y; };
  volatile int sink;
  __attribute__((noipa)) void here(void) { sink++; }
  static inline __attribute__((always_inline)) void show(struct point *p, int *n) { sink = p->x; here(); sink = p->y + *n; }
  __attribute__((noipa)) int work(int a) {
    struct point at = { a, a + 1 };
    int n = a * 2;
    int *pn = &n;
    show(&at, pn);
    return n;
  }
  int main(void) { return work(5) != 10; }`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hwbkpt-optimised-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['perf', 'ptrace', 'gcc'], 'pointers that were optimised away', () => {
  test.each(['4', '5'])('lead to what they point to, by DWARF %s', async (version) => {
    const program = join(folder, `pointers-${version}`);
    writeFileSync(join(folder, 'pointers.c'), PROGRAM);
    execFileSync('gcc', ['-g', `-gdwarf-${version}`, '-O2', '-o', program, 'pointers.c'], { cwd: folder });
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program });
    await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'here' }] });
    await adapter.request('configurationDone');
    const { threadId = 0 } = await adapter.stopped();
    const frames = await adapter.frames(threadId);
    const inlined = frames.find(({ name }) => name.startsWith('show'))?.id ?? 0;
    const value = async (expression: string, frameId = inlined): Promise<string> =>
      (await adapter.request<{ result: string }>('evaluate', { expression, frameId })).result;
    expect([await value('*p'), await value('p->y'), await value('*n')]).toEqual(['{x = 5, y = 6}', '6', '10']);
    const pointer = (await adapter.scope(inlined, /Arguments/)).get('p');
    expect(pointer?.value).toBe('<optimised away, but not what it points to>');
    const members = await adapter.parts(pointer?.variablesReference ?? 0);
    expect([members.get('x')?.value, members.get('y')?.value]).toEqual(['5', '6']);
    const outer = frames.find(({ name }) => name.startsWith('work'))?.id ?? 0;
    expect([await value('*pn', outer), await value('at', outer)]).toEqual(['10', '{x = 5, y = 6}']);
    await adapter.request('disconnect', { terminateDebuggee: true });
  });
});
