import { describe, expect, test } from 'vitest';
import {
  A,
  at,
  B,
  BASE,
  EXIT,
  KERNEL_A,
  KERNEL_B,
  KERNEL_CODE,
  kernelWrite,
  NOP,
  Stage,
  store,
  work,
} from '../../../test/machine/stage.js';
import { kernelAction } from '../../machine/kernel/kernel-action.js';
import { LINUX_2_6_20 } from '../../machine/kernels/index.js';
import type { Instruction } from '../../machine/program.js';
import { type KwatchRequest, registerKwatch, unregisterKwatch } from './index.js';

const WATCH: KwatchRequest = { address: KERNEL_A, length: 4, type: 1, handler: 7 };
const WATCH_USER = { length: 4, access: 'write' } as const;

function stageOf(...code: readonly Instruction[]): Stage {
  return new Stage(LINUX_2_6_20, [...code, EXIT], { cpus: 2 });
}

function handlers(stage: Stage): number[] {
  return stage.events('triggered').map(({ told }) => told.id);
}

describe('register_kwatch and unregister_kwatch', () => {
  test('R-201: gives the register’s number; unregistering is silent for a number that is nobody’s', () => {
    const stage = stageOf();
    expect(registerKwatch(stage.host, WATCH)).toEqual({ ok: true, value: 3 });
    for (const number of [-1, 4, 99, 0]) unregisterKwatch(stage.host, number);
    expect(stage.cpu(0).dr7 & 0xff).toBe(0x80);
    unregisterKwatch(stage.host, 3);
    expect(stage.cpu(0).dr7 & 0xff).toBe(0);
  });

  test.each([
    { what: 'length 8', change: { length: 8 } },
    { what: 'length 3', change: { length: 3 } },
    { what: 'execute of four bytes', change: { type: 0, length: 4 } },
    { what: 'type 4', change: { type: 4 } },
    { what: 'no handler', change: { handler: null } },
  ])('R-202: EINVAL for $what', ({ change }) => {
    expect(registerKwatch(stageOf().host, { ...WATCH, ...change })).toEqual({ ok: false, errno: 'EINVAL' });
  });

  test('R-202: I/O is watched by port, and sets CR4.DE on all CPUs', () => {
    const stage = stageOf({ op: 'io', direction: 'out', port: 0x80, length: 1, count: 1 });
    expect(registerKwatch(stage.host, { address: 0x80, length: 1, type: 2, handler: 9 }).ok).toBe(true);
    expect([stage.cpu(0).de, stage.cpu(1).de]).toEqual([true, true]);
    stage.runThread(stage.process(), 1);
    expect(handlers(stage)).toEqual([9]);
  });

  test('R-202, R-203: from DR3 down, EBUSY when nothing is free', () => {
    const stage = stageOf();
    const numbers = [0, 1, 2, 3].map(() => registerKwatch(stage.host, WATCH));
    expect(numbers).toEqual([3, 2, 1, 0].map((value) => ({ ok: true, value })));
    expect(registerKwatch(stage.host, WATCH)).toEqual({ ok: false, errno: 'EBUSY' });
  });

  test('R-203, R-209: a register that a thread uses is not for the kernel, whatever its need: there are no priorities', () => {
    const stage = stageOf();
    const [one, other] = [stage.traced(), stage.traced(BASE, 1)];
    stage.tracer.setSlot(one, 3, { address: A, ...WATCH_USER });
    stage.tracer.setSlot(other, 3, { address: A, ...WATCH_USER });
    stage.tracer.setSlot(other, 0, { address: B, ...WATCH_USER });
    expect([0, 1].map(() => registerKwatch(stage.host, WATCH))).toMatchObject([{ value: 2 }, { value: 1 }]);
    expect(registerKwatch(stage.host, WATCH)).toEqual({ ok: false, errno: 'EBUSY' });
    // Two threads use DR3: it is free when both have left it.
    stage.tracer.setSlot(one, 3, null);
    expect(registerKwatch(stage.host, WATCH).ok).toBe(false);
    stage.tracer.setSlot(other, 3, null);
    expect(registerKwatch(stage.host, WATCH)).toMatchObject({ value: 3 });
  });

  test('R-204: what the kernel holds, ptrace cannot write or enable', () => {
    const stage = stageOf();
    const tid = stage.traced();
    registerKwatch(stage.host, WATCH);
    const busy = { ok: false, errno: 'EBUSY' };
    expect(stage.tracer.poke(tid, 3, BigInt(A))).toEqual(busy);
    expect(stage.tracer.poke(tid, 7, 0x40n)).toEqual(busy);
    expect(stage.tracer.poke(tid, 7, 0x80n)).toEqual(busy);
    expect(stage.tracer.poke(tid, 2, BigInt(A))).toMatchObject({ ok: true });
  });

  test('R-205: a forked child uses its parent’s registers too; exec and exit give them back', () => {
    const stage = stageOf({ op: 'syscall', call: { name: 'fork', child: at(2) } }, EXIT, {
      op: 'syscall',
      call: { name: 'exec', to: at(3) },
    });
    const tid = stage.traced();
    stage.tracer.setSlot(tid, 3, { address: A, ...WATCH_USER });
    stage.tracer.detach(tid);
    stage.run();
    expect(stage.thread(tid).status).toBe('exited');
    const free = (): unknown => {
      const answer = registerKwatch(stage.host, WATCH);
      if (answer.ok) unregisterKwatch(stage.host, answer.value);
      return answer.ok ? answer.value : answer.errno;
    };
    expect(free()).toBe(2);
    stage.machine.switch(0, tid + 1);
    stage.machine.step(0);
    stage.machine.step(0);
    expect(stage.thread(tid + 1).status).toBe('ready');
    expect(free()).toBe(3);
  });
});

