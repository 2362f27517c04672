// pfmon and gdb, two programs that the mails talk of, on the kernels that they talk of.
import { describe, expect, test } from 'vitest';
import { GdbRegisters } from '../../../test/machine/gdb.js';
import { type Following, Pfmon, type Trigger } from '../../../test/machine/pfmon.js';
import { A, at, B, EXIT, NOP, Stage, store } from '../../../test/machine/stage.js';
import type { Rules } from '../../facility/rules.js';
import { registerKwatch } from '../../interfaces/kwatch/index.js';
import { FREEBSD, HWBKPT, LINUX, LINUX_2_6_20, LINUX_2_6_20_IA64, NETBSD, NETBSD_2016 } from './index.js';

const CODE: Trigger = { kind: 'code', address: at(3), access: 3 };
const DATA: Trigger = { kind: 'data', address: A, access: 2 };

/** A program that forks; parent and child come to at(3), and store into A behind it. */
function forking(
  rules: Rules,
  following: Following,
  triggers: readonly Trigger[],
): { stage: Stage; pfmon: Pfmon; parent: number; child: number } {
  const stage = new Stage(rules, [NOP, { op: 'syscall', call: { name: 'fork', child: at(2) } }, NOP, NOP, store(A), EXIT]);
  const parent = stage.traced();
  const pfmon = new Pfmon(stage, following);
  pfmon.arm(parent, triggers);
  return { stage, pfmon, parent, child: parent + 1 };
}

describe('pfmon', () => {
  test('R-862: sets type bits with L off, then the address, then enables; 1 and 2 are writes, 3 is read or write', () => {
    const { pfmon } = forking(LINUX_2_6_20, 'unaware', [DATA, { ...DATA, address: B, access: 3 }]);
    const address = (value: number): string => value.toString(16);
    expect(pfmon.pokes).toEqual(['7=b90300', `0=${address(A)}`, '7=b90300', `1=${address(B)}`, '7=b90355']);
  });

  test.each([
    {
      rules: LINUX_2_6_20,
      arch: 'x86',
      says: 'the child inherits, and is stopped for ever at a breakpoint that pfmon has not set',
      ends: 'endless',
    },
    { rules: LINUX_2_6_20_IA64, arch: 'ia64', says: 'the child inherits nothing', ends: 'ended' },
    { rules: HWBKPT, arch: 'x86', says: 'the child inherits nothing', ends: 'ended' },
    { rules: LINUX, arch: 'x86', says: 'the child inherits nothing', ends: 'ended' },
  ])('S4, R-122, R-864: unaware of it, on $rules.kernel for $arch: $says', ({ rules, ends }) => {
    const { stage, pfmon, parent, child } = forking(rules, 'unaware', [CODE]);
    expect(pfmon.monitor(parent, 50)).toBe('ended');
    expect(pfmon.monitor(child, 50)).toBe(ends);
    const warnings = pfmon.log.filter((line) => line.startsWith('warning'));
    expect(warnings).toHaveLength(ends === 'endless' ? 50 : 0);
    if (ends === 'endless') expect(stage.thread(child).context.pc).toBe(at(3));
  });

  test('R-864: an unexplained SIGTRAP of a data breakpoint is a warning, and the thread goes on', () => {
    const { stage, pfmon, parent, child } = forking(LINUX_2_6_20, 'unaware', [DATA]);
    pfmon.monitor(parent, 50);
    expect(pfmon.monitor(child, 50)).toBe('ended');
    expect(pfmon.log.filter((line) => line.startsWith('warning'))).toEqual([`warning: unexplained SIGTRAP in ${child}`]);
    expect(stage.thread(child)).toMatchObject({ exitStatus: 5, killedBy: null });
  });

  test('R-861: without follow it disables all in the child', () => {
    const { stage, pfmon, parent, child } = forking(LINUX_2_6_20, 'disable', [CODE, { ...DATA }]);
    pfmon.monitor(parent, 50);
    expect(stage.tracer.peek(child, 7)).toEqual({ ok: true, value: 0x300n });
    expect(pfmon.monitor(child, 50)).toBe('ended');
    expect(pfmon.log).toEqual([`${parent} forked ${child}`, `${parent} came to ${at(3)}`, `${parent} touched ${A}`]);
  });

  test.each([LINUX_2_6_20, LINUX_2_6_20_IA64, HWBKPT, LINUX])('R-860: only with follow are children monitored, on $kernel', (rules) => {
    const { pfmon, parent, child } = forking(rules, 'follow', [CODE, DATA]);
    expect([pfmon.monitor(parent, 50), pfmon.monitor(child, 50)]).toEqual(['ended', 'ended']);
    const seen = [parent, child].flatMap((tid) => [`${tid} came to ${at(3)}`, `${tid} touched ${A}`]);
    expect(pfmon.log).toEqual([`${parent} forked ${child}`, ...seen]);
  });

  test('R-863: after a code hit it sets RF, and a kernel that loses it is a fatal error', () => {
    const { stage, pfmon, parent } = forking(LINUX_2_6_20, 'disable', [CODE]);
    stage.host.tracing.setRf = () => undefined;
    expect(() => pfmon.monitor(parent, 50)).toThrow('lost RF');
  });
});

