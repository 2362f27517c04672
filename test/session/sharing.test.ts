// Several clients of one live process: who holds a thread, whose watch stops it, and who takes whose register.
import { expect, test } from 'vitest';
import { attachShared, launchShared, STOP_ONLY_AT_HITS } from '../../src/session/debug/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { startFreeTarget } from '../helpers/free-target.js';
import { describeWith } from '../helpers/requirement.js';
import { HP, join, RIP, share } from './shared-fixture.js';

/** What damage() and heal() store, 50 times and 5 times. */
const VALUES = Array.from({ length: 50 }, (_, i) => (i % 10 === 9 ? [99 - (i % 10), 100] : [99 - (i % 10)])).flat();
describeWith(['perf', 'gcc'], 'two clients of one process', () => {
  test('one stops at each write and looks, the other logs them all', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using stopper = join(shared, 'stopper');
    await using logger = join(shared, 'logger', 'watches');
    const watch = await stopper.client.watch(HP, { stop: true });
    await logger.client.watch(HP);
    const { address, size } = watch.info;
    const seen: { readonly memory: number; readonly isAtHit: boolean }[] = [];
    stopper.onStop = async ({ pid, tid, cause }) => {
      const [hit] = cause.kind === 'hit' ? cause.hits : [];
      const registers = await stopper.client.registers(tid);
      const memory = await stopper.client.readMemory(pid, address, size);
      seen.push({
        memory: new Int32Array((memory ?? new Uint8Array(4)).buffer.slice(0))[0] ?? -1,
        isAtHit: registers[RIP] === hit?.hit.ip,
      });
      await stopper.client.resume([tid]);
    };
    target.go();
    await logger.event('closed');
    expect(stopper.stoppedAt).toEqual(VALUES);
    expect(logger.logged).toEqual(VALUES);
    expect(seen).toEqual(VALUES.map((memory) => ({ memory, isAtHit: true })));
    expect(await target.finishedWithin(5000)).toMatchObject({ status: 0, stdout: expect.stringContaining('damage 50\n') });
  });

  test('hold a thread: it runs only when both have let it go', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using first = join(shared, 'first');
    await using second = join(shared, 'second');
    await first.client.watch(HP, { stop: true, condition: 'new == 95' });
    await second.client.watch('state.tick');
    target.go();
    const { pid, tid } = await first.stopped(1);
    await second.client.stop([tid]);
    expect((await second.stopped(1)).cause).toEqual({ kind: 'interrupted' });
    const before = second.logged.length;
    await first.client.resume('all');
    expect(await first.client.threads()).toMatchObject([{ pid, tid, stop: null }]);
    expect(await second.client.threads()).toMatchObject([{ pid, tid, stop: { cause: { kind: 'interrupted' } } }]);
    const rip = (await second.client.registers(tid))[RIP];
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await second.client.registers(tid))[RIP]).toBe(rip);
    expect(second.logged).toHaveLength(before);
    await second.client.resume('all');
    first.onStop = () => void first.client.resume('all');
    await first.event('closed');
    expect(first.stops).toHaveLength(5);
    expect(second.logged).toHaveLength(50);
  });

  test('one leaves while it holds: the program goes on, and is let go of with the last', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    const first = join(shared, 'first');
    await using second = join(shared, 'second', 'watches');
    await first.client.watch(HP, { stop: true });
    await second.client.watch(HP);
    target.go();
    await first.stopped(1);
    await first.client[Symbol.asyncDispose]();
    await second.event('closed');
    expect(second.logged).toEqual(VALUES);
    expect(await target.finishedWithin(5000)).toMatchObject({ status: 0 });
  });

  test('a higher priority takes a register; the loser is told, and gets it back', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using low = join(shared, 'low', 'watches');
    await using high = join(shared, 'high');
    const watches = [];
    for (const index of [0, 1, 2, 3]) watches.push(await low.client.watch(`state.players[${index}].hp`, { priority: 20 }));
    const winner = await high.client.watch('state.tick', { priority: 90, stop: true });
    expect((await low.event('watch')).change).toBe('evicted');
    const slots = await high.client.slots();
    expect(slots.map(({ client, armed }) => `${client} ${armed}`).sort()).toEqual([
      'high true',
      'low false',
      'low true',
      'low true',
      'low true',
    ]);
    expect(watches.filter(({ isArmed }) => isArmed)).toHaveLength(3);
    target.go();
    await high.stopped(1);
    await winner.close();
    await low.told(2);
    expect(low.events[1]).toMatchObject({ type: 'watch', change: 'installed' });
    expect(watches.every(({ isArmed }) => isArmed)).toBe(true);
    await high.client.resume('all');
    await low.event('closed');
    expect(low.logged).toEqual(VALUES);
  });
});

