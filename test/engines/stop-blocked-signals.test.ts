// A thread that blocks every signal cannot be stopped by one: its hits are told all the same, late, each with its own place and registers.
import { expect, test } from 'vitest';
import { StopEngine } from '../../src/engines/stop/engine.js';
import { registerValue } from '../../src/instructions/registers.js';
import { LiveWorld } from '../conformance/live-world.js';
import type { ProgramSpec } from '../conformance/programs.js';
import { watchRun } from '../conformance/watched-run.js';
import { describeWith } from '../helpers/requirement.js';

/** As many as wait for a look without privilege. */
const WRITES = 10;

function program(writes: number, ...args: readonly string[]): ProgramSpec {
  return { fixture: 'blocked-signals', args: ['--writes', `${writes}`, ...args], writes, simulated: null };
}

describeWith(['gcc', 'perf'], 'hits of a thread that blocks every signal', () => {
  test.each([
    { when: 'when it ends', spec: program(WRITES) },
    { when: 'when it unblocks them', spec: program(WRITES, '--unblock') },
  ])('are all told $when', async ({ spec }) => {
    const world = new LiveWorld(new StopEngine(), { free: true });
    const { recorder, books, ended } = await watchRun(world, spec, { parts: [{ name: 'shared' }] });
    expect(recorder.hits.map(({ registers }) => Number(registerValue(registers, 0, 'di')))).toEqual(
      Array.from({ length: WRITES }, (_, at) => at + 1),
    );
    expect(new Set(recorder.hits.map(({ ip }) => ip)).size).toBe(1);
    expect(books).toMatchObject({ counted: WRITES, delivered: WRITES, missing: 0 });
    expect(recorder.losses).toEqual([]);
    expect([ended.status, ended.printed.get('shared')]).toEqual([0, WRITES]);
  });

  test('are counted where there are too many to wait', async () => {
    const world = new LiveWorld(new StopEngine(), { free: true });
    const { recorder, books } = await watchRun(world, program(2000), { parts: [{ name: 'shared' }] });
    expect(books).toMatchObject({ counted: 2000, delivered: recorder.hits.length, missing: 2000 - recorder.hits.length });
  });
});
