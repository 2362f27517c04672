// Threads, late threads, forked children and the kernel: everybody who writes one variable, by function, exactly.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { byFunction, hitsIn, observe, of } from './observed.js';

const COUNT = 100;
const FIRST: Readonly<Record<string, number>> = { early_a: 1_000_000, early_b: 2_000_000, late_writer: 3_000_000, child_writer: 4_000_000 };

describeWith(['perf', 'gcc'], 'a program with threads, a child and read(2)', () => {
  test('has every write of its threads by function, thread and value', async () => {
    const { hits, events, summary } = await observe('threads-fork-read', ['shared'], { fixture: { args: ['--count', `${COUNT}`] } });
    const user = hits.filter(({ kernel }) => !kernel);
    expect(byFunction(user)).toEqual(
      new Map([
        ['early_a', COUNT],
        ['early_b', COUNT],
        ['late_writer', COUNT],
      ]),
    );
    for (const name of ['early_a', 'early_b', 'late_writer']) {
      const mine = of(user, name);
      expect(new Set(mine.map(({ tid }) => tid)).size).toBe(1);
      expect(mine.map(({ newValue }) => newValue)).toEqual(Array.from({ length: COUNT }, (_, i) => `${(FIRST[name] ?? 0) + i + 1}`));
    }
    expect(events.map(({ kind }) => kind)).toEqual(['fork']);
    // The child is not watched, so it is not counted among the threads.
    expect(summary).toMatchObject({ lost: 0, unseen_changes: 0, threads: 4, not_covered: expect.arrayContaining(['children']) });
  });

  test('has those of a child where children are watched, and none of their values is the parent’s', async () => {
    const { hits, summary } = await observe('threads-fork-read', ['shared'], {
      fixture: { args: ['--count', `${COUNT}`] },
      target: { inherit: 'children' },
    });
    const child = of(hits, 'child_writer');
    expect(child.map(({ newValue }) => newValue)).toEqual(Array.from({ length: COUNT }, (_, i) => `${4_000_000 + i + 1}`));
    expect(new Set(child.map(({ pid }) => pid)).size).toBe(1);
    // Its copy began with the last value of the parent, which the child itself did not write.
    expect(['3000100', null]).toContain(child[0]?.oldValue);
    expect(child.slice(1).map(({ oldValue }) => oldValue)).toEqual(child.slice(0, -1).map(({ newValue }) => newValue));
    // What the parent does afterwards follows from the parent's own last value.
    const kernel = hits.find((hit) => hit.kernel);
    expect(['3000100', undefined]).toContain(kernel?.oldValue);
    expect(summary).toMatchObject({ lost: 0, unseen_changes: 0, threads: 5 });
    expect(summary.not_covered).not.toContain('children');
  });

  test('is seen by one thread only where only that is watched', async () => {
    const { hits, summary } = await observe('threads-fork-read', ['shared'], { target: { inherit: 'none' } });
    expect([...byFunction(hits.filter(({ kernel }) => !kernel)).keys()].sort()).toEqual(['early_a', 'early_b']);
    expect(summary.not_covered).toEqual(expect.arrayContaining(['new-threads', 'children']));
    expect(summary.threads).toBe(3);
  });

  test('names its threads', async () => {
    const { hits } = await observe('threads-fork-read', ['shared'], { target: { inherit: 'children' } });
    expect(new Set(hits.map(({ comm }) => comm))).toEqual(new Set(['threads-fork-re']));
  });
});

describeWith(['perf', 'gcc', 'privileged'], 'what the kernel writes', () => {
  test('is one hit for each read(2), with its value or null', async () => {
    const { hits } = await observe('threads-fork-read', ['shared'], { fixture: { args: ['--count', '1', '--reads', '10'] } });
    const kernel = hits.filter((hit) => hit.kernel);
    expect(kernel).toHaveLength(10);
    for (const [i, hit] of kernel.entries()) {
      expect([`${5_000_001 + i}`, null]).toContain(hit.newValue);
      expect([i === 0 ? '3000001' : `${5_000_000 + i}`, null]).toContain(hit.oldValue);
      expect(hit.place.module).toBe('[kernel]');
    }
    expect(kernel[0]?.oldValue).toBe('3000001');
  });
});

describeWith(['perf', 'gcc'], 'threads that keep making threads', () => {
  test('are all seen, each write once, and leave nothing behind in the book of threads', async () => {
    const { hits, summary } = await observe('thread-churn', ['counter'], { fixture: { args: ['--after', '2000'] } });
    const after = hitsIn(hits).filter(({ newValue }) => newValue !== '1');
    expect(after.map(({ newValue }) => Number(newValue)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 2000 }, (_, i) => 1_000_000 + i),
    );
    expect(summary).toMatchObject({ lost: 0, unseen_changes: 0 });
    expect(summary.threads).toBeGreaterThan(300);
  });
});
