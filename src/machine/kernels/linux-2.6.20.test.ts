// Linux of early 2007: the state of things that the mails of S0 and S4 talk about, and where it goes wrong.
import { describe, expect, test } from 'vitest';
import { A, at, B, EXIT, KERNEL_A, kernelWrite, load, NOP, Stage, store, trap, work } from '../../../test/machine/stage.js';
import type { Rules } from '../../facility/rules.js';
import { peekUser, pokeUser } from '../../interfaces/linux-ptrace/registers.js';
import type { Instruction } from '../program.js';
import { HWBKPT } from './hwbkpt.js';
import { LINUX_2_6_20, LINUX_2_6_20_IA64 } from './linux-2.6.20.js';

const WATCH = { length: 4, access: 'write' } as const;
const FORK: Instruction = { op: 'syscall', call: { name: 'fork', child: at(2) } };

/** A stage with a traced thread that watches A by DR0. */
function watching(rules: Rules, code: readonly Instruction[], cpus = 1): { stage: Stage; tid: number } {
  const stage = new Stage(rules, [...code, EXIT], { cpus });
  const tid = stage.traced();
  stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
  return { stage, tid };
}

describe('fork (S4)', () => {
  test('R-120, R-122: on x86 the child has its parent’s registers, and dies of a SIGTRAP that nobody wanted', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [FORK, NOP, store(A)]);
    expect(stage.go(tid)).toMatchObject(trap('TRAP_BRKPT'));
    stage.runThread(tid + 1);
    expect(stage.thread(tid + 1)).toMatchObject({ killedBy: 'SIGTRAP' });
  });

  test('R-120, R-801: on ia64 it has none, and exec leaves none', () => {
    const { stage, tid } = watching(LINUX_2_6_20_IA64, [FORK, { op: 'syscall', call: { name: 'exec', to: at(2) } }, store(A)]);
    stage.tracer.setOptions(tid, ['exec']);
    expect(stage.go(tid)).toMatchObject({ why: 'exec' });
    expect(stage.tracer.peek(tid, 7)).toEqual({ ok: true, value: 0n });
    expect(stage.go(tid)).toBeNull();
    stage.runThread(tid + 1);
    for (const one of [tid, tid + 1]) expect(stage.thread(one)).toMatchObject({ exitStatus: 5, killedBy: null });
  });
});

describe('lazy DR7 (S4)', () => {
  test('R-123: a switch to a thread without registers clears nothing; its first hit does, and it gets no signal', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [NOP, NOP, store(A), store(A)]);
    stage.tracer.continue(tid);
    const other = stage.process(at(2));
    stage.machine.switch(0, other);
    expect(stage.cpu().dr7 & 0xff).toBe(1);
    stage.run();
    expect(stage.events('stale')).toMatchObject([{ tid: other }]);
    expect(stage.cpu().dr7 & 0xff).toBe(0);
    expect(stage.thread(other)).toMatchObject({ exitStatus: 5, killedBy: null });
    // The owner has them again when it runs.
    stage.runThread(tid);
    expect(stage.thread(tid).trace.stop).toMatchObject(trap('TRAP_BRKPT'));
  });

  test.each([
    {
      rules: LINUX_2_6_20,
      hits: 1,
      what: 'the new address is armed under the old enables, and a thread that asked for nothing gets SIGTRAP',
    },
    { rules: HWBKPT, hits: 0, what: 'disabled first, nothing can be armed by halves' },
    {
      rules: { ...LINUX_2_6_20, loadOrder: 'disable-first' } as const,
      hits: 0,
      what: 'the order of the writes alone would have been enough',
    },
  ])('R-124: $rules.kernel, $rules.loadOrder: $what', ({ rules, hits }) => {
    const { stage, tid } = watching(rules, [NOP, NOP]);
    // The newcomer has B in DR0, not enabled, and watches something else by DR1.
    const newcomer = stage.process();
    stage.machine.switch(0, newcomer);
    stage.tracer.attach(newcomer);
    stage.tracer.poke(newcomer, 0, BigInt(B));
    stage.tracer.setSlot(newcomer, 1, { address: A, ...WATCH });
    stage.tracer.continue(tid);
    stage.machine.switch(0, tid);
    stage.tracer.continue(newcomer);
    stage.machine.takeEvents();
    // Between the writes the kernel touches B.
    stage.machine.switch(0, newcomer, kernelWrite(B));
    stage.run();
    expect(stage.events('exception')).toHaveLength(hits);
    expect(stage.thread(newcomer).trace.stop !== null).toBe(hits > 0);
  });

  test('R-124: with a saved DR7 of 0 the hit counts as stale, so that alone does no harm', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [NOP, NOP, store(A)]);
    stage.tracer.continue(tid);
    const newcomer = stage.process(at(2));
    stage.machine.switch(0, newcomer);
    stage.tracer.attach(newcomer);
    stage.tracer.poke(newcomer, 0, BigInt(A));
    expect(stage.go(newcomer)).toBeNull();
    expect(stage.events('stale')).toHaveLength(1);
  });
});

