// Watches with priorities: who has the registers, what is said when they change hands, and which hits each one gets.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attach, type Item } from '../../src/session/index.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';

const HP = [0, 1, 2, 3].map((at) => `state.players[${at}].hp`);

/** Events as `KIND EXPRESSION`. */
function eventsIn(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind !== 'hit' && 'watch' in item ? [`${item.kind} ${item.watch.expression}`] : []));
}

describeWith(['perf', 'gcc'], 'a watch with a priority', () => {
  test('makes room for a higher one, says so, and is back when there is room', async () => {
    await using process = await startTarget('struct-path');
    const items: Item[] = [];
    await using target = await attach(process.pid, { onItems: (batch) => items.push(...batch) });
    const low = await target.watch(HP[2] ?? '', { priority: 10 });
    for (const name of [HP[0], HP[1], HP[3]]) await target.watch(name ?? '', { priority: 20 });
    const high = await target.watch('state.tick', { priority: 90 });
    expect([low.isArmed, high.isArmed]).toEqual([false, true]);
    await high.close();
    expect(low.isArmed).toBe(true);
    process.go();
    await target.ended;
    expect(eventsIn(items)).toEqual([`evicted ${HP[2]}`, `installed ${HP[2]}`]);
    expect(low.hits).toBe(55);
    expect(target.summary()).toMatchObject({ hits: 55, lost: 0 });
    expect(target.summary().not_covered).toContain('no-register');
    expect(low.arming.notCovered).toContain('no-register');
  });

  test('waits where all registers are taken, and where nobody leaves gets nothing', async () => {
    await using process = await startTarget('struct-path');
    const items: Item[] = [];
    await using target = await attach(process.pid, { onItems: (batch) => items.push(...batch) });
    for (const name of HP) await target.watch(name);
    const fifth = await target.watch('state.tick', { priority: 255 });
    expect(fifth).toMatchObject({ isArmed: false, arming: { threads: 0, slots: 1 } });
    process.go();
    await target.ended;
    expect(eventsIn(items)).toEqual(['waiting state.tick']);
    expect(fifth.hits).toBe(0);
  });

  test('that makes room in the middle of it all has the hits from before and from after, and no others', async () => {
    await using process = await startTarget('signals-status', { args: ['--writes', '400', '--interval', '3'] });
    await using target = await attach(process.pid);
    const watch = await target.watch('shared', { priority: 10 });
    const names = ['shared:1', 'shared:2', 'shared:4'];
    process.go();
    while (watch.hits < 30) await sleep(2);
    // Each at the same address, but none of them the same breakpoint.
    const others = [];
    for (const name of names) others.push(await target.watch(name, { priority: 90 }));
    const [{ address }] = [watch.info];
    others.push(await target.watch(`0x${(address - 8n).toString(16)}:8`, { priority: 90 }));
    expect(watch.isArmed).toBe(false);
    await sleep(60);
    const evictedAt = watch.hits;
    await sleep(60);
    expect(watch.hits).toBe(evictedAt);
    for (const other of others) await other.close();
    expect(watch.isArmed).toBe(true);
    await target.ended;
    expect(watch.hits).toBeGreaterThan(evictedAt);
    expect(watch.hits).toBeLessThan(400);
    expect(target.summary().lost).toBe(0);
  });

  test('is not one of 256 or more', async () => {
    await using process = await startTarget('struct-path');
    await using target = await attach(process.pid);
    await expect(target.watch('state.tick', { priority: 256 })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describeWith(['perf', 'gcc'], 'two watches on one variable', () => {
  test('share a register, and each has the hits of its own time only', async () => {
    await using process = await startTarget('signals-status', { args: ['--writes', '300', '--interval', '3'] });
    await using target = await attach(process.pid);
    const first = await target.watch('shared');
    process.go();
    while (first.hits < 40) await sleep(2);
    const second = await target.watch('shared');
    // What three registers are free for is to be had still.
    for (const size of [1, 2, 4]) await target.watch(`shared:${size}`);
    while (second.hits < 40) await sleep(2);
    await first.close();
    await target.ended;
    expect(second.hits).toBeGreaterThan(100);
    expect(second.hits).toBeLessThanOrEqual(300 - 40);
    expect(first.hits).toBeLessThan(300);
    let hits = 0;
    let last: bigint | null = null;
    for await (const { newValue } of second) {
      hits++;
      if (last !== null) expect(BigInt(String(newValue))).toBe(last + 1n);
      last = BigInt(String(newValue));
    }
    expect({ hits, last }).toEqual({ hits: second.hits, last: 300n });
    expect(target.summary().lost).toBe(0);
  });
});
