// Threads that hit one variable on two CPUs at full speed: each shows its own values, and nothing that would depend on who was first.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { observe } from './observed.js';

const WRITES = 30_000;
const PER_THREAD = 1_000_000_000n;

describeWith(['perf', 'gcc', 'two-cpus'], 'threads on one variable', () => {
  test.each([2, 4])('%i of them: every write once, with the value of its writer', async (threads) => {
    const { hits, summary } = await observe('hot-threads', ['shared'], {
      fixture: { args: ['--shared', '--threads', `${threads}`, '--writes', `${WRITES}`] },
    });
    expect(summary).toMatchObject({ hits: threads * WRITES, lost: 0, unseen_changes: 0 });
    const next = new Map<number, bigint>();
    for (const { tid, newBytes, valueSource } of hits) {
      expect(valueSource).toBe('registers');
      const value = new DataView(newBytes?.buffer ?? new ArrayBuffer(8), newBytes?.byteOffset ?? 0).getBigInt64(0, true);
      const expected = next.get(tid);
      // The first value of a thread tells its number; then they count up, in the order in which it wrote them.
      if (expected === undefined) expect(value % PER_THREAD).toBe(0n);
      else if (value !== expected) expect.unreachable(`thread ${tid} wrote ${value}, not ${expected}`);
      next.set(tid, value + 1n);
    }
    expect([...next.values()].sort()).toEqual(Array.from({ length: threads }, (_, n) => BigInt(n) * PER_THREAD + BigInt(WRITES)).sort());
  });

  test('an old value, where one is shown, is what a thread wrote just before', async () => {
    const { hits } = await observe('hot-threads', ['shared'], { fixture: { args: ['--shared', '--writes', `${WRITES}`] } });
    for (const [i, hit] of hits.entries()) {
      if (hit.oldValue === null || i === 0) continue;
      expect(hits[i - 1]?.newValue).toBe(hit.oldValue);
    }
  });

  test('threads on variables of their own lose nothing', async () => {
    const { hits, summary } = await observe('hot-threads', ['own[0].value', 'own[1].value'], {
      fixture: { args: ['--writes', `${WRITES}`] },
    });
    expect(summary).toMatchObject({ hits: 2 * WRITES, lost: 0, unseen_changes: 0 });
    for (const name of ['own[0].value', 'own[1].value']) {
      const mine = hits.filter(({ watch }) => watch.expression === name);
      expect(mine.map(({ newValue }) => newValue)).toEqual(Array.from({ length: WRITES }, (_, i) => `${i}`));
      expect(mine.slice(1).map(({ oldValue }) => oldValue)).toEqual(Array.from({ length: WRITES - 1 }, (_, i) => `${i}`));
    }
  });
});
