// Where the sources disagree (requirements, section 12), each row on each kernel that it names. Titles say what differs.
import { describe, expect, test } from 'vitest';
import { A, at, B, C, D, EXIT, KERNEL_A, kernelWrite, NOP, Stage, type StageOptions, store, work } from '../../../test/machine/stage.js';
import type { Rules } from '../../facility/rules.js';
import type { Result } from '../../interfaces/host.js';
import { type HwBreakpoint, registerKernel, statusOf } from '../../interfaces/hwbkpt/index.js';
import { registerKwatch } from '../../interfaces/kwatch/index.js';
import { openEvent } from '../../interfaces/linux-perf/index.js';
import { DEFAULT_MODEL } from '../cpu.js';
import type { Instruction } from '../program.js';
import { FREEBSD, HWBKPT, LINUX, LINUX_2_6_20, LINUX_2_6_20_IA64, NETBSD, NETBSD_2016 } from './index.js';

const WATCH = { length: 4, access: 'write' } as const;
const FORK: Instruction = { op: 'syscall', call: { name: 'fork', child: at(2) } };

function stopped(rules: Rules, code: readonly Instruction[] = [], options: StageOptions = {}): { stage: Stage; tid: number } {
  const stage = new Stage(rules, [...code, EXIT], options);
  return { stage, tid: stage.traced() };
}

function answer(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.errno;
}

