// Four registers for many users: the 2007 API's priorities, waiting, eviction and callbacks, and raw registers among them, on one thread.
import { expect } from 'vitest';
import { PRIORITY } from '../../src/facility/request.js';
import { type HwBreakpoint, modify, registerUser, statusOf, unregister } from '../../src/interfaces/hwbkpt/index.js';
import { HostTracer } from '../../src/interfaces/tracer.js';
import { swallowSignals, unwatch, watchThread } from '../../src/interfaces/utrace/index.js';
import { HWBKPT } from '../../src/machine/kernels/index.js';
import { EXIT, kernelWrite, NOP, raise, store, trap, work } from '../machine/stage.js';
import type { InterfaceCase, Told, World } from './world.js';

const { demand } = HostTracer;
const INSTALLED = { ok: true, value: 1 };
const WAITING = { ok: true, value: 0 };

/** Of `hwbkpt`'s status: unregistered, waiting, installed. */
const STATUS = { unregistered: 0, waiting: 1, installed: 2 } as const;

/** Watches 4 bytes `offset` from the first variable, at normal priority, and consumes its hits. */
function breakpoint(world: World, id: number, offset: number, change: Partial<HwBreakpoint> = {}): HwBreakpoint {
  const [address] = world.variables;
  const usual = { priority: PRIORITY.normal, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
  return { id, address: address + offset, length: 4, access: 'write', ...usual, ...change };
}

function register(world: World, id: number, offset: number, change: Partial<HwBreakpoint> = {}): ReturnType<typeof registerUser> {
  return registerUser(world.host, world.first, breakpoint(world, id, offset, change));
}

/** `3 uninstalled (evicted)`: what was told since the last look. */
function toldOf(world: World): string[] {
  return world
    .takeTold()
    .map((told) => (told.what === 'triggered' ? `${told.request} ${told.what}` : `${told.request} ${told.what} (${told.cause})`));
}

/** Who was triggered since the last look, in any order. */
function triggersOf(told: readonly Told[]): number[] {
  return told.flatMap(({ request, what }) => (what === 'triggered' ? [request] : [])).toSorted((a, b) => a - b);
}

function statuses(world: World, ids: readonly number[]): number[] {
  return ids.map((id) => statusOf(world.host, id));
}

/** Virtual DR6's B0 to B3. */
function dr6Of(world: World): bigint {
  return demand(world.tracer.peek(world.first, 6)) & 0xfn;
}

const PRIORITIES: InterfaceCase = {
  title: 'R-321, R-325, R-342: a tracer in the middle: one user gets out of its way, another need not; the loser is told before it leaves',
  liveDiffers: null,
  check: async (start) => {
    await using world = await start(HWBKPT, ({ variables: [a] }) => [
      store(a, 4),
      store(a + 4, 4),
      store(a + 8, 4),
      store(a + 12, 4),
      NOP,
      EXIT,
    ]);
    const { host, first, tracer, variables } = world;
    expect(register(world, 0, 8, { priority: PRIORITY.high })).toEqual(INSTALLED);
    for (const id of [1, 2, 3]) expect(register(world, id, 8 + 4 * id)).toEqual(INSTALLED);
    expect(toldOf(world)).toEqual([0, 1, 2, 3].map((id) => `${id} installed (asked)`));
    demand(tracer.setSlot(first, 0, { address: variables[0], length: 4, access: 'write' }));
    // The youngest of the lowest.
    expect(toldOf(world)).toEqual(['3 uninstalled (evicted)']);
    demand(tracer.setSlot(first, 1, { address: variables[0] + 4, length: 4, access: 'write' }));
    expect(toldOf(world)).toEqual(['2 uninstalled (evicted)']);
    expect(statuses(world, [0, 1, 2, 3])).toEqual([STATUS.installed, STATUS.installed, STATUS.waiting, STATUS.waiting]);
    expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1) });
    expect(dr6Of(world)).toBe(1n);
    expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(2) });
    expect(dr6Of(world)).toBe(2n);
    demand(tracer.setSlot(first, 0, null));
    // Older than 3.
    expect(toldOf(world)).toEqual(['2 installed (restored)']);
    expect(unregister(host, 2)).toEqual({ ok: true, value: null });
    expect(toldOf(world)).toEqual(['2 uninstalled (withdrawn)', '3 installed (restored)']);
    expect(await world.go(first)).toBeNull();
    const told = world.takeTold();
    expect(triggersOf(told)).toEqual([0, 1]);
    expect(statuses(world, [0, 1, 3])).toEqual([STATUS.unregistered, STATUS.unregistered, STATUS.unregistered]);
    expect(await world.endOf(first)).toBe('good');
  },
};

