// Beginnings and ends: of watches, of readers, of targets, of processes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { attach, type Hit, launch, type Target, type Watch } from '../../src/session/index.js';
import { ManagedProcess } from '../helpers/managed-process.js';
import { describeWith } from '../helpers/requirement.js';
import { startTarget } from '../helpers/target.js';

async function all(watch: Watch): Promise<Hit[]> {
  const hits: Hit[] = [];
  for await (const hit of watch) hits.push(hit);
  return hits;
}

const SLOW = ['--writes', '500', '--interval', '2'];

describeWith(['perf', 'gcc'], 'a watch', () => {
  test('that is closed frees its registers at once and gets no more hits', async () => {
    await using process = await startTarget('struct-path', { args: ['--count', '2000'] });
    await using target = await attach(process.pid);
    // Four registers, over and over: each close gives back what it took.
    for (let round = 0; round < 5; round++) {
      const watches = await Promise.all([0, 1, 2, 3].map((i) => target.watch(`state.players[${i}].hp`)));
      await Promise.all(watches.map((watch) => watch.close()));
    }
    const watch = await target.watch('state.tick');
    process.go();
    expect(await all(watch)).toHaveLength(2000);
    expect(target.summary()).toMatchObject({ hits: 2000, lost: 0 });
  });

  test('that is closed has the hits from before, and its end', async () => {
    await using process = await startTarget('signals-status', { args: SLOW });
    await using target = await attach(process.pid);
    const [watch, other] = [await target.watch('shared'), await target.watch('shared')];
    process.go();
    while (watch.hits < 20) await sleep(5);
    await watch.close();
    await watch.close();
    const hits = await all(watch);
    expect(hits.map(({ newValue }) => newValue)).toEqual(hits.map((_, i) => `${i + 1}`));
    expect(hits.length).toBe(watch.hits);
    expect(watch.endedBecause).toBeNull();
    // The other one goes on as if nothing had been.
    const others = await all(other);
    expect(others.map(({ oldValue, newValue }) => [oldValue, newValue])).toEqual(
      Array.from({ length: 500 }, (_, i) => [`${i}`, `${i + 1}`]),
    );
  });

  test('ends with its block', async () => {
    await using process = await startTarget('signals-status', { args: SLOW });
    await using target = await attach(process.pid);
    process.go();
    let closed: Watch;
    {
      await using watch = await target.watch('shared');
      for await (const hit of watch) if (hit.kind === 'hit') break;
      closed = watch;
    }
    const { hits } = closed;
    await sleep(50);
    expect(closed.hits).toBe(hits);
    expect(await all(closed)).toHaveLength(hits - 1);
  });

  test('that a reader leaves goes on for the next one', async () => {
    await using process = await startTarget('same-value');
    await using target = await attach(process.pid);
    const watch = await target.watch('shared');
    process.go();
    const values: unknown[] = [];
    for (let reader = 0; reader < 3; reader++) {
      for await (const hit of watch) {
        values.push(hit.newValue);
        if (values.length % 6 === 0) break;
      }
    }
    for await (const hit of watch) values.push(hit.newValue);
    expect(values).toEqual(Array.from({ length: 5 }, () => ['1', '1', '1', '2', '2', '3']).flat());
  });

  test('whose reader is slow keeps 250,000 hits and counts the rest', async () => {
    await using process = await startTarget('hot', { args: ['--writes', '400000'] });
    await using target = await attach(process.pid);
    const watch = await target.watch('counter');
    const first = watch[Symbol.asyncIterator]();
    process.go();
    await target.ended;
    // What the rings could not take is lost on the way; what came is kept or counted.
    expect(watch.missed).toBe(watch.hits - 250_000);
    expect(target.summary().hits + target.summary().lost - watch.missed).toBeGreaterThanOrEqual(400_000);
    expect((await first.next()).value).toMatchObject({ newValue: '0' });
  }, 120_000);

  test('that could not be armed leaves nothing armed', async () => {
    await using process = await startTarget('struct-path');
    await using target = await attach(process.pid);
    await expect(target.watch('state.players')).rejects.toMatchObject({ code: 'range-too-long' });
    await expect(target.watch('nothing_like_it')).rejects.toMatchObject({ code: 'unknown-symbol' });
    await expect(target.watch('0x10:8')).rejects.toMatchObject({ code: 'not-mapped' });
    await expect(target.watch('state.tick', { as: 'u64' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(target.watch('state.tick', { stackDepth: 128 })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(target.watch('state.tick', { access: 'read' as 'write' })).rejects.toMatchObject({ code: 'bad-request' });
    const watches = await Promise.all([0, 1, 2, 3].map((i) => target.watch(`state.players[${i}].hp`)));
    expect(watches.map(({ arming }) => arming.slots)).toEqual([1, 1, 1, 1]);
  });
});

describeWith(['perf', 'gcc'], 'a target', () => {
  test('whose process ends resolves, ends its watches, and refuses others', async () => {
    await using process = await startTarget('same-value');
    await using target = await attach(process.pid);
    const watch = await target.watch('shared');
    process.go();
    await target.ended;
    expect(target.ending).toEqual({ kind: 'gone' });
    expect(await all(watch)).toHaveLength(30);
    await expect(target.watch('shared')).rejects.toMatchObject({ code: 'no-such-process' });
  });

  test('resolves without any watch', async () => {
    await using process = await startTarget('same-value');
    await using target = await attach(process.pid);
    process.go();
    await target.ended;
    expect(target.ending).toEqual({ kind: 'gone' });
  });

  test('goes on when all its watches were closed', async () => {
    await using process = await startTarget('same-value');
    await using target = await attach(process.pid);
    await (await target.watch('shared')).close();
    await sleep(120);
    const watch = await target.watch('shared');
    process.go();
    expect(await all(watch)).toHaveLength(30);
  });

  test('that is disarmed leaves the process running, and refuses others', async () => {
    await using process = await startTarget('signals-status', { args: ['--exit', '3'] });
    const target = await attach(process.pid);
    const watch = await target.watch('shared');
    await target.disarm();
    await target.disarm();
    expect(await all(watch)).toEqual([]);
    await expect(target.watch('shared')).rejects.toMatchObject({ code: 'target-closed' });
    await target[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    process.go();
    expect(await process.finishedWithin(20_000)).toMatchObject({ status: 3, stdout: expect.stringContaining('tick 10') });
  });

  test('can be disarmed by what receives the hits', async () => {
    await using process = await startTarget('signals-status', { args: SLOW });
    let seen = 0;
    let disarmed: Promise<void> | null = null;
    await using target: Target = await attach(process.pid, {
      onItems: (items) => {
        seen += items.length;
        if (seen >= 10) disarmed ??= target.disarm();
      },
    });
    await target.watch('shared');
    process.go();
    await target.ended;
    await disarmed;
    expect(seen).toBe(target.summary().hits);
    expect(process.running).toBe(true);
  });

  test('whose receiver throws is disarmed, and says why', async () => {
    await using process = await startTarget('signals-status', { args: SLOW });
    await using target = await attach(process.pid, {
      onItems: () => {
        throw new Error('the receiver is broken');
      },
    });
    await target.watch('shared');
    process.go();
    await expect(target.ended).rejects.toThrow('the receiver is broken');
    expect(process.running).toBe(true);
  });

  test('may be one of two on one process', async () => {
    await using process = await startTarget('same-value');
    await using one = await attach(process.pid);
    await using two = await attach(process.pid);
    const watches = [await one.watch('shared'), await two.watch('shared')];
    process.go();
    expect((await Promise.all(watches.map(all))).map((hits) => hits.length)).toEqual([30, 30]);
  });

  test('has no register left where another has them all', async () => {
    await using process = await startTarget('struct-path');
    await using one = await attach(process.pid);
    for (const i of [0, 1, 2, 3]) await one.watch(`state.players[${i}].hp`);
    await using two = await attach(process.pid);
    await expect(two.watch('state.tick')).rejects.toMatchObject({
      code: 'no-slot',
      hint: expect.stringMatching(/Likely holders|other targets of this very program/),
    });
    await one[Symbol.asyncDispose]();
    await two.watch('state.tick');
  });
});

const LEADER_LEAVES = `
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
volatile long shared __attribute__((aligned(8)));
static void *work(void *unused) {
  for (long i = 1; i <= 100; i++) { shared = i; usleep(5000); }
  puts("done");
  fflush(stdout);
  return unused;
}
int main(void) {
  pthread_t thread;
  char byte;
  puts("ready");
  fflush(stdout);
  if (read(0, &byte, 1) < 0) return 1;
  pthread_create(&thread, NULL, work, NULL);
  pthread_exit(NULL);
}
`;

describeWith(['perf', 'gcc'], 'a process whose first thread ends', () => {
  test('is watched to the end of the others', async () => {
    const folder = mkdtempSync(`${tmpdir()}/hwbkpt-leader-`);
    try {
      writeFileSync(`${folder}/leader.c`, LEADER_LEAVES);
      execFileSync('gcc', ['-g', '-O1', '-pthread', `${folder}/leader.c`, '-o', `${folder}/leader`]);
      await using process = new ManagedProcess(`${folder}/leader`, [], { stdin: 'pipe' });
      await process.waitForLine(/ready/);
      await using target = await attach(process.pid);
      const watch = await target.watch('shared');
      process.send('\n');
      const hits = await all(watch);
      expect(hits.map(({ newValue }) => newValue)).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 1}`));
      expect(hits.every(({ place }) => place.function === 'work')).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what is no process', () => {
  test('cannot be attached to', async () => {
    const child = new ManagedProcess('true', []);
    await child.finished;
    await expect(attach(child.pid)).rejects.toMatchObject({ code: 'no-such-process', pid: child.pid });
  });

  test('cannot be launched', async () => {
    await expect(launch([])).rejects.toMatchObject({ code: 'bad-request' });
    await expect(launch(['surely-not-a-command'])).rejects.toMatchObject({ code: 'cannot-launch' });
    await expect(launch(['/'])).rejects.toMatchObject({ code: 'cannot-launch' });
    await expect(launch(['true'], { engine: 'steam' })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describeWith(['perf', 'gcc'], 'a process that ends while it is being watched', () => {
  test('is refused with a clear word or watched to its end, whenever that is', async () => {
    for (let round = 0; round < 10; round++) {
      await using process = await startTarget('same-value');
      process.go();
      await sleep(round % 5);
      try {
        await using target = await attach(process.pid);
        const watch = await target.watch('shared');
        expect((await all(watch)).length).toBeLessThanOrEqual(30);
      } catch (error) {
        expect(error).toMatchObject({ code: 'no-such-process' });
      }
    }
  });

  test('by a signal leaves the hits before it', async () => {
    await using process = await startTarget('signals-status', { args: SLOW });
    await using target = await attach(process.pid);
    const watch = await target.watch('shared');
    process.go();
    const values: unknown[] = [];
    for await (const hit of watch) {
      values.push(hit.newValue);
      if (values.length === 10) process.signal('SIGKILL');
    }
    expect(values).toEqual(values.map((_, i) => `${i + 1}`));
    expect(target.summary()).toMatchObject({ lost: 0, unseen_changes: 0 });
  });
});