function kernelBreakpoint(id: number, priority = 90): HwBreakpoint {
  const usual = { length: 8, access: 'write', callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
  return { id, address: KERNEL_A - 8 * id, priority, ...usual };
}

/** A user of the kernel's own wants a register, in the way of that kernel; what it is told. */
function kernelUser({ host, machine }: Stage, id: number): string {
  switch (machine.setup.rules.sharing) {
    case 'priority':
      return ['unregistered', 'waiting', 'installed'][registerKernel(host, kernelBreakpoint(id)).ok ? statusOf(host, id) : 0] ?? '';
    case 'kwatch':
      return answer(registerKwatch(host, { address: KERNEL_A, length: 4, type: 1, handler: id }));
    case 'charges': {
      const who = { tid: -1, cpu: 0, inherit: 'none', sigtrap: false, removeOnExec: false, privileged: true } as const;
      return answer(openEvent(host, { ...who, address: KERNEL_A, length: 4, type: 2, disabled: false, excludeKernel: false }));
    }
    case 'index':
      machine.state.half.kernelUser = true;
      return 'takes them all';
  }
}

/** Sets DR0 to DR3; what the last was told. */
function setAll(stage: Stage, tid: number): string {
  return [A, B, C, D].map((address, index) => answer(stage.tracer.setSlot(tid, index, { address, ...WATCH }))).at(-1) ?? '';
}

/** Hits of each stop of `tid`, by virtual register. */
function hitsOf(stage: Stage, tid: number): number[] {
  const seen: number[] = [];
  for (let stop = stage.go(tid); stop !== null && seen.length < 9; stop = stage.go(tid)) {
    const status = stage.tracer.status(tid);
    seen.push(status.ok ? status.value.hits : -1);
  }
  return seen;
}

describe('no register free when ptrace sets one', () => {
  test.each([
    { rules: HWBKPT, says: 'ENOSPC at once (R-104, R-354)', told: 'ENOSPC' },
    { rules: LINUX, says: 'ENOSPC (R-507)', told: 'ENOSPC' },
    { rules: LINUX_2_6_20, says: 'EBUSY (R-204)', told: 'EBUSY' },
    { rules: NETBSD, says: 'no error: the kernel just loads nothing (R-136)', told: 'ok' },
    { rules: FREEBSD, says: 'no error, as on NetBSD', told: 'ok' },
  ])('$rules.kernel: $says', ({ rules, told }) => {
    const { stage, tid } = stopped(rules);
    kernelUser(stage, 1);
    expect(setAll(stage, tid)).toBe(told);
  });
});

describe('priorities and eviction: a kernel user comes when a thread has all four', () => {
  test.each([
    { rules: HWBKPT, says: 'what waits and has callbacks can be evicted; ptrace never (R-301, R-342)', told: 'waiting' },
    { rules: LINUX, says: 'ENOSPC, for nothing is evicted (R-564)', told: 'ENOSPC' },
    { rules: LINUX_2_6_20, says: 'EBUSY (R-209)', told: 'EBUSY' },
    { rules: NETBSD_2016, says: 'the kernel takes them without a word (R-136)', told: 'takes them all' },
  ])('$rules.kernel: $says', ({ rules, told }) => {
    const { stage, tid } = stopped(rules);
    setAll(stage, tid);
    expect(kernelUser(stage, 1)).toBe(told);
  });
});

describe('register placement', () => {
  test.each([
    { rules: HWBKPT, says: 'the kernel from DR0 up, the thread from DR3 down (R-344)', used: 0b1001 },
    { rules: LINUX_2_6_20, says: 'the kernel from DR3 down, the thread by index (R-203)', used: 0b1010 },
    { rules: LINUX, says: 'the first that is free (R-521)', used: 0b0011 },
    { rules: NETBSD, says: 'the thread by index, and no kernel user beside it', used: 0b0010 },
    { rules: FREEBSD, says: 'the thread by index', used: 0b0010 },
  ])('$rules.kernel: $says', ({ rules, used }) => {
    const { stage, tid } = stopped(rules, [NOP]);
    if (rules.sharing !== 'index') kernelUser(stage, 1);
    stage.tracer.setSlot(tid, 1, { address: A, ...WATCH });
    stage.tracer.continue(tid);
    const { dr7 } = stage.cpu();
    expect([0, 1, 2, 3].reduce((bits, slot) => bits | (((dr7 >>> (2 * slot)) & 3) !== 0 ? 1 << slot : 0), 0)).toBe(used);
  });
});

describe('errno of a bad ptrace address', () => {
  test.each([
    { rules: HWBKPT, says: 'EIO (R-351)', told: 'EIO' },
    { rules: LINUX_2_6_20, says: 'EIO (R-221)', told: 'EIO' },
    { rules: LINUX, says: 'EINVAL (R-507, R-511)', told: 'EINVAL' },
    { rules: NETBSD, says: 'EINVAL (R-612)', told: 'EINVAL' },
    { rules: NETBSD_2016, says: 'EINVAL (R-601)', told: 'EINVAL' },
    { rules: FREEBSD, says: 'EINVAL (R-702)', told: 'EINVAL' },
  ])('$rules.kernel: $says', ({ rules, told }) => {
    const { stage, tid } = stopped(rules);
    expect(answer(stage.tracer.setSlot(tid, 0, { address: 0x7fff_ffff_f000, ...WATCH }))).toBe(told);
  });
});

describe('a bad field in a register that is not enabled', () => {
  // Field 2: an I/O breakpoint. Field 4: an instruction breakpoint of two bytes.
  test.each([
    { rules: LINUX_2_6_20, says: 'rejected (R-221)', told: ['EIO', 'EIO', 'EIO'] },
    { rules: HWBKPT, says: 'harmless (R-352)', told: ['ok', 'ok', 'ok'] },
    { rules: LINUX, says: 'harmless where the register is empty, EINVAL where it was used (R-510)', told: ['ok', 'ok', 'EINVAL'] },
    { rules: FREEBSD, says: 'only I/O is rejected (R-702)', told: ['EINVAL', 'ok', 'EINVAL'] },
    { rules: NETBSD, says: 'harmless (R-612)', told: ['ok', 'ok', 'ok'] },
  ])('$rules.kernel: $says', ({ rules, told }) => {
    const { stage, tid } = stopped(rules);
    const poke = (value: bigint): string => answer(stage.tracer.poke(tid, 7, value));
    const empty = [poke(0x2_0000n), poke(0x4_0000n)];
    stage.tracer.poke(tid, 0, BigInt(A));
    expect([...empty, poke(0x2_0000n)]).toEqual(told);
  });
});

describe('alignment of an address when it is set', () => {
  test.each([
    { rules: HWBKPT, says: 'checked (R-325)', told: 'EIO', hit: false },
    { rules: LINUX, says: 'checked (R-508)', told: 'EINVAL', hit: false },
    { rules: NETBSD, says: 'not checked: the processor aligns down (R-009, R-612)', told: 'ok', hit: true },
    { rules: FREEBSD, says: 'not checked: the processor aligns down (R-009, R-702)', told: 'ok', hit: true },
  ])('$rules.kernel: $says', ({ rules, told, hit }) => {
    const { stage, tid } = stopped(rules, [store(A, 1)]);
    expect(answer(stage.tracer.setSlot(tid, 0, { address: A + 2, ...WATCH }))).toBe(told);
    expect(stage.go(tid) !== null).toBe(hit);
  });
});

describe('the kernel writes into a buffer that a thread watches', () => {
  test.each([
    { rules: HWBKPT, says: 'reported, all of it (R-106, R-108)', hits: [3] },
    { rules: LINUX_2_6_20, says: 'the first is reported (R-106)', hits: [1] },
    { rules: LINUX, says: 'never (R-537)', hits: [] },
    { rules: NETBSD, says: 'never (R-616)', hits: [] },
    { rules: NETBSD_2016, says: 'never (R-135)', hits: [] },
    { rules: FREEBSD, says: 'never (R-705)', hits: [] },
  ])('$rules.kernel: $says', ({ rules, hits }) => {
    const { stage, tid } = stopped(rules, [work(kernelWrite(A), kernelWrite(B))]);
    setAll(stage, tid);
    expect(hitsOf(stage, tid)).toEqual(hits);
  });
});

describe('low bits of DR6', () => {
  // A processor that leaves old hits there: what is seen is the kernel's own doing.
  const model = { ...DEFAULT_MODEL, clearsStaleLowBits: false };
  test.each([
    { rules: HWBKPT, says: 'gathered until they are reported, then afresh (R-105, R-304)', hits: [1, 2] },
    { rules: LINUX, says: 'replaced by each hit (R-532)', hits: [1, 2] },
    { rules: NETBSD, says: 'gathered until the tracer clears them (R-615)', hits: [1, 3] },
    { rules: FREEBSD, says: 'cleared behind each report (R-706)', hits: [1, 2] },
  ])('$rules.kernel: $says', ({ rules, hits }) => {
    const { stage, tid } = stopped(rules, [store(A), store(B)], { model });
    setAll(stage, tid);
    expect(hitsOf(stage, tid)).toEqual(hits);
  });
});

describe('BS in DR6', () => {
  test.each([
    { rules: HWBKPT, says: 'stays until the tracer clears it (R-307)', step: true },
    { rules: LINUX, says: 'goes with the next exception (R-541)', step: false },
  ])('$rules.kernel: $says', ({ rules, step }) => {
    const { stage, tid } = stopped(rules, [NOP, store(A)]);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.step(tid);
    stage.go(tid);
    expect(stage.tracer.status(tid)).toEqual({ ok: true, value: { hits: 1, step } });
  });
});

describe('DR7 reads back', () => {
  test.each([
    { rules: HWBKPT, says: 'what was written (R-352)', value: 0xfc01n },
    { rules: LINUX, says: 'what was written (R-509)', value: 0xfc01n },
    { rules: LINUX_2_6_20, says: 'what is used of it (R-221)', value: 1n },
  ])('$rules.kernel: $says', ({ rules, value }) => {
    const { stage, tid } = stopped(rules);
    stage.tracer.poke(tid, 7, 0xfc01n);
    expect(stage.tracer.peek(tid, 7)).toEqual({ ok: true, value });
  });
});

describe('fork', () => {
  const traced = { hit: true, reads: true };
  test.each([
    { rules: LINUX_2_6_20, arch: 'x86', says: 'inherits (R-120)', child: traced },
    { rules: LINUX_2_6_20_IA64, arch: 'ia64', says: 'nothing (R-801)', child: { hit: false, reads: false } },
    { rules: HWBKPT, arch: 'x86', says: 'nothing (R-121)', child: { hit: false, reads: false } },
    { rules: LINUX, arch: 'x86', says: 'nothing, but DR7 reads back (R-550, R-551)', child: { hit: false, reads: true } },
    { rules: NETBSD, arch: 'x86', says: 'nothing (R-618)', child: { hit: false, reads: false } },
    { rules: FREEBSD, arch: 'x86', says: 'nothing (R-703)', child: { hit: false, reads: false } },
  ])('$rules.kernel on $arch: $says', ({ rules, child }) => {
    const { stage, tid } = stopped(rules, [FORK, NOP, store(A)]);
    stage.tracer.setOptions(tid, ['fork']);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.go(tid);
    const dr7 = stage.tracer.peek(tid + 1, 7);
    expect(dr7.ok && (dr7.value & 0xffn) !== 0n).toBe(child.reads);
    expect(stage.go(tid + 1) !== null).toBe(child.hit);
  });
});

describe('a step over a watched store', () => {
  test.each([
    { rules: NETBSD_2016, says: 'no watchpoints while stepping (R-133)', hits: 0 },
    { rules: NETBSD, says: 'both (R-602)', hits: 1 },
    { rules: HWBKPT, says: 'both (R-307)', hits: 1 },
    { rules: LINUX_2_6_20, says: 'both', hits: 1 },
    { rules: LINUX, says: 'both (R-531)', hits: 1 },
    { rules: FREEBSD, says: 'both (R-706)', hits: 1 },
  ])('$rules.kernel: $says', ({ rules, hits }) => {
    const { stage, tid } = stopped(rules, [store(A)]);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.step(tid);
    expect(stage.tracer.status(tid)).toEqual({ ok: true, value: { hits, step: true } });
  });
});

describe('past an instruction breakpoint', () => {
  test.each([
    { rules: HWBKPT, says: 'by RF, which the kernel sets (R-328)', stops: 1 },
    { rules: LINUX, says: 'by RF, which the kernel sets (R-535)', stops: 1 },
    { rules: NETBSD, says: 'the tracer disables it (R-617)', stops: 9 },
    { rules: NETBSD_2016, says: 'the tracer disables it (R-617)', stops: 9 },
    { rules: FREEBSD, says: 'the tracer disables it', stops: 9 },
  ])('$rules.kernel: $says', ({ rules, stops }) => {
    const { stage, tid } = stopped(rules, [NOP, NOP]);
    stage.tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' });
    expect(hitsOf(stage, tid)).toHaveLength(stops);
  });
});

describe('the shape of the interface', () => {
  test.each([
    { rules: LINUX, says: 'raw registers (R-501)', raw: 'ok' },
    { rules: FREEBSD, says: 'raw registers (R-701)', raw: 'ok' },
    { rules: NETBSD, says: 'raw registers (R-610)', raw: 'ok' },
    { rules: NETBSD_2016, says: 'index, condition and length for each LWP (R-130, R-131)', raw: 'ENOSYS' },
    { rules: HWBKPT, says: 'objects of the kernel, and raw registers beside them (R-103, R-320)', raw: 'ok' },
  ])('$rules.kernel: $says', ({ rules, raw }) => {
    const { stage, tid } = stopped(rules);
    expect(answer(stage.tracer.poke(tid, 0, BigInt(A)))).toBe(raw);
    expect(answer(stage.tracer.setSlot(tid, 0, { address: A, ...WATCH }))).toBe('ok');
  });
});
