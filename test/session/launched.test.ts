// Launched programs: watched from the first instruction, held until somebody reads, ended when nobody ever does.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Item, launch, type Target } from '../../src/session/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { byFunction, hitsIn, of } from './observed.js';

/** Lets a launched program run to its end; everything that was reported, and its end. */
async function toTheEnd(argv: readonly string[], expressions: readonly string[]): Promise<{ items: Item[]; target: Target }> {
  const items: Item[] = [];
  await using target = await launch(argv, { onItems: (batch) => items.push(...batch) });
  for (const expression of expressions) await target.watch(expression);
  target.resume();
  await target.ended;
  return { items, target };
}

describeWith(['perf', 'gcc', 'ptrace'], 'a launched program', () => {
  test('is watched from its first instruction', async () => {
    const { items, target } = await toTheEnd([await buildFixture('first-instruction')], ['shared']);
    const hits = hitsIn(items);
    expect(hits.map(({ newValue }) => BigInt(String(newValue)))).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
    expect(hits.map(({ oldValue }) => BigInt(String(oldValue)))).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(target.ending).toEqual({ kind: 'exited', status: 7 });
  });

  test('is watched in constructors, main and destructors', async () => {
    const { items, target } = await toTheEnd([await buildFixture('early-writes')], ['shared']);
    const hits = hitsIn(items);
    expect(byFunction(hits)).toEqual(
      new Map([
        ['constructor', 100],
        ['in_main', 10],
        ['destructor', 5],
      ]),
    );
    const values = [
      ...Array.from({ length: 100 }, (_, i) => i + 1),
      ...Array.from({ length: 10 }, (_, i) => 1001 + i),
      2001,
      2002,
      2003,
      2004,
      2005,
    ];
    expect(hits.map(({ newValue }) => newValue)).toEqual(values.map(String));
    expect(hits.map(({ oldValue }) => oldValue)).toEqual([0, ...values.slice(0, -1)].map(String));
    expect(target.summary()).toMatchObject({ hits: 115, lost: 0, unseen_changes: 0 });
    expect(target.ending).toEqual({ kind: 'exited', status: 7 });
  });

  test('is let run to where the library is loaded whose variable is wanted', async () => {
    // A preloaded library is loaded by the program's own loader: nothing of it is there at the first instruction.
    const library = await buildFixture('dlopen-late-lib');
    const argv = ['env', `LD_PRELOAD=${library}`, await buildFixture('dlopen-late'), '--count', '5', library];
    // `env` itself does not know the name; the program it becomes does.
    await expect(
      launch(argv).then((target) => useOnce(target, (held) => held.watch('dlopen-late-lib.so!library_counter'))),
    ).rejects.toMatchObject({
      code: 'unknown-module',
    });
    const { items } = await withPreload(library, () =>
      toTheEnd([argv[2] ?? '', '--count', '5', library], ['dlopen-late-lib.so!library_counter']),
    );
    const written = of(hitsIn(items), 'library_write');
    expect(written.map(({ newValue }) => newValue)).toEqual(['1', '2', '3', '4', '5']);
    // The loader itself has set it to 0 before, with an instruction that does not show what it stores.
    expect(['0', null]).toContain(written[0]?.oldValue);
    expect(written.slice(1).map(({ oldValue }) => oldValue)).toEqual(['1', '2', '3', '4']);
  });

  test('runs when somebody begins to read', async () => {
    await using target = await launch([await buildFixture('early-writes')]);
    const watch = await target.watch('shared');
    expect(target.held).toBe(true);
    let hits = 0;
    for await (const hit of watch) {
      expect(target.held).toBe(false);
      expect(hit.watch).toBe(watch.info);
      hits++;
    }
    expect(hits).toBe(115);
    expect([watch.hits, watch.missed, watch.endedBecause]).toEqual([115, 0, null]);
  });

  test('that is never resumed is ended with its target, before it has done anything', async () => {
    let pid: number | null = null;
    {
      await using target = await launch([await buildFixture('early-writes')]);
      await target.watch('shared');
      ({ pid } = target);
      expect(existsSync(`/proc/${pid}`)).toBe(true);
    }
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('runs on when its target is disposed of', async () => {
    const target = await launch([await buildFixture('signals-status'), '--exit', '5', '--interval', '5']);
    await useOnce(target, async () => target.resume());
    await ending(target);
    expect(target.ending).toEqual({ kind: 'exited', status: 5 });
  });

  test('says how a signal ended it', async () => {
    const { target } = await toTheEnd([await buildFixture('signals-status'), '--kill', '6', '--writes', '3'], []);
    expect(target.ending).toMatchObject({ kind: 'killed', signal: 6 });
  });

  test('that cannot be watched as wanted is not left behind', async () => {
    const program = await buildFixture('early-writes');
    let pid: number | null = null;
    await expect(
      launch([program]).then((target) => {
        ({ pid } = target);
        return useOnce(target, (held) => held.watch('no_such_variable'));
      }),
    ).rejects.toMatchObject({ code: 'unknown-symbol' });
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});

/** Waits for the end of a process that nobody watches any more. */
async function ending(target: Target): Promise<void> {
  for (let waited = 0; target.pollEnding() === null && waited < 10_000; waited += 5) await sleep(5);
}

async function useOnce<T>(target: Target, use: (target: Target) => Promise<T>): Promise<T> {
  await using held = target;
  return await use(held);
}

async function withPreload<T>(library: string, body: () => Promise<T>): Promise<T> {
  process.env['LD_PRELOAD'] = library;
  try {
    return await body();
  } finally {
    delete process.env['LD_PRELOAD'];
  }
}
