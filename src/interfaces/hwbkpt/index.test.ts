// The API of 2007 (R-320 to R-330, from memory of the public design), as the design keeps it.
import { describe, expect, test } from 'vitest';
import {
  A,
  at,
  B,
  C,
  D,
  E,
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
import { PRIORITY } from '../../facility/request.js';
import { fieldOf } from '../../facility/virtual/registers.js';
import { kernelAction } from '../../machine/kernel/kernel-action.js';
import { HWBKPT } from '../../machine/kernels/index.js';
import type { Instruction } from '../../machine/program.js';
import { decode, LEN, TYPE } from './encodings.js';
import { type HwBreakpoint, modify, type Registered, registerKernel, registerUser, statusOf, unregister } from './index.js';

const EINVAL = { ok: false, errno: 'EINVAL' };
const INSTALLED = { ok: true, value: 1 };
const WAITING = { ok: true, value: 0 };

function breakpoint(id: number, change: Partial<HwBreakpoint> = {}): HwBreakpoint {
  const usual = { priority: PRIORITY.normal, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
  return { id, address: A, length: 8, access: 'write', ...usual, ...change };
}

function ofKernel(stage: Stage, id: number, change: Partial<HwBreakpoint> = {}): Registered {
  return registerKernel(stage.host, breakpoint(id, { address: KERNEL_A, ...change }));
}

function stageOf(...code: readonly Instruction[]): Stage {
  return new Stage(HWBKPT, [...code, EXIT], { cpus: 2 });
}

function told(stage: Stage): string[] {
  return stage.events('told').map(({ request, what }) => `${request} ${what}`);
}

describe('struct hw_breakpoint', () => {
  test('R-320, R-321: three callbacks, bytes, and a priority of 0 to 255 of which three have a name', () => {
    const stage = stageOf();
    expect(PRIORITY).toEqual({ normal: 20, ptrace: 50, high: 90 });
    for (const priority of [0, 255]) expect(ofKernel(stage, priority, { priority }).ok).toBe(true);
    for (const priority of [-1, 256, 1.5]) expect(() => ofKernel(stage, 7, { priority })).toThrow(/priority/);
  });

  test('R-322: unregistered, registered and waiting, installed', () => {
    const stage = stageOf();
    expect(statusOf(stage.host, 1)).toBe(0);
    for (const id of [1, 2, 3, 4]) ofKernel(stage, id, { address: KERNEL_A + 0x100 * id });
    expect(statusOf(stage.host, 1)).toBe(2);
    ofKernel(stage, 5, { address: KERNEL_B });
    expect(statusOf(stage.host, 5)).toBe(1);
    unregister(stage.host, 1);
    expect([statusOf(stage.host, 1), statusOf(stage.host, 5)]).toEqual([0, 2]);
  });

  test('R-323: lengths and types are DR7’s bits beside one that makes 0 invalid; there is none for reads', () => {
    expect(LEN).toEqual({ 1: 0x40, 2: 0x44, 4: 0x4c, 8: 0x48 });
    expect(TYPE).toEqual({ execute: 0x80, write: 0x81, readwrite: 0x83 });
    expect([decode(0, 0x81), decode(0x40, 0), decode(0x40, 0x82), decode(0x44, 0x80)]).toEqual([null, null, null, null]);
    const stage = stageOf(NOP);
    const tid = stage.process();
    for (const [len, type] of [
      [0x48, 0x83],
      [0x4c, 0x81],
      [0x40, 0x80],
    ] as const) {
      const meaning = decode(len, type);
      if (meaning === null) throw new Error('no meaning');
      registerUser(stage.host, tid, breakpoint(1, meaning));
      stage.machine.switch(0, tid);
      expect(fieldOf(stage.cpu().dr7, 3)).toBe((len | type) & 0xf);
      unregister(stage.host, 1);
      stage.machine.switch(0, -1);
    }
  });
});

describe('registering', () => {
  test('R-324, R-325: 1 is installed now, 0 is waiting', () => {
    const stage = stageOf();
    const tid = stage.process();
    for (const [at, address] of [A, B, C, D].entries())
      expect(registerUser(stage.host, tid, breakpoint(at, { address }))).toEqual(INSTALLED);
    expect(registerUser(stage.host, tid, breakpoint(4, { address: E }))).toEqual(WAITING);
    expect(ofKernel(stage, 5)).toEqual(WAITING);
  });

  test.each([
    { what: 'no triggered (R-326)', change: { triggered: null } },
    { what: 'length 3', change: { length: 3 } },
    { what: 'execute of eight bytes', change: { access: 'execute', length: 8 } },
    { what: 'a misaligned address', change: { address: A + 4 } },
    { what: 'a kernel address', change: { address: KERNEL_A } },
    { what: 'a range that ends beyond user mode', change: { address: HWBKPT.raw.userEnd } },
    { what: 'an address that is not canonical', change: { address: Number.NaN } },
  ] as const)('R-325: EINVAL for $what', ({ change }) => {
    const stage = stageOf();
    expect(registerUser(stage.host, stage.process(), breakpoint(1, change))).toEqual(EINVAL);
    expect(statusOf(stage.host, 1)).toBe(0);
  });

  test('R-325: EINVAL for a kernel breakpoint at a user address, and for one that is registered', () => {
    const stage = stageOf();
    expect(ofKernel(stage, 1, { address: A })).toEqual(EINVAL);
    expect(ofKernel(stage, 1)).toEqual(INSTALLED);
    expect(ofKernel(stage, 1)).toEqual(EINVAL);
  });

  test('R-324: modify works on a registered and on an unregistered one, and looks at the bytes of both', () => {
    const stage = stageOf(store(A), store(B));
    const tid = stage.process();
    const wish = { address: B, length: 8, access: 'write' } as const;
    expect(modify(stage.host, 1, wish)).toEqual({ ok: true, value: null });
    expect(modify(stage.host, 1, { ...wish, address: B + 1 })).toEqual(EINVAL);
    registerUser(stage.host, tid, breakpoint(1));
    expect(modify(stage.host, 1, { ...wish, address: B + 1 })).toEqual(EINVAL);
    expect(modify(stage.host, 1, wish)).toEqual({ ok: true, value: null });
    stage.runThread(tid);
    expect(stage.events('triggered')).toHaveLength(1);
    unregister(stage.host, 1);
    expect(unregister(stage.host, 1)).toEqual({ ok: true, value: null });
  });

  test('R-326: without the other two callbacks it is refused instead of waiting (R-104)', () => {
    const stage = stageOf();
    for (const id of [1, 2, 3, 4]) ofKernel(stage, id, { address: KERNEL_A + 0x100 * id });
    expect(ofKernel(stage, 5, { callbacks: false })).toEqual({ ok: false, errno: 'ENOSPC' });
    expect(statusOf(stage.host, 5)).toBe(0);
  });
});

describe('callbacks', () => {
  test('R-327: all registers are off while triggered runs, which may touch what is watched, and register nothing', () => {
    const stage = stageOf(work(kernelWrite(KERNEL_A), kernelWrite(KERNEL_A)));
    ofKernel(stage, 1);
    const seen: unknown[] = [];
    stage.machine.script = {
      decide: () => null,
      triggered: () => {
        kernelAction(stage.machine, 0, kernelWrite(KERNEL_A));
        seen.push(stage.cpu().dr7, ofKernel(stage, 2), unregister(stage.host, 1), modify(stage.host, 1, breakpoint(1)));
      },
    };
    stage.runThread(stage.process());
    const busy = { ok: false, errno: 'EBUSY' };
    expect(seen).toEqual([0x400, busy, busy, busy, 0x400, busy, busy, busy]);
    expect(stage.events('triggered')).toHaveLength(2);
    expect(statusOf(stage.host, 1)).toBe(2);
  });

  test('R-328: an instruction breakpoint is told before, and the instruction is restarted once; others are told after the access', () => {
    const stage = stageOf(store(A), store(B), work({ act: 'run', at: KERNEL_CODE }));
    const tid = stage.process();
    registerUser(stage.host, tid, breakpoint(1, { address: at(0), length: 1, access: 'execute' }));
    registerUser(stage.host, tid, breakpoint(2, { address: B }));
    ofKernel(stage, 3, { address: KERNEL_CODE, length: 1, access: 'execute' });
    stage.runThread(tid);
    expect(stage.events('exception').map(({ pc, reasons }) => [pc, reasons])).toEqual([
      [at(0), 8],
      [at(2), 4],
      [at(3), 1],
    ]);
    expect(stage.thread(tid)).toMatchObject({ exitStatus: 5, killedBy: null });
  });

  test('R-329: installed comes after the last CPU has it, uninstalled before the first has lost it', () => {
    const stage = stageOf();
    stage.machine.switch(1, stage.process());
    ofKernel(stage, 1);
    const order = (): string[] =>
      stage.machine.takeEvents().flatMap((event) => {
        if (event.type === 'load') return [`load CPU ${event.cpu}`];
        return event.type === 'told' ? [event.what] : [];
      });
    expect(order()).toEqual(['load CPU 0', 'load CPU 1', 'installed']);
    unregister(stage.host, 1);
    expect(order()).toEqual(['uninstalled', 'load CPU 0', 'load CPU 1']);
  });

  test('R-329: what a script holds back is not told as installed before it is done', () => {
    const stage = stageOf();
    stage.machine.script = { decide: () => 'later', triggered: () => undefined };
    expect(ofKernel(stage, 1)).toEqual(WAITING);
    expect(told(stage)).toEqual([]);
    stage.machine.answer(stage.machine.state.held[0]?.effect ?? -1, null);
    expect(told(stage)).toEqual(['1 installed']);
  });

  test('R-330: those of one thread compete with each other and with the kernel’s, those of two threads do not', () => {
    const stage = stageOf();
    const [one, other] = [stage.process(), stage.process()];
    for (const [n, address] of [A, B, C, D].entries()) {
      expect(registerUser(stage.host, one, breakpoint(n, { address }))).toEqual(INSTALLED);
      expect(registerUser(stage.host, other, breakpoint(10 + n, { address }))).toEqual(INSTALLED);
    }
    expect(registerUser(stage.host, one, breakpoint(4, { address: E }))).toEqual(WAITING);
    stage.machine.takeEvents();
    expect(ofKernel(stage, 20, { priority: PRIORITY.high })).toEqual(INSTALLED);
    // Each thread loses its youngest.
    expect(told(stage).toSorted()).toEqual(['13 uninstalled', '20 installed', '3 uninstalled']);
  });
});
