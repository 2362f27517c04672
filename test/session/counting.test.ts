// Watches that only count: what their tallies hold, beside watches that hand their hits over and in place of them, on every engine.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { attach, type Item, launch, type TallyRow } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';
import { observe } from './observed.js';

const ENGINES = [
  { engine: 'perf', needs: ['perf', 'gcc'] },
  { engine: 'bpf', needs: ['perf', 'gcc', 'bpf'] },
] as const;

/** Counts by function, in the order of their names. */
function byFunction(rows: readonly TallyRow[]): [string | null, number][] {
  const counts = new Map<string | null, number>();
  for (const { place, count } of rows) counts.set(place.function, (counts.get(place.function) ?? 0) + count);
  return [...counts].sort(([a], [b]) => `${a}`.localeCompare(`${b}`));
}

describe.each(ENGINES)('$engine', ({ engine, needs }) => {
  describeWith([...needs], 'a watch that counts', () => {
    test('hands nothing over, and has it all in its tally, by thread', async () => {
      const { items, watches, summary } = await observe('threads-fork-read', ['shared'], {
        ...{ target: { engine }, watch: { keep: 'values' }, fixture: { args: ['--count', '500', '--reads', '0'] } },
      });
      const rows = watches[0]?.tally() ?? [];
      expect(items.filter(({ kind }) => kind === 'hit')).toEqual([]);
      expect(byFunction(rows)).toEqual([
        ['early_a', 500],
        ['early_b', 500],
        ['late_writer', 500],
      ]);
      expect(new Set(rows.map(({ tid }) => tid)).size).toBe(3);
      for (const { count, estimate, pid, comm, kernel } of rows)
        expect({ estimate, pid, comm, kernel }).toEqual({ estimate: count, pid: rows[0]?.pid, comm: 'threads-fork-re', kernel: false });
      expect(summary).toMatchObject({ hits: 1500, lost: 0, unseen_changes: 0 });
    });

    test('may share its bytes with one that hands its hits over', async () => {
      await using process = await startTarget('struct-path');
      const items: Item[] = [];
      await using target = await attach(process.pid, { engine, onItems: (batch) => items.push(...batch) });
      const each = await target.watch('state.tick');
      const counting = await target.watch('state.tick', { keep: 'counts' });
      process.go();
      await target.ended;
      const hits = items.filter(({ kind }) => kind === 'hit');
      expect(hits.length).toBeGreaterThan(0);
      expect([each.hits, counting.tally().reduce((sum, { count }) => sum + count, 0)]).toEqual([hits.length, hits.length]);
      expect(each.tally()).toEqual([]);
      expect(target.summary().hits).toBe(2 * hits.length);
    });

    test('that comes later has only what comes later; one that is closed keeps what it had', async () => {
      await using process = await startTarget('signals-status', { args: ['--writes', '400', '--interval', '3'] });
      await using target = await attach(process.pid, { engine });
      const counted = (rows: readonly TallyRow[]) => rows.reduce((sum, { count }) => sum + count, 0);
      const first = await target.watch('shared', { keep: 'counts' });
      process.go();
      while (counted(first.tally()) < 50) await sleep(5);
      const second = await target.watch('shared', { keep: 'counts' });
      const before = counted(first.tally());
      while (counted(second.tally()) < 50) await sleep(5);
      await first.close();
      const kept = counted(first.tally());
      await target.ended;
      expect(counted(first.tally())).toBe(kept);
      expect(kept).toBeLessThan(400);
      // The one that came when the second one was armed may be on either side.
      expect(Math.abs(before + counted(second.tally()) - 400)).toBeLessThanOrEqual(2);
    });

    test('counts code, and reads with writes', async () => {
      const { watches, counts } = await observe('same-value', ['put'], {
        target: { engine },
        watch: { access: 'execute', keep: 'counts' },
      });
      expect(byFunction(watches[0]?.tally() ?? [])).toEqual([['put', counts.get('put')]]);
      const both = await observe('same-value', ['shared'], { target: { engine }, watch: { access: 'readwrite', keep: 'counts' } });
      const [look, put] = [both.counts.get('look'), both.counts.get('put')];
      expect(new Map(byFunction(both.watches[0]?.tally() ?? []))).toEqual(
        expect.toSatisfy((found) => found.get('look') === look && found.get('put') === put),
      );
    });

    test('is not to be had one by one where it is sampled', async () => {
      await using process = await startTarget('hot');
      await using target = await attach(process.pid, { engine, maxRate: 1000 });
      await expect(target.watch('counter')).rejects.toMatchObject({ code: 'bad-request' });
      await using low = await attach(process.pid, { engine, maxRate: 1 });
      await expect(low.watch('counter', { keep: 'counts' })).rejects.toMatchObject({ code: 'bad-request' });
    });
  });
});

describe('sim', () => {
  test('counts likewise, and cannot sample', async () => {
    await using target = await launch(['fixtures/demo/counter.scn'], { engine: 'sim' });
    const watch = await target.watch('counter', { keep: 'values' });
    target.resume();
    await target.ended;
    expect(byFunction(watch.tally())).toEqual([
      ['count', 10],
      [null, 1],
      ['stray', 1],
    ]);
    await using other = await launch(['fixtures/demo/counter.scn'], { engine: 'sim', maxRate: 1000 });
    await expect(other.watch('counter', { keep: 'counts' })).rejects.toMatchObject({ code: 'bad-request' });
  });
});
