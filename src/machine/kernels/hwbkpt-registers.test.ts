// The design's own kernel: where breakpoints sit, what ptrace sees of them, and what becomes of them (requirements 5.3 to 5.5).
import { describe, expect, test } from 'vitest';
import { A, at, B, C, D, EXIT, KERNEL_A, KERNEL_B, load, NOP, raise, Stage, store, trap } from '../../../test/machine/stage.js';
import { PRIORITY } from '../../facility/request.js';
import { type HwBreakpoint, registerKernel, registerUser, statusOf, unregister } from '../../interfaces/hwbkpt/index.js';
import { setRf } from '../../interfaces/linux-ptrace/control.js';
import { watchThread } from '../../interfaces/utrace/index.js';
import type { Instruction } from '../program.js';
import { HWBKPT } from './hwbkpt.js';

const WATCH = { length: 8, access: 'write' } as const;
const HANDLER: Instruction = { op: 'syscall', call: { name: 'sigaction', signal: 'SIGTRAP', action: 'handler', handler: at(4) } };

function breakpoint(id: number, change: Partial<HwBreakpoint> = {}): HwBreakpoint {
  const usual = { priority: PRIORITY.normal, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
  return { id, address: KERNEL_A, length: 8, access: 'write', ...usual, ...change };
}

function stopped(...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(HWBKPT, [...code, EXIT], { cpus: 2 });
  return { stage, tid: stage.traced() };
}

function told(stage: Stage): string[] {
  return stage.events('told').map(({ request, what }) => `${request} ${what}`);
}

describe('placement and switching', () => {
  test('R-344, R-348: the kernel’s from DR0 up, the thread’s from DR3 down, all by G bits and GE', () => {
    const { stage, tid } = stopped(NOP);
    registerKernel(stage.host, breakpoint(1));
    registerKernel(stage.host, breakpoint(2, { address: KERNEL_B }));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setSlot(tid, 1, { address: B, ...WATCH });
    stage.tracer.continue(tid);
    expect(stage.cpu().dr).toEqual([0xffff_f000, 0xffff_ffff, 0xffff_f008, 0xffff_ffff, B, 0, A, 0]);
    expect(stage.cpu().dr7 & 0x2ff).toBe(0x2aa);
  });

  test('R-345, R-346: a thread that is away is placed anew when it comes; virtual DR6 is there without any of its own', () => {
    const { stage, tid } = stopped(NOP);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 0n });
    registerUser(stage.host, tid, breakpoint(1, { address: A }));
    stage.machine.takeEvents();
    for (const id of [2, 3, 4, 5]) registerKernel(stage.host, breakpoint(id, { address: KERNEL_A - 8 * id, priority: PRIORITY.high }));
    expect(told(stage)).toContain('1 uninstalled');
    stage.tracer.continue(tid);
    expect(stage.cpu().dr7 & 0xff).toBe(0xaa);
    expect(stage.cpu().dr.slice(6)).not.toEqual([A, 0]);
    unregister(stage.host, 5);
    expect(stage.cpu().dr.slice(6)).toEqual([A, 0]);
  });

  test('R-309, R-347, R-362: a kernel breakpoint is there whoever runs, a thread’s only while it does; whose they are is recorded', () => {
    const { stage, tid } = stopped(NOP);
    registerKernel(stage.host, breakpoint(1));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.continue(tid);
    expect(stage.machine.state.half.loaded).toEqual([tid, -1]);
    expect([stage.cpu(0).dr7 & 0xff, stage.cpu(1).dr7 & 0xff]).toEqual([0x82, 2]);
    // Not lazy, as hwbkpt was by memory: what is not the next thread's is gone at the switch.
    stage.machine.switch(0, stage.process());
    expect(stage.cpu(0).dr7 & 0xff).toBe(2);
  });

  test('R-309: an access to any byte of the range hits', () => {
    const { stage, tid } = stopped(store(B + 7, 1), load(B), store(B - 3, 4), store(B - 1, 1), store(C, 1));
    registerUser(stage.host, tid, breakpoint(1, { address: B }));
    stage.go(tid);
    expect(stage.events('exception').map(({ pc }) => pc)).toEqual([at(1), at(3)]);
  });
});