const NO_FREE_SLOT: InterfaceCase = {
  title: 'R-104: a raw register with no free slot is an error where it is set, and nothing has changed',
  liveDiffers: null,
  check: async (start) => {
    await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), EXIT]);
    const { first, host, tracer, variables } = world;
    for (const id of [0, 1, 2, 3]) expect(register(world, id, 8 + 4 * id, { priority: PRIORITY.high })).toEqual(INSTALLED);
    expect(tracer.poke(first, 0, BigInt(variables[0]))).toEqual({ ok: true, value: null });
    expect(tracer.poke(first, 7, 0xd0001n)).toEqual({ ok: false, errno: 'ENOSPC' });
    expect(tracer.peek(first, 7)).toEqual({ ok: true, value: 0n });
    expect(statuses(world, [0, 1, 2, 3])).toEqual([STATUS.installed, STATUS.installed, STATUS.installed, STATUS.installed]);
    unregister(host, 2);
    expect(tracer.poke(first, 7, 0xd0001n)).toEqual({ ok: true, value: null });
    expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1) });
    expect(dr6Of(world)).toBe(1n);
    expect(await world.go(first)).toBeNull();
  },
};

const WAITING_CASES: readonly InterfaceCase[] = [
  {
    title: 'R-325, R-330, R-340: a fifth waits, and is installed when room appears; among equals the oldest comes first',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a + 16, 4), store(a + 20, 4), EXIT]);
      for (const id of [0, 1, 2, 3]) expect(register(world, id, 4 * id)).toEqual(INSTALLED);
      for (const id of [4, 5]) expect(register(world, id, 4 * id)).toEqual(WAITING);
      world.takeTold();
      unregister(world.host, 1);
      expect(toldOf(world)).toEqual(['1 uninstalled (withdrawn)', '4 installed (room)']);
      expect(await world.go(world.first)).toBeNull();
      expect(triggersOf(world.takeTold())).toEqual([4]);
    },
  },
  {
    title: 'R-340, R-104: of equal priority the older stays: a newcomer without callbacks is refused',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, () => [EXIT]);
      for (const id of [0, 1, 2, 3]) expect(register(world, id, 4 * id, { priority: PRIORITY.ptrace })).toEqual(INSTALLED);
      const slot = { address: world.variables[4], length: 4, access: 'write' } as const;
      expect(world.tracer.setSlot(world.first, 0, slot)).toEqual({ ok: false, errno: 'ENOSPC' });
      expect(register(world, 4, 16, { priority: PRIORITY.ptrace })).toEqual(WAITING);
      expect(await world.go(world.first)).toBeNull();
    },
  },
  {
    title: 'R-104: what has no callbacks and is installed is never evicted: the highest waits for it',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), EXIT]);
      for (const id of [0, 1, 2, 3]) expect(register(world, id, 4 * id, { callbacks: false, priority: 0 })).toEqual(INSTALLED);
      expect(register(world, 4, 16, { priority: 255 })).toEqual(WAITING);
      expect(register(world, 5, 20, { priority: 255, callbacks: false })).toEqual({ ok: false, errno: 'ENOSPC' });
      expect(await world.go(world.first)).toBeNull();
      expect(triggersOf(world.takeTold())).toEqual([0]);
    },
  },
  {
    title: 'R-324, R-325: modify moves it, keeps the old bytes where the new ones cannot be had, and looks at what it is given',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), store(a + 8, 4), store(a + 12, 4), EXIT]);
      const { host, variables } = world;
      const [a] = variables;
      expect(register(world, 0, 0)).toEqual(INSTALLED);
      expect(modify(host, 0, { address: a + 8, length: 4, access: 'write' })).toEqual({ ok: true, value: null });
      expect(modify(host, 0, { address: a + 9, length: 4, access: 'write' })).toEqual({ ok: false, errno: 'EINVAL' });
      expect(statusOf(host, 0)).toBe(STATUS.installed);
      expect(await world.go(world.first)).toBeNull();
      expect(triggersOf(world.takeTold())).toEqual([0]);
    },
  },
];

