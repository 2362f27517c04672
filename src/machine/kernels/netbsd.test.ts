// NetBSD's own tests of debug registers, by their names (t_ptrace_x86_wait.h, t_ptrace_wait.c), and the rules behind them.
import { describe, expect, test } from 'vitest';
import { A, at, B, BASE, EXIT, load, NOP, raise, Stage, store, trap } from '../../../test/machine/stage.js';
import { type DbReg, firstLwp, getDbRegs, setDbRegs } from '../../interfaces/netbsd-dbregs/index.js';
import type { Instruction } from '../program.js';
import { Tracer } from '../tracer.js';
import { NETBSD } from './netbsd.js';

const SLOTS = [0, 1, 2, 3] as const;
const LENGTHS = [
  { bytes: 1, bits: 0, name: 'byte' },
  { bytes: 2, bits: 1, name: '2bytes' },
  { bytes: 4, bits: 3, name: '4bytes' },
] as const;

function read(stage: Stage, tid: number): DbReg {
  return Tracer.demand(getDbRegs(stage.host, 100, tid));
}

/** PT_SETDBREGS with `values` in place of what is there, by register. */
function write(stage: Stage, tid: number, values: Readonly<Record<number, bigint>>): void {
  const registers = read(stage, tid).map((value, index) => values[index] ?? value);
  Tracer.demand(setDbRegs(stage.host, { tracer: 100, tid, privileged: true }, registers));
}

/** DR7 with register `slot` enabled by its G bit. */
function control(slot: number, condition: number, lengthBits: number): bigint {
  return (2n << BigInt(2 * slot)) | (BigInt((lengthBits << 2) | condition) << BigInt(16 + 4 * slot));
}

/** The child of all these tests: stands at its own SIGSTOP, does `code`, stops itself again and exits with 5. */
function child(...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(NETBSD, [raise(), ...code, raise(), EXIT]);
  const tid = stage.traced();
  expect(stage.go(tid)).toMatchObject({ signal: 'SIGSTOP' });
  return { stage, tid };
}

function expectGoodEnd(stage: Stage, tid: number): void {
  expect(stage.go(tid)).toMatchObject({ signal: 'SIGSTOP' });
  stage.go(tid);
  expect(stage.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5, killedBy: null });
}

