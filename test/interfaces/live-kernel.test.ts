// A live kernel and its target: nothing is left behind, no hit is lost, and what happens to either of them meanwhile ends well.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PerfEvent } from '../../src/linux/perf-event.js';
import { HWBKPT, KERNELS, NETBSD } from '../../src/machine/kernels/index.js';
import { interfaces, type LiveEvent, type LiveKernel, openLiveKernel } from '../../src/session/interfaces/index.js';
import { countingWatch } from '../helpers/counting-watch.js';
import { type FreeTarget, startFreeTarget } from '../helpers/free-target.js';
import { describeWith } from '../helpers/requirement.js';

const TRACER = 7;
const { registerUser, statusOf } = interfaces.hwbkpt;
const { watchThread } = interfaces.utrace;

/** A counting breakpoint of somebody else's, on memory that nobody writes. */
function stranger(tid: number, address: bigint): PerfEvent {
  return PerfEvent.open(countingWatch(address, 8), { tid, cpu: -1 });
}

function eventsOf(kernel: LiveKernel): LiveEvent[] {
  const events: LiveEvent[] = [];
  kernel.onEvent((event) => events.push(event));
  return events;
}

/** Resolves when `kernel` tells of the end of the target. */
async function ending(kernel: LiveKernel): Promise<void> {
  await new Promise<void>((resolve) => kernel.onEvent(({ type }) => (type === 'ended' ? resolve() : undefined)));
}

function tracerOf(pid: number): string {
  return /^TracerPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
}

/** Stops the first thread for a tracer. */
async function stop(kernel: LiveKernel, target: FreeTarget): Promise<interfaces.HostTracer> {
  const tracer = new interfaces.HostTracer(kernel.host, TRACER);
  interfaces.HostTracer.demand(tracer.attach(target.tracee));
  expect(await kernel.stopped(target.tracee)).toMatchObject({ why: 'attach' });
  return tracer;
}

