// NetBSD's interim interface: the mail of December 2016 (netbsd-2016), and its last days in January 2017, with the tests it had then.
import { describe, expect, test } from 'vitest';
import { A, at, B, EXIT, kernelWrite, load, NOP, raise, Stage, store, trap, work } from '../../../test/machine/stage.js';
import type { Rules } from '../../facility/rules.js';
import {
  countWatchpoints,
  type DbRegsPart,
  readWatchpoint,
  type TrapInfo,
  trapInfo,
  type Watchpoint,
  writeWatchpoint,
} from '../../interfaces/netbsd-watchpoint/index.js';
import type { Instruction } from '../program.js';
import { Tracer } from '../tracer.js';
import { NETBSD, NETBSD_2016, NETBSD_2017_01 } from './netbsd.js';

const SLOTS = [0, 1, 2, 3] as const;

function stoppedChild(rules: Rules, ...code: readonly Instruction[]): { stage: Stage; tid: number } {
  const stage = new Stage(rules, [...code, raise(), EXIT]);
  return { stage, tid: stage.traced() };
}

function wish(index: number, lwp: number, md: Omit<DbRegsPart, 'type'>): Watchpoint {
  return { index, lwp, md: { type: 'dbregs', ...md } };
}

function set(stage: Stage, watchpoint: Watchpoint): ReturnType<typeof writeWatchpoint> {
  return writeWatchpoint(stage.host, 100, watchpoint);
}

function info(stage: Stage, tid: number): TrapInfo {
  return Tracer.demand(trapInfo(stage.host, 100, tid));
}

function expectGoodEnd(stage: Stage, tid: number): void {
  expect(stage.go(tid)).toMatchObject({ signal: 'SIGSTOP' });
  stage.go(tid);
  expect(stage.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5, killedBy: null });
}

