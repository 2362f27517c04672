// What a client of a live process may do with a thread that it holds: memory, registers, signals, steps.
import { expect, test } from 'vitest';
import { STOP_ONLY_AT_HITS } from '../../src/session/debug/index.js';
import { buildFixture } from '../helpers/build-fixture.js';
import { describeWith } from '../helpers/requirement.js';
import { HP, join, RIP, share } from './shared-fixture.js';

/** In the order of struct user_regs_struct. */
const RSI = 13;
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