describeWith(['gcc', 'perf'], 'a live kernel', () => {
  test('S0, promise 1: every write of four threads is told to a client that logs, and the program ends as if nobody had looked', async () => {
    await using target = await startFreeTarget('steady-threads', { args: ['--seconds', '1'] });
    await using kernel = await openLiveKernel(target.tracee, { rules: HWBKPT });
    const tids = new Set<number>();
    let hits = 0;
    kernel.listen(1, {
      triggered: ({ tid, after }) => {
        hits += 1;
        tids.add(tid);
        expect(after).toHaveLength(8);
      },
    });
    const watch = { id: 1, address: Number(target.shown('shared').address), length: 8, access: 'write', inherit: 'threads' } as const;
    expect(watchThread(kernel.host, target.tracee, { ...watch, answer: 'consumed' })).toEqual({ ok: true, value: 1 });
    const end = ending(kernel);
    target.go();
    await end;
    const { stdout, status } = await target.finishedWithin(30_000);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^total 10000$/m);
    expect(hits).toBe(10_000);
    expect(tids.size).toBe(4);
  });

  test('promise 1: what is disposed of leaves nothing behind, a thread that stands included', async () => {
    await using target = await startFreeTarget('signals-status', { args: ['--writes', '200', '--interval', '5'] });
    const pid = target.tracee;
    const { address } = target.shown('shared');
    {
      await using kernel = await openLiveKernel(pid, { rules: NETBSD });
      const tracer = await stop(kernel, target);
      for (const index of [0, 1, 2, 3]) tracer.setSlot(pid, index, { address: Number(address) + 8 * index, length: 4, access: 'write' });
      tracer.continue(pid);
      target.go();
      expect(await kernel.stopped(pid)).toMatchObject({ signal: 'SIGTRAP' });
      expect(() => stranger(pid, address)).toThrow(/ENOSPC/);
    }
    expect(tracerOf(pid)).toBe('0');
    const { status, stdout } = await target.finishedWithin(30_000);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tick 200$/m);
  });

  test('a thread that is killed while it stands is told of as gone, and steering it is no error', async () => {
    await using target = await startFreeTarget('hot');
    const pid = target.tracee;
    await using kernel = await openLiveKernel(pid, { rules: HWBKPT });
    const tracer = await stop(kernel, target);
    const events = eventsOf(kernel);
    const end = ending(kernel);
    process.kill(pid, 'SIGKILL');
    expect(tracer.step(pid).ok || tracer.continue(pid).ok).toBe(true);
    expect(await kernel.stopped(pid)).toBeNull();
    await end;
    expect(events).toContainEqual({ type: 'ended', end: { pid, end: { kind: 'killed', signal: 9 } } });
    expect(tracer.continue(pid)).toEqual({ ok: false, errno: 'ESRCH' });
  });

  test('hits of a thread that blocks every signal are told when it ends; it has not stopped for them', async () => {
    await using target = await startFreeTarget('blocked-signals');
    const pid = target.tracee;
    await using kernel = await openLiveKernel(pid, { rules: HWBKPT });
    const events = eventsOf(kernel);
    const usual = { length: 8, access: 'write', priority: 20, callbacks: true, triggered: 'passed', inherit: 'none' } as const;
    registerUser(kernel.host, pid, { ...usual, id: 1, address: Number(target.shown('shared').address) });
    const end = ending(kernel);
    target.go();
    await end;
    expect(events.filter(({ type }) => type === 'triggered')).toHaveLength(10);
    expect(await target.finishedWithin(30_000)).toMatchObject({ status: 0 });
  });

  test('R-104: a request waits for slots that strangers hold, one without callbacks is refused, and a word is loaded when there is room', async () => {
    await using target = await startFreeTarget('hot');
    const pid = target.tracee;
    const address = Number(target.shown('counter').address);
    const strangers = [1, 2, 3, 4].map((n) => stranger(pid, target.shown('counter').address + BigInt(64 * n)));
    const breakpoint = { address, length: 8, access: 'write', priority: 255, triggered: 'consumed', inherit: 'none' } as const;
    {
      await using kernel = await openLiveKernel(pid, { rules: HWBKPT });
      expect(registerUser(kernel.host, pid, { ...breakpoint, id: 1, callbacks: true })).toEqual({ ok: true, value: 0 });
      expect(registerUser(kernel.host, pid, { ...breakpoint, id: 2, callbacks: false })).toEqual({ ok: false, errno: 'ENOSPC' });
      strangers.pop()?.[Symbol.dispose]();
      kernel.pump();
      expect(statusOf(kernel.host, 1)).toBe(2);
    }
    await using kernel = await openLiveKernel(pid, { rules: NETBSD });
    const events = eventsOf(kernel);
    const tracer = await stop(kernel, target);
    for (const index of [0, 1]) tracer.setSlot(pid, index, { address: address + 8 * index, length: 8, access: 'write' });
    tracer.continue(pid);
    expect(events).toContainEqual({ type: 'not-loaded', tid: pid, index: 1, code: 'ENOSPC' });
    for (const one of strangers) one[Symbol.dispose]();
  });

  test('rules that real threads cannot follow are refused with the reason', async () => {
    await using target = await startFreeTarget('hot');
    for (const rules of [KERNELS.linux, KERNELS['linux-2.6.20']]) {
      await expect(openLiveKernel(target.tracee, { rules })).rejects.toMatchObject({
        code: 'bad-request',
        message: `the rules of ${rules.kernel} cannot be followed on real threads`,
        hint: expect.stringContaining('hwbkpt lab run'),
      });
    }
    expect(tracerOf(target.tracee)).toBe('0');
  });

  test('requests of the kernel’s are refused where it is not opened too', async () => {
    await using target = await startFreeTarget('hot');
    await using kernel = await openLiveKernel(target.tracee, { rules: HWBKPT });
    const usual = { length: 8, access: 'write', priority: 20, callbacks: false, triggered: 'consumed', inherit: 'none' } as const;
    expect(interfaces.hwbkpt.registerKernel(kernel.host, { ...usual, id: 1, address: -0x1000 })).toEqual({ ok: false, errno: 'EPERM' });
  });
});
