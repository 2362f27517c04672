// Several clients of one live process under the engine that stops: holds, looking, changing, signals, execs, priorities, ends.
import { expect, test } from 'vitest';
import { attachShared, type ClientRole, launchShared, type SharedTarget, STOP_ONLY_AT_HITS } from '../../src/session/debug/index.js';
import type { TargetOptions } from '../../src/session/options.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { type FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import { describeWith } from '../helpers/requirement.js';
import { Listener } from './listener.js';

const HP = 'state.players[2].hp';
/** What damage() and heal() store, 50 times and 5 times. */
const VALUES = Array.from({ length: 50 }, (_, i) => (i % 10 === 9 ? [99 - (i % 10), 100] : [99 - (i % 10)])).flat();
/** In the order of struct user_regs_struct. */
const RSI = 13;
const RIP = 16;

interface Shared {
  readonly process: FreeTarget;
  readonly shared: SharedTarget;
}

async function share(name: string, args: readonly string[] = [], options: TargetOptions = {}): Promise<Shared> {
  const process = await startFreeTarget(name, { args });
  return { process, shared: await attachShared(process.tracee, options) };
}

function join(shared: SharedTarget, name: string, role: ClientRole = 'controls'): Listener {
  return new Listener(shared.join({ name, role }));
}

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

describeWith(['perf', 'gcc'], 'a client that holds a thread', () => {
  test('changes what it will find in memory', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using client = join(shared, 'client');
    const watch = await client.client.watch(HP, { stop: true });
    target.go();
    const { pid } = await client.stopped(1);
    await client.client.writeMemory(pid, watch.info.address, Uint8Array.of(0xe8, 3, 0, 0));
    await client.client.resume('all');
    await client.stopped(2);
    expect(client.stoppedAt).toEqual([99, 999]);
  });

  test('changes its registers', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using client = join(shared, 'client');
    const entry = await client.client.watch('next_value', { access: 'execute', stop: true });
    await client.client.watch('state.head->next->value');
    target.go();
    const { tid } = await client.stopped(1);
    const registers = await client.client.registers(tid);
    expect(registers[RSI]).toBe(1n);
    registers[RSI] = 777n;
    await client.client.setRegisters(tid, registers);
    expect(await client.client.registers(tid)).toEqual(registers);
    expect((await client.client.extendedState(tid)).length).toBeGreaterThanOrEqual(576);
    await entry.close();
    await client.client.resume('all');
    await client.event('closed');
    expect(client.logged.slice(0, 2)).toEqual(['777', '2']);
  });

  test('decides on the signals that it asked for, and on no others', async () => {
    const { process, shared } = await share('signals-status', ['--writes', '1000', '--interval', '5']);
    await using target = process;
    await using client = join(shared, 'client');
    await using other = join(shared, 'other');
    await client.client.setPolicy({ ...STOP_ONLY_AT_HITS, signals: new Set([15]) });
    target.go();
    globalThis.process.kill(target.tracee, 'SIGTERM');
    const { tid, cause } = await client.stopped(1);
    expect(cause).toEqual({ kind: 'signal', signal: 15 });
    expect((await client.client.signalInfo(tid))?.[0]).toBe(15);
    await client.client.resume([tid], 0);
    await client.client.watch('shared', { stop: true });
    await client.stopped(2);
    await client.client.resume([tid], 2);
    await client.event('closed');
    expect(other.stops).toEqual([]);
    expect((await target.finishedWithin(5000)).stdout).toContain('got SIGINT');
  });

  test('is told of an exec, and that its watch has ended where the name means nothing any more', async () => {
    const next = await buildFixture('signals-status');
    const { process, shared } = await share('exec-other', ['--', next, '--writes', '3']);
    await using target = process;
    await using client = join(shared, 'client');
    await using other = join(shared, 'other', 'watches');
    await client.client.setPolicy({ ...STOP_ONLY_AT_HITS, execs: true });
    await client.client.watch('before_exec', { access: 'execute', stop: true });
    await other.client.watch('shared');
    target.go();
    await client.stopped(1);
    await client.client.resume('all');
    expect((await client.stopped(2)).cause).toEqual({ kind: 'exec' });
    await client.client.resume('all');
    await other.event('closed');
    expect(client.events.filter(({ type }) => type === 'watch')).toMatchObject([{ change: 'ended' }]);
    expect(other.logged).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '1', '2', '3']);
  });

  test('is told of forks and of the child, whose hits it stops at too', async () => {
    const { process, shared } = await share('threads-fork-read', ['--count', '2', '--reads', '1'], { inherit: 'children' });
    await using target = process;
    await using client = join(shared, 'client');
    await client.client.setPolicy({ ...STOP_ONLY_AT_HITS, forks: true });
    await client.client.watch('shared', { stop: true });
    client.onStop = ({ tid }) => void client.client.resume([tid]);
    target.go();
    await client.event('closed');
    const kinds = client.stops.map(({ pid, cause }) => `${pid === target.tracee ? 'parent' : 'child'} ${cause.kind}`);
    expect(kinds).toContain('parent fork');
    expect(kinds).toContain('child born');
    expect(kinds.filter((line) => line === 'child hit')).toHaveLength(2);
    expect(kinds.filter((line) => line === 'parent hit').length).toBeGreaterThanOrEqual(6);
    expect(client.events.filter((event) => event.type === 'process-ended')).toMatchObject([
      { end: { end: { kind: 'exited', status: 0 } } },
      { end: { pid: target.tracee, end: { kind: 'exited', status: 7 } } },
    ]);
    expect(await target.finishedWithin(5000)).toMatchObject({ status: 7 });
  });
});