describeWith(['perf', 'gcc'], 'who stops whole processes', () => {
  test('holds all threads at a hit of one, and they all run on with the others’ count intact', async () => {
    const { process, shared } = await share('steady-threads', ['--seconds', '1']);
    await using target = process;
    await using client = join(shared, 'all');
    await using single = join(shared, 'single');
    await client.client.setPolicy({ ...STOP_ONLY_AT_HITS, wholeProcess: true });
    target.go();
    // All four workers are there.
    await client.until(() => client.events.filter(({ type }) => type === 'thread').length === 4);
    await client.client.watch('shared', { stop: true });
    const { pid } = await client.stopped(5);
    const threads = await client.client.threads();
    expect(threads).toHaveLength(5);
    expect(threads.every(({ stop }) => stop !== null)).toBe(true);
    const memory = await client.client.readMemory(pid, BigInt(target.shown('shared').address), 8);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await client.client.readMemory(pid, BigInt(target.shown('shared').address), 8)).toEqual(memory);
    expect(single.stops).toEqual([]);
    await client.client[Symbol.asyncDispose]();
    await single.event('closed');
    expect((await target.finishedWithin(20_000)).stdout).toContain('total 10000');
  });
});

describeWith(['perf', 'gcc', 'root'], 'one system call that writes to two watched variables', () => {
  test('is one stop with both for who watches both, and with its own for who watches one', async () => {
    const { process, shared } = await share('signals-kept', ['--writes', '0']);
    await using target = process;
    await using both = join(shared, 'both');
    await using one = join(shared, 'one');
    await both.client.watch('left', { stop: true });
    await both.client.watch('right', { stop: true });
    await one.client.watch('right', { stop: true });
    target.go();
    await both.stopped(1);
    await one.stopped(1);
    expect(both.stoppedAt).toEqual(['43', '44']);
    expect(one.stoppedAt).toEqual(['44']);
    await both.client.resume('all');
    await one.client.resume('all');
    await both.event('closed');
    expect([both.stops, one.stops].map(({ length }) => length)).toEqual([1, 1]);
    expect(await target.finishedWithin(10_000)).toMatchObject({ status: 0 });
  });
});

describeWith(['perf', 'gcc'], 'a watch that stops and follows its name', () => {
  test('misses nothing: the thread that moves the pointer waits until the watch is armed where that leads', async () => {
    const { process, shared } = await share('moving-path', ['--pause', '0', '--rounds', '40', '--count', '3']);
    await using target = process;
    await using client = join(shared, 'client');
    await client.client.watch('queue.head->len', { stop: true, follow: true });
    client.onStop = ({ tid }) => void client.client.resume([tid]);
    target.go();
    await client.event('closed');
    expect(client.stoppedAt).toEqual(Array.from({ length: 120 }, (_, i) => String(i + 1)));
    expect(client.stops.every(({ cause }) => cause.kind === 'hit')).toBe(true);
  });

  test('misses nothing of a local variable, in each call from its first instruction on', async () => {
    const process = await startFreeTarget('frame-locals', {
      ...{ args: ['--pause', '0', '--calls', '20', '--count', '3'], build: { flags: ['-O0'] } },
    });
    const shared = await attachShared(process.tracee);
    await using target = process;
    await using client = join(shared, 'client');
    await client.client.watch('sum_up::total', { stop: true, everyCall: true });
    client.onStop = ({ tid }) => void client.client.resume([tid]);
    target.go();
    await client.event('closed');
    const calls = Array.from({ length: 20 }, (_, i) => [0, 1, 2, 3].map((at) => String((i + 1) * 1000 + at)));
    expect(client.stoppedAt).toEqual(calls.flat());
  });
});

describeWith(['perf', 'gcc'], 'a process that is traced already', () => {
  test('is refused, with who traces it', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using client = join(shared, 'client');
    await expect(attachShared(target.tracee)).rejects.toMatchObject({
      code: 'no-permission',
      hint: expect.stringContaining('This very program'),
    });
    expect(await client.client.threads()).toHaveLength(1);
  });
});

describeWith(['perf', 'gcc'], 'a launched program', () => {
  test('stands before its first instruction, and is seen from there to its end', async () => {
    const shared = await launchShared([await buildFixture('early-writes')]);
    await using client = join(shared, 'client');
    const { cause, tid } = await client.stopped(1);
    expect(['exec', 'interrupted']).toContain(cause.kind);
    await client.client.watch('shared', { stop: true });
    client.onStop = () => void client.client.resume([tid]);
    await client.client.resume([tid]);
    const { end } = await client.event('process-ended');
    expect(end).toEqual({ pid: tid, end: { kind: 'exited', status: 7 } });
    expect(client.stoppedAt).toHaveLength(115);
    expect([client.stoppedAt[0], client.stoppedAt.at(-1)]).toEqual(['1', '2005']);
    await client.event('closed');
    expect(shared.target.ending).toEqual(end.end);
  });
});