const CALLBACKS: readonly InterfaceCase[] = [
  {
    title: 'R-327: `triggered` may register, change and unregister nothing',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), EXIT]);
      const { host, first } = world;
      register(world, 0, 0);
      const answers: unknown[] = [];
      world.onTriggered(() => {
        answers.push(register(world, 1, 8), unregister(host, 0), modify(host, 0, breakpoint(world, 0, 16)));
      });
      expect(await world.go(first)).toBeNull();
      const busy = { ok: false, errno: 'EBUSY' };
      expect(answers).toEqual([busy, busy, busy]);
    },
  },
  {
    title: 'R-328: an instruction breakpoint is told before its instruction, which is restarted once',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [NOP, store(a, 4), NOP, EXIT]);
      const { first } = world;
      register(world, 0, 0, { address: world.at(2), length: 1, access: 'execute', triggered: 'passed' });
      register(world, 1, 0);
      expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(2) });
      expect(triggersOf(world.takeTold())).toEqual([0, 1]);
      expect(await world.go(first)).toBeNull();
      expect(triggersOf(world.takeTold())).toEqual([]);
    },
  },
  {
    title: 'R-105: `passed` without a tracer is a SIGTRAP for the thread itself, `consumed` is nothing',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), store(a + 4, 4), EXIT]);
      register(world, 0, 0);
      register(world, 1, 4, { triggered: 'passed' });
      await world.finish();
      expect(triggersOf(world.takeTold())).toEqual([0, 1]);
      expect(await world.endOf(world.first)).toBe('SIGTRAP');
    },
  },
];