describe.each([
  { when: 'as mailed', rules: NETBSD_2016, code: 'TRAP_TRACE', trap3: null },
  { when: 'in January 2017', rules: NETBSD_2017_01, code: 'TRAP_HWWPT', trap3: 'FIRED' },
] as const)('the tests of the interface, $when', ({ rules, code, trap3 }) => {
  const named = (index: number): TrapInfo => ({ code, trap2: trap3 === null ? null : index, trap3 });

  test('T-NB-20, R-130: watchpoint_count', () => {
    const { stage, tid } = stoppedChild(rules);
    expect(countWatchpoints(stage.host, 100, tid)).toEqual({ ok: true, value: 4 });
  });

  test('T-NB-20, R-130: watchpoint_read', () => {
    const { stage, tid } = stoppedChild(rules);
    for (const index of SLOTS) {
      const unset = wish(index, tid, { address: 0, condition: 0, length: 0 });
      expect(readWatchpoint(stage.host, 100, tid, index)).toEqual({ ok: true, value: unset });
    }
  });

  test('T-NB-20: watchpoint_write_unmodified', () => {
    const { stage, tid } = stoppedChild(rules);
    for (const index of SLOTS) {
      const before = Tracer.demand(readWatchpoint(stage.host, 100, tid, index));
      expect(set(stage, before)).toEqual({ ok: true, value: null });
      expect(readWatchpoint(stage.host, 100, tid, index)).toEqual({ ok: true, value: before });
    }
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)(`T-NB-21: watchpoint_trap_code%i (${code}, R-137, R-604)`, (index) => {
    const { stage, tid } = stoppedChild(rules, NOP, NOP);
    set(stage, wish(index, tid, { address: at(1), condition: 0, length: 0 }));
    expect(stage.go(tid)).toMatchObject(trap(code));
    expect(info(stage, tid)).toEqual(named(index));
    // It must be unset first, or it is met for ever.
    expect(stage.go(tid)).toMatchObject({ ...trap(code), address: at(1) });
    set(stage, wish(index, tid, { address: 0, condition: 0, length: 0 }));
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)(`T-NB-22: watchpoint_trap_data_write%i (${code})`, (index) => {
    const { stage, tid } = stoppedChild(rules, load(A, 1), store(A, 1));
    set(stage, wish(index, tid, { address: A, condition: 1, length: 0 }));
    expect(stage.go(tid)).toMatchObject({ ...trap(code), address: at(2) });
    expect(info(stage, tid)).toEqual(named(index));
    expectGoodEnd(stage, tid);
  });

  test.each(SLOTS)(`T-NB-22: watchpoint_trap_data_rw%i (${code})`, (index) => {
    const { stage, tid } = stoppedChild(rules, load(A, 1));
    set(stage, wish(index, tid, { address: A, condition: 3, length: 0 }));
    expect(stage.go(tid)).toMatchObject({ ...trap(code), address: at(1) });
    expect(info(stage, tid)).toEqual(named(index));
    expectGoodEnd(stage, tid);
  });
});

describe('what the mail asks for', () => {
  test('R-130, R-601: index, condition, length and address are looked at', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016);
    const good = { address: A, condition: 1, length: 0 };
    expect(set(stage, wish(0, tid, good))).toEqual({ ok: true, value: null });
    const refused = { ok: false, errno: 'EINVAL' };
    expect(set(stage, wish(4, tid, good))).toEqual(refused);
    expect(set(stage, wish(-1, tid, good))).toEqual(refused);
    expect(readWatchpoint(stage.host, 100, tid, 4)).toEqual(refused);
    // I/O and eight bytes are not implemented.
    expect(set(stage, wish(1, tid, { ...good, condition: 2 }))).toEqual(refused);
    expect(set(stage, wish(1, tid, { ...good, length: 2 }))).toEqual(refused);
  });

  test('R-601: the structure is tagged, address 0 unsets, and reading gives the setting of that index', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, store(A, 4));
    const watch = wish(2, tid, { address: A, condition: 1, length: 3 });
    set(stage, watch);
    expect(readWatchpoint(stage.host, 100, tid, 2)).toEqual({ ok: true, value: watch });
    expect(readWatchpoint(stage.host, 100, tid, 1)).toMatchObject({ value: { md: { type: 'dbregs', address: 0 } } });
    set(stage, wish(2, tid, { address: 0, condition: 1, length: 3 }));
    expectGoodEnd(stage, tid);
  });

  test('R-131: the processor’s registers are shown to nobody', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016);
    for (let index = 0; index < 8; index++) {
      expect(stage.tracer.peek(tid, index)).toEqual({ ok: false, errno: 'ENOSYS' });
      expect(stage.tracer.poke(tid, index, 0n)).toEqual({ ok: false, errno: 'ENOSYS' });
    }
    expect(NETBSD_2016.registersInContext).toBe(false);
  });

  test('R-132: a watchpoint is its LWP’s, not the process’s', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, store(A, 4));
    set(stage, wish(0, tid, { address: A, condition: 1, length: 3 }));
    const sibling = stage.machine.addThread(stage.thread(tid).pid, at(0)).tid;
    stage.runThread(sibling);
    expect(stage.events('exception')).toEqual([]);
    expect(stage.go(tid)).toMatchObject(trap('TRAP_TRACE'));
  });

  test.each([
    { rules: NETBSD_2016, hits: 0, ruled: 'no watchpoint while PT_STEP steps' },
    { rules: NETBSD_2017_01, hits: 1, ruled: 'watchpoints and PT_STEP mix' },
    { rules: NETBSD, hits: 1, ruled: 'watchpoints and PT_STEP mix' },
  ])('R-133, R-602: $rules.kernel with $rules.codes.data: $ruled', ({ rules, hits }) => {
    const { stage, tid } = stoppedChild(rules, store(A, 4), store(A, 4));
    stage.tracer.setSlot(tid, 0, { address: A, length: 4, access: 'write' });
    expect(stage.step(tid)).toMatchObject({ reasons: 0x4000 | hits });
    // Without stepping it is there again; BS stays in DR6, of which only the hits are cleared.
    expect(stage.go(tid)).toMatchObject({ reasons: 0x4001, address: at(2) });
  });

  test('R-604: a hit in a step is FIRED_AND_SSTEP', () => {
    const { stage, tid } = stoppedChild(NETBSD_2017_01, store(A, 4));
    set(stage, wish(3, tid, { address: A, condition: 1, length: 3 }));
    stage.step(tid);
    expect(info(stage, tid)).toEqual({ code: 'TRAP_HWWPT', trap2: 3, trap3: 'FIRED_AND_SSTEP' });
  });

  test('R-134: registers are loaded at the end of the way back to user mode, and stay in the kernel', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, work({ act: 'idle' }, { act: 'idle' }));
    set(stage, wish(0, tid, { address: A, condition: 1, length: 3 }));
    expect(stage.cpu().dr7 & 0xff).toBe(0);
    stage.machine.takeEvents();
    stage.tracer.continue(tid);
    expect(stage.events('load')).toMatchObject([{ why: 'return-to-user' }]);
    // Into the system call and in the middle of it.
    stage.machine.step(0);
    stage.machine.step(0);
    expect(stage.thread(tid).call).not.toBeNull();
    expect(stage.cpu().dr7 & 0xff).toBe(2);
  });

  test('R-135: only addresses of user mode, and nothing fires in the kernel', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, work(kernelWrite(A)));
    for (const address of [-0x1000, NETBSD_2016.raw.userEnd, Number.NaN]) {
      expect(set(stage, wish(0, tid, { address, condition: 1, length: 0 }))).toEqual({ ok: false, errno: 'EINVAL' });
    }
    expect(set(stage, wish(0, tid, { address: NETBSD_2016.raw.userEnd - 1, condition: 1, length: 0 })).ok).toBe(true);
    set(stage, wish(0, tid, { address: A, condition: 1, length: 3 }));
    expectGoodEnd(stage, tid);
    expect(stage.events('exception')).toMatchObject([{ user: false, reasons: 1 }]);
  });

  test('R-136: a kernel debugger that wants the registers stops loading them for user mode', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, store(A, 4));
    set(stage, wish(0, tid, { address: A, condition: 1, length: 3 }));
    stage.machine.state.half.kernelUser = true;
    expectGoodEnd(stage, tid);
    expect(stage.events('exception')).toEqual([]);
  });

  test('R-602: four, enabled by G bits, DR7 switched off before and written last, old hits out of DR6', () => {
    const { stage, tid } = stoppedChild(NETBSD_2016, store(A, 4), store(B, 4));
    for (const index of SLOTS) set(stage, wish(index, tid, { address: index < 2 ? A : B, condition: 1, length: 3 }));
    stage.go(tid);
    expect(stage.cpu().dr7 & 0xff).toBe(0xaa);
    expect(stage.thread(tid).trace.stop).toMatchObject({ reasons: 3 });
    stage.tracer.continue(tid);
    expect(stage.cpu().dr6 & 0xf).toBe(0);
    expect(NETBSD_2016.loadOrder).toBe('disable-first');
  });

  test('R-603: a trap without a hit is not a watchpoint’s', () => {
    const { stage, tid } = stoppedChild(NETBSD_2017_01, { op: 'icebp' }, NOP, { op: 'int3' });
    set(stage, wish(0, tid, { address: A, condition: 1, length: 3 }));
    expect(stage.go(tid)).toMatchObject(trap('TRAP_TRACE'));
    expect(info(stage, tid)).toEqual({ code: 'TRAP_TRACE', trap2: null, trap3: null });
    expect(stage.step(tid)).toMatchObject(trap('TRAP_TRACE'));
    expect(stage.go(tid)).toMatchObject(trap('TRAP_BRKPT'));
  });

  test('siginfo is asked for at a SIGTRAP only', () => {
    const { stage, tid } = stoppedChild(NETBSD_2017_01);
    expect(trapInfo(stage.host, 100, tid)).toEqual({ ok: false, errno: 'EINVAL' });
    expect(trapInfo(stage.host, 101, tid)).toEqual({ ok: false, errno: 'ESRCH' });
  });
});
