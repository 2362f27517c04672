// NetBSD's own tests of debug registers and of watchpoints, by their names (t_ptrace_x86_wait.h), as cases for machine and live threads.
import { expect } from 'vitest';
import type { Rules } from '../../src/facility/rules.js';
import { type DbReg, getDbRegs, setDbRegs } from '../../src/interfaces/netbsd-dbregs/index.js';
import {
  countWatchpoints,
  type DbRegsPart,
  readWatchpoint,
  trapInfo,
  type Watchpoint,
  writeWatchpoint,
} from '../../src/interfaces/netbsd-watchpoint/index.js';
import { HostTracer } from '../../src/interfaces/tracer.js';
import { NETBSD, NETBSD_2016, NETBSD_2017_01 } from '../../src/machine/kernels/netbsd.js';
import { EXIT, load, NOP, raise, store, trap } from '../machine/stage.js';
import { type Code, type InterfaceCase, type Places, type StartWorld, TRACER, type World } from './world.js';

const { demand } = HostTracer;
const SLOTS = [0, 1, 2, 3] as const;
const LENGTHS = [
  { bytes: 1, bits: 0, name: 'byte' },
  { bytes: 2, bits: 1, name: '2bytes' },
  { bytes: 4, bits: 3, name: '4bytes' },
] as const;

function read(world: World, tid: number): DbReg {
  return demand(getDbRegs(world.host, TRACER, tid));
}

/** PT_SETDBREGS with `values` in place of what is there, by register. */
function write(world: World, tid: number, values: Readonly<Record<number, bigint>>): void {
  const registers = read(world, tid).map((value, index) => values[index] ?? value);
  demand(setDbRegs(world.host, { tracer: TRACER, tid, privileged: true }, registers));
}

/** DR7 with register `slot` enabled by its G bit. */
function control(slot: number, condition: number, lengthBits: number): bigint {
  return (2n << BigInt(2 * slot)) | (BigInt((lengthBits << 2) | condition) << BigInt(16 + 4 * slot));
}

/** The child of these tests: stands at its own SIGSTOP, does `code` (from instruction 1 on), stops itself again and exits with 5. */
async function child(start: StartWorld, rules: Rules, code: Code): Promise<World> {
  const world = await start(rules, (places) => [raise(), ...code(places), raise(), EXIT]);
  expect(await world.go(world.first)).toMatchObject({ signal: 'SIGSTOP' });
  return world;
}

async function expectGoodEnd(world: World): Promise<void> {
  expect(await world.go(world.first)).toMatchObject({ signal: 'SIGSTOP' });
  expect(await world.go(world.first)).toBeNull();
  expect(await world.endOf(world.first)).toBe('good');
}

const variable = ({ variables: [a] }: Places): number => a;

const WATCHES = [
  { id: 'T-NB-05', kind: 'writeonly', condition: 1, access: store },
  { id: 'T-NB-06', kind: 'readwrite_write', condition: 3, access: store },
  { id: 'T-NB-07', kind: 'readwrite_read', condition: 3, access: load },
] as const;

const TRAP_VARIABLE: readonly InterfaceCase[] = WATCHES.flatMap(({ id, kind, condition, access }) =>
  SLOTS.flatMap((slot) =>
    LENGTHS.map(({ bytes, bits, name }) => ({
      title: `${id}: dbregs_dr${slot}_trap_variable_${kind}_${name}`,
      row: `${id}: dbregs_dr{0..3}_trap_variable_${kind}_{byte,2bytes,4bytes}`,
      liveDiffers: null,
      check: async (start) => {
        await using world = await child(start, NETBSD, (places) => [access(variable(places), bytes)]);
        write(world, world.first, { [slot]: BigInt(variable(world)), 7: control(slot, condition, bits) });
        expect(await world.go(world.first)).toMatchObject(trap('TRAP_DBREG'));
        expect(world.pcOf(world.first)).toBe(world.at(2));
        expect((read(world, world.first)[6] ?? 0n) & 0xfn).toBe(BigInt(1 << slot));
        await expectGoodEnd(world);
      },
    })),
  ),
);

const TRAP_CODE: readonly InterfaceCase[] = SLOTS.map((slot) => ({
  title: `T-NB-08: dbregs_dr${slot}_trap_code`,
  row: 'T-NB-08: dbregs_dr{0..3}_trap_code',
  liveDiffers: null,
  check: async (start) => {
    await using world = await child(start, NETBSD, () => [NOP]);
    write(world, world.first, { [slot]: BigInt(world.at(1)), 7: control(slot, 0, 0) });
    // It is met again as long as it is set.
    for (let times = 0; times < 2; times++) {
      expect(await world.go(world.first)).toMatchObject(trap('TRAP_DBREG'));
      expect(world.pcOf(world.first)).toBe(world.at(1));
    }
    write(world, world.first, { 7: 0n });
    await expectGoodEnd(world);
  },
}));

