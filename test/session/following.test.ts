// Watches that follow their names: pointers that change, that are null, libraries that come late.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attach } from '../../src/session/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { byFunction, type Observed, observe, of } from './observed.js';

const PATH = 'queue.head->len';
/** Long enough for arming on a machine that is busy with other things. */
const PAUSE = ['--pause', '250000'];

async function follow(args: readonly string[], expressions: readonly string[] = [PATH]): Promise<Observed> {
  return await observe('moving-path', expressions, { fixture: { args }, watch: { follow: true } });
}

function values({ hits }: Observed): unknown[] {
  return hits.map(({ newValue }) => Number(newValue));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

function kinds({ events }: Observed): string[] {
  return events.map(({ kind }) => kind);
}

describeWith(['perf', 'gcc'], 'a watch through a pointer', () => {
  test('is armed where it leads when it changes, and has the hits there only', async () => {
    const run = await follow([...PAUSE, '--rounds', '4']);
    expect(values(run)).toEqual(upTo(80));
    expect(byFunction(run.hits)).toEqual(new Map([['write_len', run.counts.get('write_len')]]));
    expect(kinds(run)).toEqual(Array.from({ length: run.counts.get('moves') ?? 0 }, () => 're-aimed'));
    expect(new Set(run.hits.map(({ watch }) => watch.address)).size).toBe(2);
    for (const event of run.events)
      expect(event).toMatchObject({ watch: { expression: PATH, size: 8 }, blind: expect.any(BigInt), threads: 1 });
    // Hits between the change and the arming are not seen: that is said once there was a change.
    expect(run.watches[0]?.arming.notCovered).toContain('re-aiming');
    expect(run.summary.not_covered).toContain('re-aiming');
    expect(run.watches[0]?.arming).toMatchObject({ slots: 1, pointerSlots: 1 });
  });

  test('and a second one takes a register for each pointer', async () => {
    const run = await follow([...PAUSE, '--rounds', '2'], ['tail->next->len']);
    expect(values(run)).toEqual(upTo(40));
    expect(run.watches[0]?.arming).toMatchObject({ slots: 1, pointerSlots: 2 });
  });

  test('waits while it is null', async () => {
    const run = await follow([...PAUSE, '--rounds', '3', '--null']);
    expect(values(run)).toEqual(upTo(60));
    expect(kinds(run)).toEqual([1, 2, 3].flatMap(() => ['waiting-for-pointer', 're-aimed']));
    expect(run.events[0]).toMatchObject({ reason: expect.stringContaining('queue.head is null'), watch: { expression: PATH } });
  });

  test('stays where it is when the pointer is written with what it holds', async () => {
    const run = await follow(['--pause', '20000', '--rounds', '3', '--same']);
    expect(values(run)).toEqual(upTo(60));
    expect(run.events).toEqual([]);
    expect(run.summary.not_covered).not.toContain('re-aiming');
  });

  test('that changes faster than it can be followed has hardly a hit of another place', async () => {
    const run = await follow(['--pause', '0', '--rounds', '3000', '--count', '3']);
    const [own, others] = [of(run.hits, 'write_len'), run.hits.filter((hit) => !of([hit], 'write_len').includes(hit))];
    // One was told in one of fourteen runs (docs/following.md); why is not known.
    expect(others.length).toBeLessThanOrEqual(1);
    const written = own.map(({ newValue }) => Number(newValue));
    expect(written).toEqual(written.toSorted((a, b) => a - b));
    expect(run.summary.not_covered).toContain('re-aiming');
  });

  test('is counted where it leads', async () => {
    const { watches } = await observe('moving-path', [PATH], {
      ...{ fixture: { args: [...PAUSE, '--rounds', '3'] }, watch: { follow: true, keep: 'counts' } },
    });
    expect(watches[0]?.tally().map(({ place, count }) => [place.function, count])).toEqual(
      expect.arrayContaining([['write_len', expect.any(Number)]]),
    );
    expect(watches[0]?.tally().reduce((sum, { count }) => sum + count, 0)).toBe(60);
  });

  test('gives all its registers back when it is closed', async () => {
    await using process = await startTarget('moving-path');
    await using target = await attach(process.pid);
    for (let i = 0; i < 3; i++) {
      const watch = await target.watch('tail->next->len', { follow: true });
      expect(watch.isArmed).toBe(true);
      await watch.close();
    }
    const all = await Promise.all(['a.len', 'b.len', 'a.next', 'b.next'].map((name) => target.watch(name)));
    expect(all.map(({ isArmed }) => isArmed)).toEqual([true, true, true, true]);
  });

  test('is refused where there are more pointers than registers, with nothing armed', async () => {
    await using process = await startTarget('moving-path');
    await using target = await attach(process.pid);
    const long = 'tail->next->next->next->len';
    await expect(target.watch(long, { follow: true })).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('5 debug registers'),
    });
    await expect(target.watch(PATH, { follow: true, priority: 20 })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(target.watch('queue.tail->len', { follow: true })).rejects.toMatchObject({ code: 'no-such-member' });
    const all = await Promise.all(['a.len', 'b.len', 'a.next', 'b.next'].map((name) => target.watch(name)));
    expect(all).toHaveLength(4);
  });
});

describeWith(['perf', 'gcc'], 'a watch on a library that is not loaded yet', () => {
  test('is armed when it is', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using process = await startTarget('dlopen-late', { args: ['--count', '2000000000', library] });
    await using target = await attach(process.pid);
    const watch = await target.watch('dlopen-late-lib.so!library_counter', { follow: true });
    expect(watch.isArmed).toBe(false);
    expect(watch.info).toMatchObject({ address: 0n, size: 0 });
    process.go();
    for await (const hit of watch) {
      expect(hit.place).toMatchObject({ function: 'library_write', module: 'dlopen-late-lib.so' });
      if (watch.hits > 500) break;
    }
    expect(watch.arming.notCovered).toContain('after-load');
    expect(target.summary().not_covered).toContain('after-load');
    await watch.close();
  });

  test('ends when the library has no such name', async () => {
    const library = await buildFixture('dlopen-late-lib');
    await using process = await startTarget('dlopen-late', { args: ['--count', '2000000000', library] });
    await using target = await attach(process.pid);
    const watch = await target.watch('dlopen-late-lib.so!no_such_thing', { follow: true });
    process.go();
    for (let left = 500; watch.endedBecause === null && left > 0; left--) await sleep(20);
    expect(watch.endedBecause).toContain('nothing called no_such_thing');
  });
});
