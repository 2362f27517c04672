// Arguments of optimised functions whose registers are used for other things by now: told by the caller, as far as it is certain.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { build, scratchFolder } from '../symbols/dwarf-tools.js';
import { Adapter } from './adapter.js';

const SOURCE = `
#include <stdio.h>
volatile long sink;
__attribute__((noipa)) void leaf(void) { sink++; }
__attribute__((noinline)) long inner(long a, long b) { sink += a; leaf(); sink += b; leaf(); return sink; }
__attribute__((noinline)) long outer(long base) { long sum = inner(base * 3, 41); sink = sum + inner(sum, base); return sink; }
int main(int argc, char **argv) { printf("%ld\\n", outer(argc + 6)); return 0; }
`;

describeWith(['perf', 'ptrace', 'gcc'], 'arguments of optimised code', () => {
  test('are known from the calls, along several frames', async () => {
    const program = build(scratchFolder(), 'arguments', { sources: { 'main.c': SOURCE }, compiler: 'gcc', flags: ['-g', '-O2'] });
    await using adapter = await Adapter.start();
    await adapter.begin('launch', { program });
    await adapter.request('setFunctionBreakpoints', { breakpoints: [{ name: 'leaf' }] });
    await adapter.request('configurationDone');
    const told: Record<string, string | undefined>[] = [];
    for (let stop = 0; stop < 2; stop++) {
      const { threadId = 0 } = await adapter.stopped();
      const [, inner, outer] = await adapter.frames(threadId);
      const ofInner = await adapter.scope(inner?.id ?? 0, /argument/i);
      const ofOuter = await adapter.scope(outer?.id ?? 0, /argument/i);
      told.push({ a: ofInner.get('a')?.value, base: ofOuter.get('base')?.value });
      await adapter.request('continue', { threadId });
    }
    expect(told).toEqual([
      { a: '21', base: '7' },
      { a: '21', base: '7' },
    ]);
  });
});