const UTRACE: readonly InterfaceCase[] = [
  {
    title: 'S0, R-105, R-108: a utrace client consumes hits in the exception, those of the kernel too: nobody stops, DR6 stays clean',
    needs: 'privileged',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), work(kernelWrite(a, 1)), raise(), EXIT]);
      const { first, host, variables } = world;
      const watch = { id: 0, address: variables[0], length: 4, access: 'write', inherit: 'none', answer: 'consumed' } as const;
      expect(watchThread(host, first, watch)).toEqual(INSTALLED);
      expect(await world.go(first)).toMatchObject({ signal: 'SIGSTOP' });
      expect(triggersOf(world.takeTold())).toEqual([0, 0]);
      expect(dr6Of(world)).toBe(0n);
      expect(unwatch(host, 0)).toEqual({ ok: true, value: null });
      expect(await world.go(first)).toBeNull();
      expect(await world.endOf(first)).toBe('good');
    },
  },
  {
    title: 'S0, R-105: one access, a raw register and a utrace client: two reports, and who consumes takes nothing from the other',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), store(a, 4), EXIT]);
      const { first, host, tracer, variables } = world;
      const place = { address: variables[0], length: 4, access: 'write' } as const;
      expect(watchThread(host, first, { id: 0, ...place, inherit: 'none', answer: 'consumed' })).toEqual(INSTALLED);
      demand(tracer.setSlot(first, 2, place));
      expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1) });
      expect(triggersOf(world.takeTold())).toEqual([0]);
      expect(dr6Of(world)).toBe(4n);
      // Without the raw register it is logged again, and nobody stops.
      demand(tracer.setSlot(first, 2, null));
      expect(await world.go(first)).toBeNull();
      expect(triggersOf(world.takeTold())).toEqual([0]);
    },
  },
  {
    title:
      'S0, R-103, R-105, R-353: one system call into three watched places: the client has its hit, the tracer one report of the two others',
    needs: 'privileged',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a, b, c] }) => [
        work(kernelWrite(a, 1), kernelWrite(b, 1), kernelWrite(c, 1)),
        NOP,
        EXIT,
      ]);
      const { first, host, tracer, variables } = world;
      const [a, b, c] = variables;
      watchThread(host, first, { id: 0, address: b, length: 8, access: 'write', inherit: 'none', answer: 'consumed' });
      demand(tracer.setSlot(first, 0, { address: a, length: 8, access: 'write' }));
      demand(tracer.setSlot(first, 1, { address: c, length: 8, access: 'write' }));
      expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1) });
      expect(triggersOf(world.takeTold())).toEqual([0]);
      expect(dr6Of(world)).toBe(3n);
      expect(await world.go(first)).toBeNull();
    },
  },
  {
    title: 'S0, R-108: a SIGTRAP that a utrace client swallows reaches neither the tracer nor the thread',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), raise(), EXIT]);
      const { first, host, tracer, variables } = world;
      demand(tracer.setSlot(first, 0, { address: variables[0], length: 4, access: 'write' }));
      swallowSignals(host, first, 'SIGTRAP', true);
      expect(await world.go(first)).toMatchObject({ signal: 'SIGSTOP' });
      expect(await world.go(first)).toBeNull();
      expect(await world.endOf(first)).toBe('good');
    },
  },
  {
    title: 'S4, R-121, R-360: a request says what new threads and children take along; nothing does so by itself',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a, b, c], at }) => [
        { op: 'syscall', call: { name: 'clone', child: at(3) } },
        { op: 'syscall', call: { name: 'fork', child: at(3) } },
        EXIT,
        ...[a, b, c].map((address) => store(address, 4)),
        EXIT,
      ]);
      const { first, host, variables } = world;
      for (const [id, inherit] of (['none', 'threads', 'children'] as const).entries()) {
        const address = variables[id] ?? 0;
        const watch = { id, address, length: 4, access: 'write', inherit, answer: 'consumed' } as const;
        expect(watchThread(host, first, watch)).toEqual(INSTALLED);
      }
      await world.finish();
      const hits = world.takeTold().flatMap((told) => (told.what === 'triggered' ? [told] : []));
      expect(triggersOf(hits)).toEqual([1, 2, 2]);
      // The thread and the child.
      expect(new Set(hits.filter(({ request }) => request === 2).map(({ tid }) => tid)).size).toBe(2);
      expect(hits.map(({ tid }) => tid)).not.toContain(first);
    },
  },
];

const STEPS: InterfaceCase = {
  title: 'R-530, DESIGN section 5: a step over a watched store reports both, and the step alone where nothing is watched',
  liveDiffers: null,
  check: async (start) => {
    await using world = await start(HWBKPT, ({ variables: [a] }) => [NOP, store(a, 4), NOP, EXIT]);
    const { first, tracer, variables } = world;
    demand(tracer.setSlot(first, 0, { address: variables[0], length: 4, access: 'write' }));
    expect(await world.step(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1), reasons: 0x4000 });
    expect(await world.step(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(2), reasons: 0x4001 });
    expect(await world.go(first)).toBeNull();
  },
};

/** All of them. */
export const PRIORITY_CASES: readonly InterfaceCase[] = [PRIORITIES, NO_FREE_SLOT, ...WAITING_CASES, ...CALLBACKS, ...UTRACE, STEPS];
