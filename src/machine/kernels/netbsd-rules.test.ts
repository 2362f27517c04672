// The rules of NetBSD's PT_GETDBREGS and PT_SETDBREGS, beside the tests that NetBSD has itself.
import { describe, expect, test } from 'vitest';
import { A, at, B, EXIT, kernelWrite, NOP, raise, Stage, store, trap, work } from '../../../test/machine/stage.js';
import { type DbReg, firstLwp, getDbRegs, setDbRegs } from '../../interfaces/netbsd-dbregs/index.js';
import { DEFAULT_MODEL } from '../cpu.js';
import type { Instruction } from '../program.js';
import { Tracer } from '../tracer.js';
import { NETBSD } from './netbsd.js';

const WATCH = { length: 4, access: 'write' } as const;

function stopped(...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(NETBSD, [...code, EXIT]);
  return { stage, tid: stage.traced() };
}

function get(stage: Stage, tid: number): DbReg {
  return Tracer.demand(getDbRegs(stage.host, 100, tid));
}

function put(stage: Stage, tid: number, values: Readonly<Record<number, bigint>>, privileged = true): ReturnType<typeof setDbRegs> {
  const registers = get(stage, tid).map((value, index) => values[index] ?? value);
  return setDbRegs(stage.host, { tracer: 100, tid, privileged }, registers);
}

describe('PT_GETDBREGS and PT_SETDBREGS', () => {
  test('R-610: the registers are the processor’s own, 16 of them; data = 0 is the first LWP', () => {
    const { stage } = stopped(NOP);
    const tid = stage.traced();
    const { pid } = stage.thread(tid);
    stage.machine.addThread(pid, at(0));
    expect(firstLwp(stage.host, pid)).toBe(tid);
    expect(put(stage, tid, { 0: BigInt(B), 7: 0x10002n }).ok).toBe(true);
    expect(get(stage, tid)).toHaveLength(16);
    stage.tracer.continue(tid);
    expect(stage.cpu().dr.slice(0, 2)).toEqual([B, 0]);
    expect(firstLwp(stage.host, 77)).toBeNull();
  });

  test('R-611: the state is made at the first GET or SET, from what the boot left', () => {
    const { stage, tid } = stopped();
    expect(stage.machine.state.half.threads[tid]?.used).toBe(false);
    const registers = get(stage, tid);
    expect(stage.machine.state.half.threads[tid]?.used).toBe(true);
    expect(registers[6]).toBe(0xffff_0ff0n);
    expect(registers[7]).toBe(0x400n);
  });

  test.each([
    { what: 'DR0 beyond user mode', values: { 0: 0x7fff_ffff_f000n }, ok: false },
    { what: 'DR3 in the kernel', values: { 3: 0xffff_8000_0000_0000n }, ok: false },
    { what: 'general detect', values: { 7: 0x2000n }, ok: false },
    { what: 'the last byte of user mode', values: { 0: 0x7fff_ffff_efffn }, ok: true },
    { what: 'an address that is not aligned', values: { 0: BigInt(A + 1), 7: 0xd0002n }, ok: true },
    { what: 'an I/O breakpoint', values: { 7: 0x20002n }, ok: true },
    { what: 'execute of eight bytes', values: { 7: 0x80002n }, ok: true },
    { what: 'any DR6', values: { 6: 0xffn }, ok: true },
  ])('R-612: $what: good is $ok', ({ values, ok }) => {
    const { stage, tid } = stopped();
    const before = get(stage, tid);
    expect(put(stage, tid, values)).toEqual(ok ? { ok: true, value: null } : { ok: false, errno: 'EINVAL' });
    if (!ok) expect(get(stage, tid)).toEqual(before);
  });

  test('R-613: ESRCH for an LWP of somebody else, EBUSY for one that runs', () => {
    const { stage, tid } = stopped(NOP, NOP);
    expect(getDbRegs(stage.host, 100, 17)).toEqual({ ok: false, errno: 'ESRCH' });
    expect(getDbRegs(stage.host, 101, tid)).toEqual({ ok: false, errno: 'ESRCH' });
    stage.tracer.continue(tid);
    expect(getDbRegs(stage.host, 100, tid)).toEqual({ ok: false, errno: 'EBUSY' });
    expect(setDbRegs(stage.host, { tracer: 100, tid, privileged: true }, [])).toEqual({ ok: false, errno: 'EBUSY' });
  });

  test('R-614: writing needs privilege, reading does not', () => {
    const { stage, tid } = stopped();
    expect(put(stage, tid, { 0: BigInt(A) }, false)).toEqual({ ok: false, errno: 'EPERM' });
    expect(get(stage, tid)[0]).toBe(0n);
  });
});

