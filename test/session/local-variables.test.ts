// Watches on local variables: armed in a call of their function, ended with it, armed again in the next.
import { expect, test } from 'vitest';
import { attach } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { byFunction, type Observed, observe } from './observed.js';

/** Long enough for arming on a machine that is busy with other things. */
const PAUSE = ['--pause', '250000'];
const NOT_OPTIMISED = { flags: ['-O0'] };

async function watchLocal(expression: string, args: readonly string[], everyCall: boolean): Promise<Observed> {
  return await observe('frame-locals', [expression], {
    fixture: { args: [...PAUSE, ...args], build: NOT_OPTIMISED },
    watch: { everyCall },
  });
}

/** What the calls `from` to `to` write, `count` each. */
function written(from: number, to: number, count: number): number[] {
  const calls = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return calls.flatMap((call) => Array.from({ length: count }, (_, i) => call * 1000 + i + 1));
}

function values({ hits }: Observed): number[] {
  return hits.map(({ newValue }) => Number(newValue));
}

describeWith(['perf', 'gcc'], 'a local variable', () => {
  test('is watched in one call, and the watch ends with that', async () => {
    const run = await watchLocal('sum_up::total', ['--calls', '2', '--count', '10'], false);
    expect(values(run)).toEqual(written(1, 1, 10));
    expect(byFunction(run.hits)).toEqual(new Map([['sum_up', 10]]));
    expect(run.events.map(({ kind }) => kind)).toEqual(['waiting-for-call', 're-aimed', 'frame-ended', 'watch-ended']);
    expect(run.watches[0]?.endedBecause).toBe('the call of sum_up has ended');
    expect(run.summary.not_covered).toContain('re-aiming');
  });

  test('is watched in every call, and what others do with its memory between them is not its own', async () => {
    const run = await watchLocal('sum_up::part.count', ['--calls', '3', '--count', '10'], true);
    expect(values(run)).toEqual(written(1, 3, 10));
    expect(run.hits[0]?.watch).toMatchObject({ size: 4, type: { kind: 'signed', name: 'int' } });
    const calls = [1, 2, 3].flatMap(() => ['re-aimed', 'frame-ended']);
    // The last call may have ended with the program.
    expect(calls.join()).toContain(
      run.events
        .slice(1)
        .map(({ kind }) => kind)
        .join(),
    );
    expect(run.watches[0]?.endedBecause).toBeNull();
  });

  test('of calls too short to be armed in has no hit of anything else', async () => {
    const run = await observe('frame-locals', ['sum_up::total'], {
      ...{ fixture: { args: ['--pause', '0', '--calls', '3000', '--count', '3'], build: NOT_OPTIMISED }, watch: { everyCall: true } },
    });
    expect([...byFunction(run.hits).keys()].filter((name) => name !== 'sum_up')).toEqual([]);
    expect(run.summary.not_covered).toContain('re-aiming');
  });

  test('is refused where it is not in the frame, or is none', async () => {
    await using process = await startTarget('frame-locals', { build: { flags: ['-O2'] } });
    await using target = await attach(process.pid);
    await expect(target.watch('sum_up::i')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('not in memory'),
    });
    await expect(target.watch('sum_up::nothing')).rejects.toMatchObject({ code: 'unknown-symbol' });
    await expect(target.watch('sum_up::part.nothing')).rejects.toMatchObject({ code: 'no-such-member' });
    await expect(target.watch('sum_up::total', { priority: 1 })).rejects.toMatchObject({ code: 'bad-request' });
    const watch = await target.watch('sum_up::total');
    expect(watch.isArmed).toBe(false);
  });
});
