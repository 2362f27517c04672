// The design's own kernel against S0 and what is known of hwbkpt (requirements 2.1 and 5; where sources disagree, DESIGN.md section 5 chooses).
import { describe, expect, test } from 'vitest';
import { A, at, B, C, D, E, EXIT, KERNEL_A, KERNEL_CODE, kernelWrite, NOP, Stage, store, trap, work } from '../../../test/machine/stage.js';
import { PRIORITY } from '../../facility/request.js';
import { type HwBreakpoint, registerKernel, registerUser, statusOf, unregister } from '../../interfaces/hwbkpt/index.js';
import { watchThread } from '../../interfaces/utrace/index.js';
import type { Instruction } from '../program.js';
import { HWBKPT } from './hwbkpt.js';

const WATCH = { length: 8, access: 'write' } as const;
const BOTH = work(kernelWrite(A), kernelWrite(B));

function breakpoint(id: number, change: Partial<HwBreakpoint> = {}): HwBreakpoint {
  const usual = { priority: PRIORITY.normal, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
  return { id, address: KERNEL_A, length: 8, access: 'write', ...usual, ...change };
}

function stopped(...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(HWBKPT, [...code, EXIT], { cpus: 2 });
  return { stage, tid: stage.traced() };
}

describe('S0: one facility', () => {
  test('R-101: kernel and user breakpoints, data and instruction, side by side', () => {
    const { stage, tid } = stopped(work(kernelWrite(KERNEL_A), { act: 'run', at: KERNEL_CODE }), store(A), NOP);
    registerKernel(stage.host, breakpoint(1));
    registerKernel(stage.host, breakpoint(2, { address: KERNEL_CODE, length: 1, access: 'execute' }));
    registerUser(stage.host, tid, breakpoint(3, { address: A }));
    registerUser(stage.host, tid, breakpoint(4, { address: at(2), length: 1, access: 'execute' }));
    expect(stage.go(tid)).toBeNull();
    expect(stage.events('triggered').map(({ told: { id } }) => id)).toEqual([1, 2, 3, 4]);
  });

  test('R-102: DR6 and DR7 are translated both ways: the tracer finds what it wrote, wherever it sits', () => {
    const { stage, tid } = stopped(store(A), store(B));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setSlot(tid, 2, { address: B, length: 4, access: 'readwrite' });
    const written = stage.tracer.peek(tid, 7);
    registerKernel(stage.host, breakpoint(1, { priority: PRIORITY.high }));
    expect(stage.tracer.peek(tid, 7)).toEqual(written);
    stage.go(tid);
    expect(stage.events('exception').map(({ reasons }) => reasons)).toEqual([8]);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 1n });
    stage.go(tid);
    expect(stage.events('exception').map(({ reasons }) => reasons)).toEqual([4]);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 4n });
  });

  test('R-104, R-354: ptrace is told at once that there is no register, and its old ones are as they were', () => {
    const { stage, tid } = stopped();
    for (const id of [1, 2, 3]) registerKernel(stage.host, breakpoint(id, { address: KERNEL_A - 8 * id, priority: PRIORITY.high }));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    const before = stage.tracer.peek(tid, 7);
    stage.tracer.poke(tid, 1, BigInt(B));
    expect(stage.tracer.poke(tid, 7, 0x990005n)).toEqual({ ok: false, errno: 'ENOSPC' });
    expect(stage.tracer.peek(tid, 7)).toEqual(before);
    // It is installed without callbacks: nobody evicts it. One of the kernel's own has to go.
    expect(registerKernel(stage.host, breakpoint(4, { priority: 255 }))).toEqual({ ok: true, value: 1 });
    expect([1, 2, 3, 4].map((id) => statusOf(stage.host, id))).toEqual([2, 2, 1, 2]);
  });

  test('R-105, R-304: hits gather in DR6 until they are reported, then begin afresh', () => {
    const { stage, tid } = stopped(BOTH, store(B));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setSlot(tid, 1, { address: B, ...WATCH });
    stage.go(tid);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 3n });
    stage.go(tid);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 2n });
  });

  test('R-105: a stop for something else in the middle of a system call is no report', () => {
    const { stage, tid } = stopped(BOTH);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setSlot(tid, 1, { address: B, ...WATCH });
    stage.tracer.continue(tid);
    stage.machine.step(0);
    stage.machine.step(0);
    stage.host.tracing.interrupt(tid);
    stage.go(tid);
    expect(stage.thread(tid).trace.stop).toMatchObject(trap('TRAP_BRKPT'));
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 3n });
  });

  test('R-105: what a kernel user consumes does not reach the thread', () => {
    const { stage, tid } = stopped(store(A), store(A));
    watchThread(stage.host, tid, { id: 1, address: A, length: 8, access: 'write', inherit: 'none', answer: 'consumed' });
    expect(stage.go(tid)).toBeNull();
    expect(stage.events('triggered')).toHaveLength(2);
  });

  test('R-106, R-107: data breakpoints are never switched off, in the kernel or for a signal', () => {
    const { stage, tid } = stopped(BOTH);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.continue(tid);
    stage.machine.step(0);
    stage.machine.step(0);
    expect(stage.events('exception')).toHaveLength(1);
    expect(stage.cpu().dr7 & 0xff).toBe(0x80);
  });

  test('R-107: no instruction breakpoint of a thread’s can be in the kernel', () => {
    const { stage, tid } = stopped(work({ act: 'run', at: KERNEL_CODE }));
    expect(stage.tracer.poke(tid, 0, BigInt.asUintN(64, BigInt(KERNEL_CODE)))).toEqual({ ok: false, errno: 'EIO' });
    expect(registerUser(stage.host, tid, breakpoint(1, { address: KERNEL_CODE, length: 1, access: 'execute' })).ok).toBe(false);
  });

  test('R-108: the exception only records; the signal comes on the way back to user mode, and swallowing it costs no hit', () => {
    const { stage, tid } = stopped(work(kernelWrite(A), { act: 'idle' }), store(A));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.host.swallow(tid, 'SIGTRAP', true);
    stage.tracer.continue(tid);
    stage.machine.step(0);
    stage.machine.step(0);
    const early = stage.events('signal').map(({ how }) => how);
    expect(early).toEqual(['owed']);
    stage.run();
    expect(stage.events('signal').map(({ how }) => how)).toEqual(['swallowed', 'owed', 'swallowed']);
  });

  test('R-109: SIGTRAP does not queue', () => {
    const { stage, tid } = stopped(BOTH);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setSlot(tid, 1, { address: B, ...WATCH });
    stage.go(tid);
    expect(stage.events('signal').map(({ how }) => how)).toEqual(['owed', 'merged']);
    const info = stage.tracer.signalInfo(tid);
    expect(info).toMatchObject({ ok: true, value: { signal: 'SIGTRAP', code: 'TRAP_BRKPT' } });
    expect(stage.go(tid)).toBeNull();
  });

  test('R-110: a ptrace stop switches away and back, and that loads DR7', () => {
    const { stage, tid } = stopped(store(A), NOP);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.go(tid);
    expect(stage.cpu().dr7).toBe(0x400);
    stage.tracer.continue(tid);
    expect(stage.cpu().dr7 & 0xff).toBe(0x80);
  });

  test('R-303, R-307, R-364: a kprobe’s step is eaten and its hit is not, for the breakpoint layer comes first', () => {
    const { stage, tid } = stopped(
      work({ act: 'kprobe', at: KERNEL_CODE, data: A, length: 8 }, { act: 'kprobe', at: KERNEL_CODE, data: 0, length: 0 }),
    );
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.go(tid)).toMatchObject(trap('TRAP_BRKPT'));
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 1n });
    expect(stage.go(tid)).toBeNull();
  });
});

