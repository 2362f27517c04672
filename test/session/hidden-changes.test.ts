// Changes that no debug register sees: counted and told with what was expected and found, never invented, and values stay right around them.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attach, type Item, type Target as SessionTarget } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget, type Target } from '../helpers/target.js';
import { bytesOf } from './made-hits.js';
import { hitsIn, observe } from './observed.js';

type Unseen = Extract<Item, { kind: 'unseen-change' }>;

function unseenIn(items: readonly Item[]): [bigint | null, bigint | null][] {
  return items
    .filter((item): item is Unseen => item.kind === 'unseen-change')
    .map(({ expected, found }) => [value(expected), value(found)]);
}

function value(bytes: Uint8Array | null): bigint | null {
  return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
}

/** Writes 8 bytes at `offset` of a file of /proc: another way into the same memory. */
function writeBehind(path: string, offset: bigint, number: bigint): void {
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, bytesOf(number, 8), 0, 8, Number(offset));
  } finally {
    closeSync(fd);
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 10_000; waited += 5) await sleep(5);
}

/** A fixture that waits while `body` changes its memory in hidden ways; what was reported of it. */
async function whileWaiting(
  fixture: string,
  name: string,
  body: (process: Target, items: readonly Item[], target: SessionTarget) => Promise<void>,
): Promise<{ readonly items: readonly Item[]; readonly unseenChanges: number }> {
  await using process = await startTarget(fixture);
  const items: Item[] = [];
  await using target = await attach(process.pid, { onItems: (batch) => items.push(...batch) });
  await target.watch(name);
  await sleep(20);
  await body(process, items, target);
  await target.disarm();
  return { items, unseenChanges: target.summary().unseen_changes };
}

describeWith(['perf', 'gcc', 'ptrace'], 'a hidden change', () => {
  test('by /proc/PID/mem is told in a quiet time, and the next hit follows it', async () => {
    const { items, unseenChanges } = await whileWaiting('same-value', 'shared', async (process, seen) => {
      writeBehind(`/proc/${process.pid}/mem`, process.shown('shared').address, 77n);
      await until(() => seen.length === 1);
      writeBehind(`/proc/${process.pid}/mem`, process.shown('shared').address, 78n);
      await until(() => seen.length === 2);
      process.go();
      await process.finishedWithin(20_000);
      await until(() => seen.length > 2);
    });
    expect(unseenIn(items)).toEqual([
      [0n, 77n],
      [77n, 78n],
    ]);
    expect(unseenChanges).toBe(2);
    expect(hitsIn(items)[0]).toMatchObject({ oldValue: '78', newValue: '1' });
  });

  test('through another mapping of the page is told in a quiet time', async () => {
    const { items } = await whileWaiting('hidden-writes', 'window.value', async (process, seen) => {
      // The memfd that `window` is mapped from: 3 is the first descriptor after the standard ones.
      writeBehind(`/proc/${process.pid}/fd/3`, 0n, 5n);
      await until(() => seen.length === 1);
    });
    expect(unseenIn(items)).toEqual([[0n, 5n]]);
  });

  test('that is undone before anybody looks is not invented', async () => {
    const { items } = await whileWaiting('same-value', 'shared', async (process) => {
      for (const number of [5n, 0n]) writeBehind(`/proc/${process.pid}/mem`, process.shown('shared').address, number);
      await sleep(150);
    });
    expect(unseenIn(items).length % 2).toBe(0);
  });

  test('just before the end of a watch is told all the same', async () => {
    const { items, unseenChanges } = await whileWaiting('same-value', 'shared', async (process) => {
      writeBehind(`/proc/${process.pid}/mem`, process.shown('shared').address, 77n);
      // Long enough for a look, too short for that to be told before the end.
      await sleep(25);
    });
    expect(unseenIn(items)).toEqual([[0n, 77n]]);
    expect(unseenChanges).toBe(1);
  });

  test('is told by an instruction that finds it', async () => {
    const { items } = await whileWaiting('atomics', 'word', async (process, seen) => {
      process.go();
      await process.finishedWithin(20_000);
      await until(() => seen.length > 100);
    });
    // Nothing hidden happens there: every compare, exchange and sum agrees with the chain.
    expect(unseenIn(items)).toEqual([]);
  });
});

describeWith(['perf', 'gcc'], 'the fixture of hidden writes', () => {
  test('shows every visible write; what it found there is what was seen last, or what was hidden', async () => {
    const { hits, items, counts } = await observe('hidden-writes', ['window.value'], { fixture: { args: ['--rounds', '5'] } });
    expect(hits).toHaveLength(counts.get('visible_write') ?? -1);
    for (const [i, hit] of hits.entries()) {
      const round = BigInt(i + 1);
      expect(hit).toMatchObject({ newValue: `${10n * round + 1n}`, valueSource: 'registers' });
      const [visible, hidden] = i === 0 ? [0n, 0n] : [10n * (round - 1n) + 1n, 10n * (round - 1n) + 2n];
      expect([`${visible}`, `${hidden}`, null]).toContain(hit.oldValue);
    }
    for (const [expected, found] of unseenIn(items)) expect(found).toBe((expected ?? 0n) + 1n);
  });
});

describeWith(['perf', 'gcc', 'two-cpus'], 'no hidden change is invented', () => {
  test.each([
    ['one thread at full speed', 'hot', 'counter', ['--writes', '100000']],
    ['four threads at 10,000 writes a second', 'steady-threads', 'shared', ['--seconds', '1']],
    ['three threads at once', 'threads-fork-read', 'shared', ['--concurrent', '--count', '20000']],
  ])('by %s', async (_, fixture, name, args) => {
    const { summary } = await observe(fixture, [name], { fixture: { args } });
    expect(summary.hits).toBeGreaterThan(0);
    expect(summary.unseen_changes).toBe(0);
  });
});