describe('T-NB-01 to T-NB-04: what was written is read back', () => {
  test('T-NB-01: dbregs_print', () => {
    const { stage, tid } = child();
    expect(read(stage, tid)).toHaveLength(16);
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)('T-NB-02: dbregs_preserve_dr%i', (slot) => {
    const { stage, tid } = child();
    write(stage, tid, { [slot]: BigInt(A) });
    expect(read(stage, tid)[slot]).toBe(BigInt(A));
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)('T-NB-03: dbregs_preserve_dr%i_yield', (slot) => {
    const { stage, tid } = child();
    write(stage, tid, { [slot]: BigInt(A) });
    const before = read(stage, tid);
    // Its parent lets somebody else run.
    stage.runThread(stage.process(at(3)));
    expect(read(stage, tid)).toEqual(before);
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)('T-NB-04: dbregs_preserve_dr%i_continued', (slot) => {
    const { stage, tid } = child(raise());
    write(stage, tid, { [slot]: BigInt(A) });
    const before = read(stage, tid);
    expect(stage.go(tid)).toMatchObject({ signal: 'SIGSTOP' });
    expect(read(stage, tid)).toEqual(before);
    expectGoodEnd(stage, tid);
  });
});

const WATCHES = [
  { test: 'T-NB-05', kind: 'writeonly', condition: 1, access: 'write' },
  { test: 'T-NB-06', kind: 'readwrite_write', condition: 3, access: 'write' },
  { test: 'T-NB-07', kind: 'readwrite_read', condition: 3, access: 'read' },
] as const;
const WATCH_CASES = WATCHES.flatMap((watch) =>
  SLOTS.flatMap((slot) =>
    LENGTHS.map((length) => ({ ...watch, slot, length, title: `dbregs_dr${slot}_trap_variable_${watch.kind}_${length.name}` })),
  ),
);

describe('T-NB-05, T-NB-06, T-NB-07: a variable is watched', () => {
  test.each(WATCH_CASES)('$test: $title', ({ slot, length, condition, access }) => {
    const { stage, tid } = child(access === 'write' ? store(A, length.bytes) : load(A, length.bytes));
    write(stage, tid, { [slot]: BigInt(A), 7: control(slot, condition, length.bits) });
    expect(stage.go(tid)).toMatchObject(trap('TRAP_DBREG'));
    expect(stage.thread(tid).context.pc).toBe(at(2));
    expect((read(stage, tid)[6] ?? 0n) & 0xfn).toBe(BigInt(1 << slot));
    expectGoodEnd(stage, tid);
  });

  test('they are 36, as in NetBSD', () => {
    expect(new Set(WATCH_CASES.map(({ title }) => title)).size).toBe(36);
  });
});

describe('T-NB-08 to T-NB-11', () => {
  test.each(SLOTS)('T-NB-08: dbregs_dr%i_trap_code', (slot) => {
    const { stage, tid } = child(NOP);
    write(stage, tid, { [slot]: BigInt(at(1)), 7: control(slot, 0, 0) });
    expect(stage.go(tid)).toMatchObject(trap('TRAP_DBREG'));
    expect(stage.thread(tid).context.pc).toBe(at(1));
    write(stage, tid, { 7: 0n });
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)('T-NB-09: dbregs_dr%i_dont_inherit_lwp', (slot) => {
    const stage = new Stage(NETBSD, [{ op: 'syscall', call: { name: 'clone', child: at(2) } }, EXIT, store(A, 4), EXIT]);
    const tid = stage.traced();
    stage.tracer.setOptions(tid, ['clone']);
    write(stage, tid, { [slot]: BigInt(A), 7: control(slot, 1, 3) });
    expect(stage.go(tid)).toMatchObject({ why: 'clone' });
    const lwp = Tracer.demand(stage.tracer.eventMessage(tid));
    expect(read(stage, lwp)[slot]).not.toBe(read(stage, tid)[slot]);
    stage.go(lwp);
    expect(stage.thread(lwp)).toMatchObject({ status: 'exited', exitStatus: 5 });
  });

  test.each(SLOTS)('T-NB-10: dbregs_dr%i_dont_inherit_execve', (slot) => {
    const stage = new Stage(NETBSD, [{ op: 'syscall', call: { name: 'exec', to: at(1) } }, store(A, 4), EXIT]);
    const tid = stage.traced();
    write(stage, tid, { [slot]: BigInt(A), 7: control(slot, 1, 3) });
    expect(stage.go(tid)).toMatchObject(trap('TRAP_EXEC'));
    expect(read(stage, tid)[slot]).not.toBe(BigInt(A));
    stage.go(tid);
    expect(stage.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5 });
  });

  test('T-NB-11: x86_cve_2018_8897', () => {
    const { stage, tid } = child({ op: 'mov-ss', at: A }, { op: 'int', vector: 4 });
    write(stage, tid, { 0: BigInt(A), 7: 0x30003n });
    // The held #DB arrives at the first instruction of the kernel, where NetBSD ignores a user's slot; what is left is the INT.
    expect(stage.go(tid)).toMatchObject({ signal: 'SIGSEGV' });
    expect(stage.events('exception')).toMatchObject([{ user: false, reasons: 1 }]);
    stage.tracer.continue(tid, 'SIGKILL');
    stage.run();
    expect(stage.thread(tid)).toMatchObject({ status: 'exited', killedBy: 'SIGKILL' });
  });

  test('R-610: data = 0 is the first LWP, and a struct dbreg has 16 registers', () => {
    const stage = new Stage(NETBSD, [NOP, EXIT]);
    stage.process();
    const tid = stage.traced();
    stage.machine.addThread(stage.thread(tid).pid, BASE);
    expect(firstLwp(stage.host, stage.thread(tid).pid)).toBe(tid);
    write(stage, tid, { 0: BigInt(B) });
    expect(read(stage, firstLwp(stage.host, stage.thread(tid).pid) ?? -1)).toMatchObject({ 0: BigInt(B), length: 16 });
  });
});
