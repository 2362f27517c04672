import { describe, expect, test } from 'vitest';
import { A, at, B, EXIT, kernelWrite, load, NOP, raise, Stage, store, trap, work } from '../../../test/machine/stage.js';
import { contextRegisters, getDbRegs, setDbRegs } from '../../interfaces/freebsd-dbregs/index.js';
import type { DbReg } from '../../interfaces/netbsd-dbregs/index.js';
import type { Instruction } from '../program.js';
import { Tracer } from '../tracer.js';
import { FREEBSD } from './freebsd.js';

const WATCH = { length: 4, access: 'write' } as const;
const RESET = 0xffff_0ff0n;

function stopped(...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(FREEBSD, [...code, EXIT]);
  return { stage, tid: stage.traced() };
}

function get(stage: Stage, tid: number): DbReg {
  return Tracer.demand(getDbRegs(stage.host, 100, tid));
}

function put(stage: Stage, tid: number, values: Readonly<Record<number, bigint>>): ReturnType<typeof setDbRegs> {
  const registers = get(stage, tid).map((value, index) => values[index] ?? value);
  return setDbRegs(stage.host, 100, tid, registers);
}

/** i386_set_watch(3): a function on a structure in the caller's memory. */
function setWatch(registers: DbReg, slot: number, address: bigint): DbReg {
  return registers.with(slot, address).with(7, (registers[7] ?? 0n) | (3n << BigInt(2 * slot)) | (1n << BigInt(16 + 4 * slot)));
}