describe('gdb', () => {
  function started(rules: Rules, longest: 4 | 8): { stage: Stage; tid: number; gdb: GdbRegisters } {
    const stage = new Stage(rules, [store(A + 2, 1), store(B, 8), EXIT]);
    const tid = stage.traced();
    return { stage, tid, gdb: new GdbRegisters(stage.tracer, tid, longest) };
  }

  test.each([HWBKPT, LINUX_2_6_20, LINUX, NETBSD, NETBSD_2016, FREEBSD])(
    'R-870: identical requests share a register by count, on $kernel',
    (rules) => {
      const { stage, tid, gdb } = started(rules, 4);
      expect([gdb.insert(A, 4, 'write'), gdb.insert(A, 4, 'write'), gdb.insert(A, 4, 'readwrite')]).toEqual([true, true, true]);
      expect(gdb.users).toEqual([2, 1, 0, 0]);
      gdb.remove(A, 4, 'write');
      gdb.remove(A, 4, 'readwrite');
      expect(gdb.users).toEqual([1, 0, 0, 0]);
      expect(stage.go(tid)).toMatchObject({ signal: 'SIGTRAP' });
      gdb.remove(A, 4, 'write');
      expect(gdb.users).toEqual([0, 0, 0, 0]);
      expect(stage.go(tid)).toBeNull();
    },
  );

  test.each([
    { longest: 8, address: A, length: 16, used: [1, 1, 0, 0] },
    { longest: 4, address: A, length: 16, used: [1, 1, 1, 1] },
    { longest: 8, address: A + 1, length: 7, used: [1, 1, 1, 0] },
    { longest: 8, address: A + 1, length: 16, used: [0, 0, 0, 0] },
  ] as const)('R-870: $length bytes at an address of that alignment take registers $used, of at most $longest bytes each', (region) => {
    const { gdb } = started(LINUX, region.longest);
    expect(gdb.insert(region.address, region.length, 'write')).toBe(region.used.some((users) => users > 0));
    expect(gdb.users).toEqual(region.used);
  });

  test('R-203, R-870: from DR0 up, so that Kwatch from DR3 down meets it last', () => {
    const { stage, gdb } = started(LINUX_2_6_20, 4);
    const kernel = { address: -0x1000, length: 4, type: 1, handler: 1 };
    expect(gdb.insert(A, 4, 'write')).toBe(true);
    expect([0, 1, 2].map(() => registerKwatch(stage.host, kernel).ok)).toEqual([true, true, true]);
    expect(registerKwatch(stage.host, kernel).ok).toBe(false);
    expect(gdb.insert(B, 4, 'write')).toBe(false);
    expect(gdb.users).toEqual([1, 0, 0, 0]);
  });
});