const NOT_INHERITED: readonly InterfaceCase[] = [
  ...SLOTS.map(
    (slot): InterfaceCase => ({
      title: `T-NB-09: dbregs_dr${slot}_dont_inherit_lwp`,
      row: 'T-NB-09: dbregs_dr{0..3}_dont_inherit_lwp',
      liveDiffers: null,
      check: async (start) => {
        const code: Code = (places) => [
          { op: 'syscall', call: { name: 'clone', child: places.at(2) } },
          EXIT,
          store(variable(places), 4),
          EXIT,
        ];
        await using world = await start(NETBSD, code);
        const { first, tracer } = world;
        demand(tracer.setOptions(first, ['clone']));
        write(world, first, { [slot]: BigInt(variable(world)), 7: control(slot, 1, 3) });
        expect(await world.go(first)).toMatchObject({ why: 'clone' });
        const lwp = demand(tracer.eventMessage(first));
        expect(await world.nextStop([lwp])).toMatchObject({ tid: lwp });
        expect(read(world, lwp)[slot]).not.toBe(read(world, first)[slot]);
        expect(await world.go(lwp)).toBeNull();
        expect(await world.endOf(lwp)).toBe('good');
      },
    }),
  ),
  ...SLOTS.map(
    (slot): InterfaceCase => ({
      title: `T-NB-10: dbregs_dr${slot}_dont_inherit_execve`,
      row: 'T-NB-10: dbregs_dr{0..3}_dont_inherit_execve',
      liveDiffers: null,
      check: async (start) => {
        const code: Code = (places) => [{ op: 'syscall', call: { name: 'exec', to: places.at(1) } }, store(variable(places), 4), EXIT];
        await using world = await start(NETBSD, code);
        write(world, world.first, { [slot]: BigInt(variable(world)), 7: control(slot, 1, 3) });
        expect(await world.go(world.first)).toMatchObject(trap('TRAP_EXEC'));
        expect(read(world, world.first)[slot]).not.toBe(BigInt(variable(world)));
        expect(await world.go(world.first)).toBeNull();
        expect(await world.endOf(world.first)).toBe('good');
      },
    }),
  ),
];

const MOV_SS: InterfaceCase = {
  title: 'T-NB-11: x86_cve_2018_8897',
  liveDiffers: null,
  check: async (start) => {
    // The selector that MOV SS loads lies in the last variable.
    const watched = ({ variables }: Places): number => variables[4];
    await using world = await child(start, NETBSD, (places) => [
      { op: 'mov-ss', at: watched(places) },
      { op: 'int', vector: 4 },
    ]);
    write(world, world.first, { 0: BigInt(watched(world)), 7: 0x30003n });
    // The held #DB arrives at the first instruction of the kernel, which ignores a user's slot there; what is left is the INT.
    expect(await world.go(world.first)).toMatchObject({ signal: 'SIGSEGV' });
    expect(await world.go(world.first, 'SIGKILL')).toBeNull();
    expect(await world.endOf(world.first)).toBe('SIGKILL');
  },
};

function wish(index: number, lwp: number, md: Omit<DbRegsPart, 'type'>): Watchpoint {
  return { index, lwp, md: { type: 'dbregs', ...md } };
}

function set(world: World, watchpoint: Watchpoint): ReturnType<typeof writeWatchpoint> {
  return writeWatchpoint(world.host, TRACER, watchpoint);
}

/** The interface as it was mailed, and in its last days, when siginfo named the watchpoint. */
const TIMES = [
  { when: 'as mailed', rules: NETBSD_2016, code: 'TRAP_TRACE', isNamed: false },
  { when: 'in January 2017', rules: NETBSD_2017_01, code: 'TRAP_HWWPT', isNamed: true },
] as const;

