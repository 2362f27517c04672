// A process that becomes another program: watches go on where the name means something, or end with a reason.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attach, type Item } from '../../src/session/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { hitsIn, of } from './observed.js';

interface Run {
  readonly items: readonly Item[];
  readonly target: Awaited<ReturnType<typeof attach>>;
  readonly stdout: string;
}

/** exec-other becomes `argv`; everything that a watch on `expression` has seen. */
async function exec(expression: string, options: readonly string[], ...argv: string[]): Promise<Run> {
  await using before = await startTarget('exec-other', { args: [...options, '--', ...argv] });
  const items: Item[] = [];
  await using target = await attach(before.pid, { onItems: (batch) => items.push(...batch) });
  await target.watch(expression);
  await sleep(10);
  before.go();
  await target.ended;
  const { stdout } = await before.finishedWithin(20_000);
  return { items, target, stdout };
}

function kinds(items: readonly Item[]): string[] {
  return items.flatMap(({ kind }) => (kind === 'hit' ? [] : [kind]));
}

describeWith(['perf', 'gcc'], 'after an exec', () => {
  test.each([[[]], [['--from-thread']]])('a name is watched at its new address %j', async (options) => {
    // Slow enough that it is armed long before the last write.
    const { items, target, stdout } = await exec(
      'shared',
      options,
      await buildFixture('signals-status'),
      '--writes',
      '400',
      '--interval',
      '2',
    );
    expect(stdout).toContain('tick 400');
    const hits = hitsIn(items);
    const [before, after] = [of(hits, 'before_exec'), of(hits, 'tick')];
    expect(before.map(({ newValue }) => newValue)).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 1}`));
    expect(kinds(items)).toEqual(['exec', 'armed-again']);
    const first = Number(after[0]?.newValue);
    expect(after.map(({ newValue }) => newValue)).toEqual(Array.from({ length: 401 - first }, (_, i) => `${first + i}`));
    expect(after[0]?.watch).toMatchObject({ expression: 'shared' });
    expect(after[0]?.watch.address).not.toBe(before[0]?.watch.address);
    // Nothing of the old program's values is taken for the new one's.
    expect([`${first - 1}`, null]).toContain(after[0]?.oldValue);
    expect(items.findIndex(({ kind }) => kind === 'exec')).toBe(items.indexOf(before.at(-1) as Item) + 1);
    expect(target.summary()).toMatchObject({ lost: 0, unseen_changes: 0, not_covered: expect.arrayContaining(['after-exec']) });
    expect(target.ending).toEqual({ kind: 'gone' });
  });

  test('a name that is not there ends its watch and the target, with the reason', async () => {
    await using before = await startTarget('exec-other', { args: ['--', '/bin/sleep', '10'] });
    const items: Item[] = [];
    await using target = await attach(before.pid, { onItems: (batch) => items.push(...batch) });
    await target.watch('shared');
    before.go();
    await target.ended;
    expect(kinds(items)).toEqual(['exec', 'watch-ended']);
    expect(items.at(-1)).toMatchObject({ reason: expect.stringMatching(/runs another program now \(sleep\)/) });
    expect(hitsIn(items)).toHaveLength(10);
    // Everything that the new program knows was looked at, so nothing of that name was missed.
    expect(target.summary().not_covered).not.toContain('after-exec');
    expect(target.ending).toBeNull();
    await expect(target.watch('shared')).rejects.toMatchObject({ code: 'target-closed' });
  });

  test('an address means nothing any more', async () => {
    await using before = await startTarget('exec-other', { args: ['--', '/bin/sleep', '3'] });
    await using target = await attach(before.pid);
    const watch = await target.watch(`0x${before.shown('shared').address.toString(16)}:8`);
    before.go();
    let hits = 0;
    for await (const _ of watch) hits++;
    expect(hits).toBe(10);
    expect(watch.endedBecause).toMatch(/an address means nothing in another program/);
  });

  test('a variable of a library is found again once that is loaded', async () => {
    await using before = await startTarget('exec-other', {
      args: ['--', await buildFixture('signals-status'), '--writes', '400', '--interval', '2'],
    });
    const items: Item[] = [];
    await using target = await attach(before.pid, { onItems: (batch) => items.push(...batch) });
    await target.watch('libc.so.6!stdout');
    before.go();
    await target.ended;
    expect(kinds(items)).toEqual(['exec', 'armed-again']);
  });

  test('a watch that is closed meanwhile is left alone', async () => {
    await using before = await startTarget('exec-other', { args: ['--', '/bin/sleep', '1'] });
    const items: Item[] = [];
    await using target = await attach(before.pid, { onItems: (batch) => items.push(...batch) });
    const watch = await target.watch('shared');
    await watch.close();
    before.go();
    await before.finishedWithin(20_000);
    expect(watch.endedBecause).toBeNull();
    expect(kinds(items)).not.toContain('watch-ended');
  });
});