describe('PT_GETDBREGS and PT_SETDBREGS', () => {
  test('R-701: GET fills registers 0 to 3, 6 and 7 of 16', () => {
    const { stage, tid } = stopped();
    expect(get(stage, tid)).toEqual(new Array(16).fill(0n));
    const all = Array.from({ length: 16 }, (_, index) => BigInt(16 * index));
    expect(setDbRegs(stage.host, 100, tid, all.with(7, 0x402n))).toEqual({ ok: true, value: null });
    expect(get(stage, tid)).toEqual([0n, 16n, 32n, 48n, 0n, 0n, 96n, 0x402n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  test.each([
    { what: 'I/O in an enabled register', values: { 7: 0x20002n }, ok: false },
    { what: 'I/O in a register that is not enabled', values: { 7: 0x2000_0000n }, ok: false },
    { what: 'bit 32 of DR6', values: { 6: 1n << 32n }, ok: false },
    { what: 'bit 63 of DR7', values: { 7: 1n << 63n }, ok: false },
    { what: 'an enabled address beyond user mode', values: { 1: 0x7fff_ffff_f000n, 7: 4n }, ok: false },
    { what: 'the same address by its G bit', values: { 1: 0x7fff_ffff_f000n, 7: 8n }, ok: false },
    { what: 'a kernel address in a register that is not enabled', values: { 1: 0xffff_8000_0000_0000n, 7: 2n }, ok: true },
    { what: 'an address that is not aligned', values: { 0: BigInt(A + 1), 7: 0xd0002n }, ok: true },
    { what: 'execute with a length', values: { 0: BigInt(A), 7: 0xc0002n }, ok: true },
    { what: 'eight bytes in a 64-bit process', values: { 0: BigInt(A), 7: 0x90002n }, ok: true },
  ])('R-702: $what: good is $ok', ({ values, ok }) => {
    const { stage, tid } = stopped();
    const before = get(stage, tid);
    expect(put(stage, tid, values)).toEqual(ok ? { ok: true, value: null } : { ok: false, errno: 'EINVAL' });
    if (!ok) expect(get(stage, tid)).toEqual(before);
  });

  test('R-707: i386_set_watch edits a structure of the caller’s, and the kernel knows nothing of it before SET', () => {
    const { stage, tid } = stopped(store(A, 1), store(A, 1));
    const wanted = setWatch(get(stage, tid), 2, BigInt(A));
    expect(get(stage, tid)[7]).toBe(0n);
    stage.step(tid);
    expect(stage.thread(tid).trace.stop).toMatchObject({ reasons: 0x4000 });
    setDbRegs(stage.host, 100, tid, wanted);
    expect(stage.go(tid)).toMatchObject({ reasons: 4 });
  });

  test('S1’s remark (R-131): the thread has them in its own context, which NetBSD’s mail calls a misdesign', () => {
    const { stage, tid } = stopped();
    put(stage, tid, { 0: BigInt(A) });
    expect(contextRegisters(stage.host, tid)?.[0]).toBe(BigInt(A));
  });
});

describe('what the kernel does with them', () => {
  test('R-703: stored as they are; only a thread that has them has any loaded', () => {
    const { stage, tid } = stopped(NOP, NOP);
    put(stage, tid, { 0: BigInt(A + 1), 7: 0xd0003n });
    stage.tracer.continue(tid);
    expect(stage.cpu().dr.slice(0, 2)).toEqual([A + 1, 0]);
    expect(stage.cpu().dr7).toBe(0xd0403);
    const other = stage.process();
    stage.machine.switch(0, other);
    expect(stage.cpu().dr7).toBe(0x400);
    stage.machine.switch(0, tid);
    expect(stage.cpu().dr7).toBe(0xd0403);
  });

  test.each(['fork', 'clone'] as const)('R-703: nothing goes along with %s', (name) => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name, child: at(2) } }, NOP, store(A, 4));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setOptions(tid, [name]);
    stage.go(tid);
    const child = Tracer.demand(stage.tracer.eventMessage(tid));
    expect(get(stage, child)).toEqual(new Array(16).fill(0n));
    expect(stage.go(child)).toBeNull();
    expect(stage.thread(child).exitStatus).toBe(5);
  });

  test('R-703: exec and exit reset them, also in the processor', () => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name: 'exec', to: at(1) } }, store(A, 4));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setOptions(tid, ['exec']);
    expect(stage.go(tid)).toMatchObject({ why: 'exec' });
    expect(get(stage, tid)).toEqual(new Array(16).fill(0n));
    stage.tracer.setSlot(tid, 0, { address: B, ...WATCH });
    stage.tracer.continue(tid);
    expect(stage.cpu().dr7 & 0xff).not.toBe(0);
    stage.run();
    expect(stage.thread(tid).exitStatus).toBe(5);
    expect(stage.cpu().dr7).toBe(0x400);
  });

  test('R-704, R-705: a hit in the kernel is a user’s slot’s, and is ignored; DR6 is clean afterwards', () => {
    const { stage, tid } = stopped(work(kernelWrite(A)), raise(), store(A, 4));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.go(tid)).toMatchObject({ signal: 'SIGSTOP' });
    expect(stage.events('exception')).toMatchObject([{ user: false, reasons: 1 }]);
    expect((get(stage, tid)[6] ?? 0n) & 0xfn).toBe(0n);
    expect(stage.cpu().dr6).toBe(0xffff_0ff0 | 0);
    expect(stage.go(tid)).toMatchObject(trap('TRAP_TRACE'));
  });

  test.each([
    { name: 'SYSCALL', code: work({ act: 'idle' }) },
    { name: 'INT 0x80', code: { op: 'int', vector: 0x80 } },
  ] as const)('R-705: a #DB that POP SS put off to the first instruction of $name is ignored', ({ code }) => {
    const { stage, tid } = stopped({ op: 'mov-ss', at: A }, code);
    stage.tracer.setSlot(tid, 0, { address: A, length: 2, access: 'readwrite' });
    expect(stage.go(tid)).toBeNull();
    expect(stage.events('exception')).toMatchObject([{ user: false, reasons: 1 }]);
    expect(stage.thread(tid)).toMatchObject({ exitStatus: 5, killedBy: null });
  });

  test('R-706: SIGTRAP, TRAP_TRACE and where the thread is, for a hit as for a step', () => {
    const { stage, tid } = stopped(store(A, 4), NOP, NOP);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.go(tid)).toMatchObject({ ...trap('TRAP_TRACE'), address: at(1) });
    expect(stage.step(tid)).toMatchObject({ ...trap('TRAP_TRACE'), address: at(2) });
  });

  test('R-706: DR6 can be read while the thread stands for it, and is cleared when it goes on', () => {
    const { stage, tid } = stopped(store(A, 4), raise());
    stage.tracer.setSlot(tid, 3, { address: A, ...WATCH });
    stage.go(tid);
    expect(get(stage, tid)[6]).toBe(RESET | 8n);
    stage.go(tid);
    expect(get(stage, tid)[6]).toBe(RESET);
  });

  test('R-706: so it is where a handler took the signal', () => {
    const action: Instruction = { op: 'syscall', call: { name: 'sigaction', signal: 'SIGTRAP', action: 'handler', handler: at(3) } };
    const { stage, tid } = stopped(action, store(A, 4), NOP, NOP);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.detach(tid);
    for (let steps = 0; steps < 4; steps++) stage.machine.step(0);
    stage.tracer.attach(tid);
    expect(stage.events('signal').at(-1)).toMatchObject({ signal: 'SIGTRAP', how: 'handler' });
    expect(get(stage, tid)[6]).toBe(RESET);
  });

  test('R-706: TF goes with the tracer’s step, and stays where the program set it', () => {
    const { stage, tid } = stopped(NOP, { op: 'popf', tf: true }, load(A), load(A), { op: 'popf', tf: false });
    stage.step(tid);
    expect(stage.thread(tid).context.tf).toBe(false);
    // The program's own: one trap behind each instruction from the second on.
    expect(stage.stops(tid).map((stop) => (stop.why === 'signal' ? stop.address : -1))).toEqual([at(3), at(4), at(5)]);
  });
});