const WATCHPOINTS: readonly InterfaceCase[] = TIMES.flatMap(({ when, rules, code, isNamed }) => {
  const info = (index: number): object => ({ code, trap2: isNamed ? index : null, trap3: isNamed ? 'FIRED' : null });
  const infoOf = (world: World): object => demand(trapInfo(world.host, TRACER, world.first));
  const accessCase = (index: number, kind: 'write' | 'rw'): InterfaceCase => ({
    title: `T-NB-22: watchpoint_trap_data_${kind}${index}, ${when} (${code}, R-137, R-604)`,
    row: `T-NB-22: watchpoint_trap_data_{write,rw}{0..3}, ${when} (${code}, R-137, R-604)`,
    liveDiffers: null,
    check: async (start) => {
      const access = kind === 'write' ? store : load;
      await using world = await child(start, rules, (places) => [access(variable(places), 1)]);
      set(world, wish(index, world.first, { address: variable(world), condition: kind === 'write' ? 1 : 3, length: 0 }));
      expect(await world.go(world.first)).toMatchObject({ ...trap(code), address: world.at(2) });
      expect(infoOf(world)).toEqual(info(index));
      await expectGoodEnd(world);
    },
  });
  return [
    {
      title: `T-NB-20, R-130: watchpoint_count, watchpoint_read, watchpoint_write_unmodified, ${when}`,
      liveDiffers: null,
      check: async (start) => {
        await using world = await child(start, rules, () => [NOP]);
        const { host, first } = world;
        expect(countWatchpoints(host, TRACER, first)).toEqual({ ok: true, value: 4 });
        for (const index of SLOTS) {
          const unset = wish(index, first, { address: 0, condition: 0, length: 0 });
          expect(readWatchpoint(host, TRACER, first, index)).toEqual({ ok: true, value: unset });
          expect(set(world, unset)).toEqual({ ok: true, value: null });
          expect(readWatchpoint(host, TRACER, first, index)).toEqual({ ok: true, value: unset });
        }
        expect(readWatchpoint(host, TRACER, first, 4)).toEqual({ ok: false, errno: 'EINVAL' });
        await expectGoodEnd(world);
      },
    },
    ...SLOTS.map(
      (index): InterfaceCase => ({
        title: `T-NB-21: watchpoint_trap_code${index}, ${when} (${code}, R-137, R-604)`,
        row: `T-NB-21: watchpoint_trap_code{0..3}, ${when} (${code}, R-137, R-604)`,
        liveDiffers: null,
        check: async (start) => {
          await using world = await child(start, rules, () => [NOP, NOP]);
          const { first } = world;
          set(world, wish(index, first, { address: world.at(2), condition: 0, length: 0 }));
          expect(await world.go(first)).toMatchObject({ ...trap(code), address: world.at(2) });
          expect(infoOf(world)).toEqual(info(index));
          // It must be unset first, or it is met for ever.
          expect(await world.go(first)).toMatchObject({ ...trap(code), address: world.at(2) });
          set(world, wish(index, first, { address: 0, condition: 0, length: 0 }));
          await expectGoodEnd(world);
        },
      }),
    ),
    ...SLOTS.map((index) => accessCase(index, 'write')),
    ...SLOTS.map((index) => accessCase(index, 'rw')),
  ] satisfies InterfaceCase[];
});

const OTHER_WATCHPOINTS: readonly InterfaceCase[] = [
  {
    title: 'R-132: a watchpoint is its LWP’s, not the process’s',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(NETBSD_2016, (places) => [store(variable(places), 4), EXIT]);
      set(world, wish(0, world.first, { address: variable(world), condition: 1, length: 3 }));
      const sibling = await world.addThread(0);
      expect(await world.go(sibling)).toBeNull();
      expect(await world.go(world.first)).toMatchObject(trap('TRAP_TRACE'));
    },
  },
  ...[
    { rules: NETBSD_2016, isHit: false, ruled: 'no watchpoint while PT_STEP steps' },
    { rules: NETBSD_2017_01, isHit: true, ruled: 'watchpoints and PT_STEP mix' },
    { rules: NETBSD, isHit: true, ruled: 'watchpoints and PT_STEP mix' },
  ].map(
    ({ rules, isHit, ruled }): InterfaceCase => ({
      title: `R-133, R-602: ${rules.kernel} with ${rules.codes.data}: ${ruled}`,
      liveDiffers: null,
      check: async (start) => {
        await using world = await start(rules, (places) => [store(variable(places), 4), store(variable(places), 4), EXIT]);
        const { first, tracer } = world;
        demand(tracer.setSlot(first, 0, { address: variable(world), length: 4, access: 'write' }));
        expect(await world.step(first)).toMatchObject({ reasons: 0x4000 | (isHit ? 1 : 0), address: world.at(1) });
        // Without stepping it is there again.
        expect(await world.go(first)).toMatchObject({ address: world.at(2) });
        expect(demand(tracer.status(first)).hits).toBe(1);
      },
    }),
  ),
];

/** All of them. */
export const NETBSD_CASES: readonly InterfaceCase[] = [
  ...TRAP_VARIABLE,
  ...TRAP_CODE,
  ...NOT_INHERITED,
  MOV_SS,
  ...WATCHPOINTS,
  ...OTHER_WATCHPOINTS,
];