describe('ptrace (5.4)', () => {
  test('R-350: what is not there reads 0', () => {
    const { stage, tid } = stopped();
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((index) => stage.tracer.peek(tid, index))).toEqual(new Array(8).fill({ ok: true, value: 0n }));
  });

  test('R-351: DR4 and DR5 are EIO; DR6 is stored; an address moves the breakpoint, or is refused and changes nothing', () => {
    const { stage, tid } = stopped(store(A), store(B));
    const eio = { ok: false, errno: 'EIO' };
    expect([stage.tracer.poke(tid, 4, 0n), stage.tracer.poke(tid, 5, 0n)]).toEqual([eio, eio]);
    stage.tracer.poke(tid, 6, 0xffff_ffff_ffff_ffffn);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 0xffff_ffff_ffff_ffffn });
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.tracer.poke(tid, 0, BigInt(B + 4))).toEqual(eio);
    expect(stage.tracer.peek(tid, 0)).toEqual({ ok: true, value: BigInt(A) });
    expect(stage.tracer.poke(tid, 0, BigInt(B)).ok).toBe(true);
    stage.tracer.poke(tid, 6, 0n);
    expect(stage.go(tid)).toMatchObject({ address: at(2) });
  });

  test('R-352: bad fields in a slot that is off do no harm; an error puts all four back', () => {
    const { stage, tid } = stopped(store(A), store(B));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.tracer.poke(tid, 7, 0x2029_0001n).ok).toBe(true);
    const before = stage.tracer.peek(tid, 7);
    // DR0 off, DR1 as an I/O breakpoint.
    expect(stage.tracer.poke(tid, 7, 0x20_0004n)).toEqual({ ok: false, errno: 'EIO' });
    expect(stage.tracer.peek(tid, 7)).toEqual(before);
    expect(stage.go(tid)).toMatchObject({ address: at(1) });
    expect(stage.tracer.poke(tid, 7, 0x9_fc01n).ok).toBe(true);
    expect(stage.tracer.peek(tid, 7)).toEqual({ ok: true, value: 0x9_fc01n });
  });

  test('R-353: a hit sets the virtual bit, whatever the physical one is', () => {
    const { stage, tid } = stopped(store(A));
    stage.tracer.setSlot(tid, 1, { address: A, ...WATCH });
    stage.go(tid);
    expect(stage.events('exception')).toMatchObject([{ reasons: 8 }]);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 2n });
  });

  test('R-307, R-365: BS stays until the tracer clears it, beside the hits, and one exception may carry both', () => {
    const { stage, tid } = stopped(store(A), store(A), store(A));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    const dr6 = (): unknown => stage.tracer.peek(tid, 6);
    stage.step(tid);
    expect(dr6()).toEqual({ ok: true, value: 0x4001n });
    stage.go(tid);
    expect(dr6()).toEqual({ ok: true, value: 0x4001n });
    stage.tracer.poke(tid, 6, 0n);
    stage.go(tid);
    expect(dr6()).toEqual({ ok: true, value: 1n });
  });

  test('R-305: a handler starts without RF, and its frame keeps it', () => {
    const { stage, tid } = stopped(HANDLER, NOP, NOP, EXIT, { op: 'syscall', call: { name: 'sigreturn' } });
    stage.tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' });
    stage.tracer.setSlot(tid, 1, { address: at(4), length: 1, access: 'execute' });
    stage.tracer.detach(tid);
    stage.machine.step(0);
    stage.machine.step(0);
    stage.machine.step(0);
    expect(stage.thread(tid).context).toMatchObject({ pc: at(4), rf: false });
    expect(stage.thread(tid).signals.frames).toMatchObject([{ context: { pc: at(1), rf: true } }]);
  });

  test('R-328: a tracer that clears RF meets the breakpoint again', () => {
    const { stage, tid } = stopped(NOP, NOP);
    stage.tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' });
    stage.go(tid);
    setRf(stage.host, { tracer: 100, tid }, false);
    expect(stage.go(tid)).toMatchObject({ address: at(1) });
    expect(stage.go(tid)).toBeNull();
  });
});

describe('fork, exec, exit and the handler (5.5)', () => {
  test.each(['fork', 'vfork', 'clone'] as const)('R-121, R-360: a child by %s has none, and reads zeros', (name) => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name, child: at(2) } }, NOP, store(A), raise());
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setOptions(tid, [name]);
    stage.go(tid);
    expect([0, 6, 7].map((index) => stage.tracer.peek(tid + 1, index))).toEqual(new Array(3).fill({ ok: true, value: 0n }));
    expect(stage.go(tid + 1)).toMatchObject({ signal: 'SIGSTOP' });
  });

  test.each([
    { how: 'exec', call: { name: 'exec', to: at(1) } },
    { how: 'exit', call: { name: 'exit', status: 0 } },
  ] as const)('R-361: $how drops all of the thread’s, tells those that were installed, and lets the kernel’s in', ({ call }) => {
    const { stage, tid } = stopped({ op: 'syscall', call });
    for (const [n, address] of [A, B, C, D].entries()) registerUser(stage.host, tid, breakpoint(n, { address }));
    registerKernel(stage.host, breakpoint(9, { priority: 10 }));
    stage.machine.takeEvents();
    stage.go(tid);
    expect(told(stage)).toEqual(['0 uninstalled', '1 uninstalled', '2 uninstalled', '3 uninstalled', '9 installed']);
    expect([0, 1, 2, 3].map((id) => statusOf(stage.host, id))).toEqual([0, 0, 0, 0]);
  });

  test('R-363: bits in order, kernel’s or the thread’s by register; what is consumed leaves, what is left is a signal', () => {
    const { stage, tid } = stopped(store(A));
    watchThread(stage.host, tid, { id: 1, address: A, length: 8, access: 'readwrite', inherit: 'none', answer: 'consumed' });
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.go(tid);
    expect(stage.events('exception')).toMatchObject([{ reasons: 0xc }]);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 1n });
  });

  test('R-363: an exception that shows nothing of ours is left to others', () => {
    const { stage, tid } = stopped({ op: 'icebp' }, NOP);
    registerUser(stage.host, tid, breakpoint(1, { address: A }));
    expect(stage.go(tid)).toMatchObject(trap('TRAP_BRKPT'));
    expect(stage.events('triggered')).toEqual([]);
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 0n });
  });

  test('R-365: DR6 is reset at once, and in vm86 mode there is no signal', () => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name: 'vm86' } }, store(A), store(A));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.continue(tid);
    for (let steps = 0; steps < 3; steps++) stage.machine.step(0);
    expect(stage.events('vm86')).toHaveLength(1);
    expect(stage.cpu().dr6).toBe(0xffff_0ff0 | 0);
    stage.run();
    expect(stage.thread(tid).trace.stop).toMatchObject(trap('TRAP_BRKPT'));
  });
});