describe('PEEKUSER and POKEUSER', () => {
  const call = (tid: number): { tracer: number; tid: number } => ({ tracer: 100, tid });

  test('R-220: PEEKUSER gives the saved word; EIO for an offset that is not one', () => {
    const { stage, tid } = watching(LINUX_2_6_20, []);
    expect(stage.tracer.peek(tid, 0)).toEqual({ ok: true, value: BigInt(A) });
    expect(peekUser(stage.host, call(tid), 849n)).toEqual({ ok: false, errno: 'EIO' });
    expect(peekUser(stage.host, call(tid), 10_000n)).toEqual({ ok: false, errno: 'EIO' });
    expect(pokeUser(stage.host, call(tid), 849n, 0n)).toEqual({ ok: false, errno: 'EIO' });
  });

  test('R-221: addresses below TASK_SIZE - 3, also in a register that is off; DR4 and DR5 are EIO, DR6 is stored', () => {
    const { stage, tid } = watching(LINUX_2_6_20, []);
    const eio = { ok: false, errno: 'EIO' };
    expect(stage.tracer.poke(tid, 1, 0x7fff_ffff_effcn)).toEqual({ ok: true, value: null });
    expect(stage.tracer.poke(tid, 1, 0x7fff_ffff_effdn)).toEqual(eio);
    expect(stage.tracer.poke(tid, 4, 0n)).toEqual(eio);
    expect(stage.tracer.poke(tid, 5, 0n)).toEqual(eio);
    expect(stage.tracer.poke(tid, 6, 0x1234n)).toEqual({ ok: true, value: null });
    expect(stage.tracer.peek(tid, 6)).toEqual({ ok: true, value: 0x1234n });
  });

  test.each([
    { arch: 'x86-64', rules: LINUX_2_6_20, mask: 0x5454 },
    { arch: 'i386', rules: { ...LINUX_2_6_20, raw: { ...LINUX_2_6_20.raw, refusedFields: 0x5f54 } }, mask: 0x5f54 },
  ])('R-221: the fields that $arch rejects, in enabled registers and in others', ({ rules, mask }) => {
    const { stage, tid } = watching(rules, []);
    for (let field = 0; field < 16; field++) {
      for (const enabled of [0n, 4n]) {
        const answer = stage.tracer.poke(tid, 7, enabled | (BigInt(field) << 20n));
        expect(answer.ok, `field ${field}, enables ${enabled}`).toBe(((mask >>> field) & 1) === 0);
      }
    }
  });

  test('R-221: DR7 reads back without the bits 0xfc00', () => {
    const { stage, tid } = watching(LINUX_2_6_20, []);
    stage.tracer.poke(tid, 7, 0xff01n);
    expect(stage.tracer.peek(tid, 7)).toEqual({ ok: true, value: 0x0301n });
  });

  test('R-205: TIF_DEBUG is set while the thread’s DR7 enables something', () => {
    const { stage, tid } = watching(LINUX_2_6_20, []);
    const uses = (): boolean | undefined => stage.machine.state.half.threads[tid]?.used;
    expect(uses()).toBe(true);
    stage.tracer.poke(tid, 7, 0x300n);
    expect(uses()).toBe(false);
    stage.tracer.poke(tid, 7, 1n);
    expect(uses()).toBe(true);
  });
});

describe('do_debug', () => {
  test('R-222: SIGTRAP, TRAP_BRKPT, the address of the instruction, and DR6 for the tracer', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [store(A)]);
    expect(stage.go(tid)).toMatchObject({ ...trap('TRAP_BRKPT'), address: at(1) });
    expect(stage.tracer.status(tid)).toMatchObject({ value: { hits: 1, step: false } });
  });

  test('R-222: a thread that disabled its own by 0x300, as pfmon does, is not blamed for another’s leftovers', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [NOP, NOP, store(A)]);
    const other = stage.process(at(2));
    stage.machine.switch(0, other);
    stage.tracer.attach(other);
    stage.tracer.poke(other, 7, 0x300n);
    stage.tracer.continue(tid);
    stage.machine.switch(0, tid);
    stage.tracer.continue(other);
    stage.runThread(other);
    expect(stage.events('stale')).toHaveLength(1);
    expect(stage.thread(other)).toMatchObject({ exitStatus: 5, killedBy: null });
  });

  test('R-106, R-222: DR7 is 0 until the signal is delivered; what else the system call touches is lost', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [work(kernelWrite(A), kernelWrite(A)), store(A)]);
    stage.tracer.continue(tid);
    stage.machine.step(0);
    stage.machine.step(0);
    expect(stage.cpu().dr7 & 0xff).toBe(0);
    stage.run();
    expect(stage.events('exception')).toHaveLength(1);
    // The stop switches, and that restores it.
    expect(stage.go(tid)).toMatchObject({ address: at(2) });
  });

  test('R-108: a signal that utrace swallows switches nothing, and nothing restores DR7', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [store(A), store(A)]);
    stage.host.swallow(tid, 'SIGTRAP', true);
    expect(stage.go(tid)).toBeNull();
    expect(stage.events('exception')).toHaveLength(1);
  });

  test('R-111, R-222: in vm86 mode the exception is the vm86 monitor’s, which gets no signal', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [{ op: 'syscall', call: { name: 'vm86' } }, store(A)]);
    expect(stage.go(tid)).toBeNull();
    expect(stage.events('vm86')).toEqual([{ type: 'vm86', tid }]);
    expect(stage.thread(tid).killedBy).toBeNull();
  });

  test('R-207: DR6 is 0 for the next exception, so BS of a step is not in the hit behind it', () => {
    const { stage, tid } = watching(LINUX_2_6_20, [load(B), store(A)]);
    stage.step(tid);
    expect(stage.tracer.status(tid)).toMatchObject({ value: { hits: 0, step: true } });
    stage.go(tid);
    expect(stage.tracer.status(tid)).toMatchObject({ value: { hits: 1, step: false } });
  });

  test('a kernel address is nothing for a thread’s register', () => {
    const { stage, tid } = watching(LINUX_2_6_20, []);
    expect(stage.tracer.poke(tid, 1, BigInt.asUintN(64, BigInt(KERNEL_A)))).toEqual({ ok: false, errno: 'EIO' });
  });
});
