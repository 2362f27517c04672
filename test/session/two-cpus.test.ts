// Threads that hit one variable on two CPUs at full speed: each shows its own values, and nothing that would depend on who was first.
import { expect, test } from 'vitest';
import { describeWith } from '../helpers/requirement.js';
import { type Observed, observe } from './observed.js';

const WRITES = 30_000;
const PER_THREAD = 1_000_000_000n;

/** Every write was a hit, or was counted as lost: at full speed on a busy machine the rings may overflow. */
function expectAll({ hits, summary }: Observed, writes: number): void {
  expect(hits.length).toBeLessThanOrEqual(writes);
  expect(hits.length + summary.lost).toBeGreaterThanOrEqual(writes);
  expect(summary).toMatchObject({ hits: hits.length, unseen_changes: 0 });
}

function value(bytes: Uint8Array | null): bigint | null {
  return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
}

describeWith(['perf', 'gcc', 'two-cpus'], 'threads on one variable', () => {
  test.each([2, 4])('%i of them: every write once, with the value of its writer', async (threads) => {
    const observed = await observe('hot-threads', ['shared'], {
      fixture: { args: ['--shared', '--threads', `${threads}`, '--writes', `${WRITES}`] },
    });
    expectAll(observed, threads * WRITES);
    const last = new Map<number, bigint>();
    for (const { tid, newBytes, valueSource } of observed.hits) {
      expect(valueSource).toBe('registers');
      const now = value(newBytes) ?? -1n;
      // A thread's values tell its number, and count up in the order in which it wrote them.
      const before = last.get(tid);
      const isNext = before === undefined || (now > before && now / PER_THREAD === before / PER_THREAD);
      if (!isNext) expect.unreachable(`thread ${tid} wrote ${now} after ${before}`);
      last.set(tid, now);
    }
    expect([...last.values()].map((now) => now / PER_THREAD).sort()).toEqual(Array.from({ length: threads }, (_, n) => BigInt(n)));
  });

  test('an old value, where one is shown, is what was written just before', async () => {
    const { hits } = await observe('hot-threads', ['shared'], { fixture: { args: ['--shared', '--writes', `${WRITES}`] } });
    for (const [i, hit] of hits.entries()) {
      if (hit.oldBytes !== null && i > 0) expect(value(hit.oldBytes)).toBe(value(hits[i - 1]?.newBytes ?? null));
    }
  });

  test('with a variable each, every value follows the one before', async () => {
    const observed = await observe('hot-threads', ['own[0].value', 'own[1].value'], { fixture: { args: ['--writes', `${WRITES}`] } });
    expectAll(observed, 2 * WRITES);
    for (const name of ['own[0].value', 'own[1].value']) {
      const mine = observed.hits.filter(({ watch }) => watch.expression === name);
      for (const [i, { oldBytes, newBytes }] of mine.entries()) {
        const [old, now] = [value(oldBytes), value(newBytes) ?? -1n];
        if (i === 0) continue;
        expect(now).toBeGreaterThan(value(mine[i - 1]?.newBytes ?? null) ?? -1n);
        if (observed.summary.lost === 0 || old !== null) expect(old).toBe(now - 1n);
      }
    }
  });
});