describe('priorities', () => {
  test.each([
    { intent: 'may break what waits with less', priority: PRIORITY.high, status: [2, 1] },
    { intent: 'must not break ptrace', priority: PRIORITY.ptrace, status: [1, 2] },
    { intent: 'gets out of the way', priority: PRIORITY.normal, status: [1, 2] },
  ])('R-301, R-302: a kernel user that $intent', ({ priority, status }) => {
    const { stage, tid } = stopped();
    for (const [n, address] of [A, B, C].entries()) stage.tracer.setSlot(tid, n, { address, ...WATCH });
    registerUser(stage.host, tid, breakpoint(2, { address: D, priority: PRIORITY.ptrace }));
    registerKernel(stage.host, breakpoint(1, { priority }));
    expect([statusOf(stage.host, 1), statusOf(stage.host, 2)]).toEqual(status);
  });

  test('R-301: a thread’s own breakpoints have priorities too', () => {
    const { stage, tid } = stopped();
    for (const [n, address] of [A, B, C, D].entries()) registerUser(stage.host, tid, breakpoint(n, { address, priority: 10 * (n + 1) }));
    registerUser(stage.host, tid, breakpoint(9, { address: E, priority: 15 }));
    expect([0, 1, 2, 3, 9].map((id) => statusOf(stage.host, id))).toEqual([1, 2, 2, 2, 2]);
  });

  test('R-340: of equals the oldest stays', () => {
    const { stage } = stopped();
    for (const id of [1, 2, 3, 4, 5]) registerKernel(stage.host, breakpoint(id, { address: KERNEL_A - 8 * id }));
    expect(statusOf(stage.host, 5)).toBe(1);
    unregister(stage.host, 2);
    expect([1, 3, 4, 5].map((id) => statusOf(stage.host, id))).toEqual([2, 2, 2, 2]);
  });

  test('R-341: the kernel competes with the greediest thread at each level', () => {
    const { stage, tid } = stopped();
    const other = stage.process();
    registerUser(stage.host, tid, breakpoint(1, { address: A, priority: 60 }));
    registerUser(stage.host, other, breakpoint(2, { address: A, priority: 30 }));
    registerUser(stage.host, other, breakpoint(3, { address: B, priority: 30 }));
    for (const id of [11, 12, 13]) registerKernel(stage.host, breakpoint(id, { address: KERNEL_A - 8 * id, priority: 40 }));
    // One level is held at 60, the second only at 30.
    expect([1, 2, 3, 11, 12, 13].map((id) => statusOf(stage.host, id))).toEqual([2, 2, 1, 2, 2, 2]);
    registerUser(stage.host, other, breakpoint(4, { address: C, priority: 50 }));
    registerUser(stage.host, other, breakpoint(5, { address: D, priority: 50 }));
    expect([2, 4, 5, 11, 12, 13].map((id) => statusOf(stage.host, id))).toEqual([1, 2, 2, 2, 2, 1]);
  });

  test('R-343: losers are told before any register changes, winners after', () => {
    const { stage, tid } = stopped(NOP);
    for (const [n, address] of [A, B, C, D].entries()) registerUser(stage.host, tid, breakpoint(n, { address }));
    stage.tracer.continue(tid);
    stage.machine.takeEvents();
    registerKernel(stage.host, breakpoint(9, { priority: PRIORITY.high }));
    const order = stage.machine
      .takeEvents()
      .flatMap((event) => (event.type === 'told' ? [`${event.request} ${event.what}`] : [event.type]));
    expect(order[0]).toBe('3 uninstalled');
    expect(order.at(-1)).toBe('9 installed');
    expect(order.slice(1, -1)).toEqual(['load', 'load', 'load']);
  });
});