describe('what the kernel does with them', () => {
  test('R-615: on the way to user mode DR0 to DR3, DR6 and DR7 are the LWP’s; one without state leaves nothing armed and no hit', () => {
    const { stage, tid } = stopped(NOP, NOP);
    put(stage, tid, { 2: BigInt(A), 6: 0xffff_0ff8n, 7: 0xd00_0020n });
    stage.tracer.continue(tid);
    expect(stage.cpu().dr[4]).toBe(A);
    expect(stage.cpu().dr6 & 0xf).toBe(8);
    expect(stage.cpu().dr7 & 0xff).toBe(0x20);
    const other = stage.process();
    stage.machine.switch(0, other);
    expect(stage.cpu().dr6 & 0xf).toBe(0);
    expect(stage.cpu().dr7).toBe(0x400);
  });

  test('R-615: DR6 is the tracer’s to clear: on a processor that leaves old hits they gather, on others the last is there', () => {
    const hits = [true, false].map((clearsStaleLowBits) => {
      const stage = new Stage(NETBSD, [store(A, 4), store(B, 4), EXIT], { model: { ...DEFAULT_MODEL, clearsStaleLowBits } });
      const tid = stage.traced();
      stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
      stage.tracer.setSlot(tid, 1, { address: B, ...WATCH });
      stage.go(tid);
      const first = (get(stage, tid)[6] ?? 0n) & 0xfn;
      stage.go(tid);
      return [first, (get(stage, tid)[6] ?? 0n) & 0xfn];
    });
    expect(hits).toEqual([
      [1n, 2n],
      [1n, 3n],
    ]);
  });

  test('R-616: a hit is TRAP_DBREG, also in a step; a step alone TRAP_TRACE, INT3 TRAP_BRKPT', () => {
    const { stage, tid } = stopped(store(A, 4), NOP, { op: 'int3' });
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.step(tid)).toMatchObject(trap('TRAP_DBREG'));
    put(stage, tid, { 6: 0xffff_0ff0n });
    expect(stage.step(tid)).toMatchObject(trap('TRAP_TRACE'));
    expect(stage.go(tid)).toMatchObject(trap('TRAP_BRKPT'));
  });

  test('R-616: what the kernel does to a watched buffer is not reported', () => {
    const { stage, tid } = stopped(work(kernelWrite(A)), NOP);
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    expect(stage.go(tid)).toBeNull();
    expect(stage.thread(tid).exitStatus).toBe(5);
  });

  test('R-617: to get past a breakpoint the tracer clears its enable, steps, and sets it again', () => {
    const { stage, tid } = stopped(NOP, NOP, { op: 'loop', to: at(1), times: 2 });
    const slot = { address: at(1), length: 1, access: 'execute' } as const;
    stage.tracer.setSlot(tid, 0, slot);
    const met: number[] = [];
    for (let round = 0; round < 2; round++) {
      expect(stage.go(tid)).toMatchObject(trap('TRAP_DBREG'));
      expect(stage.thread(tid).context.rf).toBe(false);
      met.push(stage.thread(tid).context.pc);
      stage.tracer.setSlot(tid, 0, null);
      stage.step(tid);
      stage.tracer.setSlot(tid, 0, slot);
    }
    expect(stage.go(tid)).toBeNull();
    expect(met).toEqual([at(1), at(1)]);
  });

  test.each(['fork', 'vfork', 'clone'] as const)('R-618: %s begins without', (name) => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name, child: at(2) } }, NOP, store(A, 4), raise());
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.tracer.setOptions(tid, [name]);
    expect(stage.go(tid)).toMatchObject({ why: name });
    const child = Tracer.demand(stage.tracer.eventMessage(tid));
    expect(get(stage, child).slice(0, 4)).toEqual([0n, 0n, 0n, 0n]);
    expect(get(stage, child)[7]).toBe(0x400n);
    expect(stage.go(child)).toMatchObject({ signal: 'SIGSTOP' });
  });

  test('R-618: exec drops the state', () => {
    const { stage, tid } = stopped({ op: 'syscall', call: { name: 'exec', to: at(1) } }, store(A, 4));
    stage.tracer.setSlot(tid, 0, { address: A, ...WATCH });
    stage.go(tid);
    expect(stage.machine.state.half.threads[tid]?.used).toBe(false);
    expect(stage.go(tid)).toBeNull();
    expect(stage.thread(tid).exitStatus).toBe(5);
  });
});