describe('the registers', () => {
  test('R-206: kernel registers are enabled by G bits and stay on all CPUs, whoever runs', () => {
    const stage = stageOf(NOP, NOP, NOP);
    registerKwatch(stage.host, WATCH);
    const tid = stage.traced();
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH_USER });
    stage.tracer.continue(tid);
    expect(stage.cpu(0).dr7 & 0xff).toBe(0x81);
    expect(stage.cpu(1).dr7 & 0xff).toBe(0x80);
    // The thread's own fields do not reach the kernel's.
    expect(stage.cpu(0).dr.slice(6)).toEqual([0xffff_f000, 0xffff_ffff]);
    expect((stage.cpu(0).dr7 >>> 28) & 0xf).toBe(0xd);
    stage.machine.switch(0, stage.process());
    expect(stage.cpu(0).dr7 & 0x80).toBe(0x80);
  });

  test('R-207: a thread’s hit clears only its own part of DR7, and the signal brings that back', () => {
    const handler: Instruction = { op: 'syscall', call: { name: 'sigaction', signal: 'SIGTRAP', action: 'handler', handler: at(4) } };
    const stage = stageOf(handler, work(kernelWrite(A), kernelWrite(KERNEL_A)), NOP, EXIT, NOP, NOP);
    registerKwatch(stage.host, WATCH);
    const tid = stage.traced();
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH_USER });
    stage.tracer.detach(tid);
    for (let steps = 0; steps < 4; steps++) stage.machine.step(0);
    expect(stage.cpu().dr7 & 0xff).toBe(0x80);
    stage.machine.step(0);
    expect(handlers(stage)).toEqual([7]);
    expect(stage.cpu().dr7 & 0xff).toBe(0x81);
    expect(stage.thread(tid).context.pc).toBe(at(4));
  });

  test('R-208: of two registers that one access meets, the handler of the lowest is told', () => {
    const stage = stageOf(work(kernelWrite(KERNEL_A)));
    registerKwatch(stage.host, { ...WATCH, handler: 3 });
    registerKwatch(stage.host, { ...WATCH, handler: 2 });
    stage.runThread(stage.process());
    expect(handlers(stage)).toEqual([2]);
  });

  test('R-208: a handler that touches what it watches is not called again, one that touches another’s calls that', () => {
    const stage = stageOf(work(kernelWrite(KERNEL_A)));
    registerKwatch(stage.host, { ...WATCH, handler: 1 });
    registerKwatch(stage.host, { ...WATCH, address: KERNEL_B, handler: 2 });
    stage.machine.script = {
      decide: () => null,
      triggered: ({ id }) => {
        kernelAction(stage.machine, 0, kernelWrite(KERNEL_A, 4));
        if (id === 1) kernelAction(stage.machine, 0, kernelWrite(KERNEL_B, 4));
      },
    };
    stage.runThread(stage.process());
    expect(handlers(stage)).toEqual([1, 2]);
    expect(stage.machine.state.half.kwatchBusy).toBe(0);
  });

  test('R-208: an instruction breakpoint of the kernel’s is passed, and the thread learns nothing', () => {
    const stage = stageOf(work({ act: 'run', at: KERNEL_CODE }), store(A));
    registerKwatch(stage.host, { address: KERNEL_CODE, length: 1, type: 0, handler: 4 });
    const tid = stage.process();
    stage.runThread(tid);
    expect(handlers(stage)).toEqual([4]);
    expect(stage.thread(tid)).toMatchObject({ exitStatus: 5, killedBy: null });
  });
});