describeWith(['perf', 'gcc'], 'a step', () => {
  test('executes one instruction', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using client = join(shared, 'client');
    const entry = await client.client.watch('damage', { access: 'execute', stop: true });
    target.go();
    const { tid } = await client.stopped(1);
    const before = await client.client.registers(tid);
    await client.client.step(tid);
    expect((await client.stopped(2)).cause).toEqual({ kind: 'step' });
    const after = await client.client.registers(tid);
    const start: bigint = entry.info.address;
    expect(before[RIP]).toBe(start);
    // No instruction is longer than 15 bytes, and the first one does not jump.
    expect((after[RIP] ?? 0n) - start).toBeGreaterThan(0n);
    expect((after[RIP] ?? 0n) - start).toBeLessThan(16n);
    expect(await client.client.threads()).toMatchObject([{ tid, stop: { cause: { kind: 'step' } } }]);
  });

  test('waits for those who hold the thread too, and is told to nobody else', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using stepper = join(shared, 'stepper');
    await using other = join(shared, 'other');
    await stepper.client.watch('damage', { access: 'execute', stop: true });
    target.go();
    const { tid } = await stepper.stopped(1);
    await other.client.stop([tid]);
    await other.stopped(1);
    await stepper.client.step(tid);
    const before = (await other.client.registers(tid))[RIP];
    expect(await stepper.client.threads()).toMatchObject([{ stop: null }]);
    await other.client.resume('all');
    expect((await stepper.stopped(2)).cause).toEqual({ kind: 'step' });
    expect((await stepper.client.registers(tid))[RIP]).not.toBe(before);
    expect(other.lines).toEqual([`${tid} interrupted`]);
  });

  test('onto the store that another client watches is over for the one, and a hit for the other', async () => {
    const { process, shared } = await share('struct-path');
    await using target = process;
    await using stepper = join(shared, 'stepper');
    await using watcher = join(shared, 'watcher');
    await stepper.client.watch('damage', { access: 'execute', stop: true });
    await watcher.client.watch(HP, { stop: true, condition: 'new == 99' });
    target.go();
    const { tid } = await stepper.stopped(1);
    stepper.onStop = () => {
      if (watcher.stops.length === 0) void stepper.client.step(tid);
    };
    await stepper.client.step(tid);
    await watcher.stopped(1);
    expect(watcher.stoppedAt).toEqual([99]);
    expect(stepper.lines.at(-1)).toBe(`${tid} step`);
    await stepper.client.resume('all');
    expect(await watcher.client.threads()).toMatchObject([{ tid, stop: { cause: { kind: 'hit' } } }]);
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
