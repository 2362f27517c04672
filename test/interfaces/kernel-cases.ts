// The kernel's own requests and a thread's raw registers compete for the same slots (S0): on all processors against on one thread.
import { expect } from 'vitest';
import { present } from '../../src/base/assert.js';
import { PRIORITY } from '../../src/facility/request.js';
import { registerKernel, statusOf, unregister } from '../../src/interfaces/hwbkpt/index.js';
import { HostTracer } from '../../src/interfaces/tracer.js';
import { HWBKPT } from '../../src/machine/kernels/index.js';
import { EXIT, NOP, store, trap } from '../machine/stage.js';
import type { InterfaceCase, World } from './world.js';

const { demand } = HostTracer;

/** Watches the kernel's word number `id` with `priority`, and consumes its hits. */
function register(world: World, id: number, priority: number): ReturnType<typeof registerKernel> {
  const address = present(world.kernel, 'the words of the kernel').addresses[id] ?? Number.NaN;
  const usual = { callbacks: true, triggered: 'consumed', inherit: 'none', access: 'write', length: 4 } as const;
  return registerKernel(world.host, { id, address, priority, ...usual });
}

function toldOf(world: World): string[] {
  return world.takeTold().map((told) => `${told.request} ${told.what}${told.what === 'triggered' ? '' : ` (${told.cause})`}`);
}

/** All of them. */
export const KERNEL_CASES: readonly InterfaceCase[] = [
  {
    title:
      'S0, R-301, R-342, R-343: the kernel’s requests and a tracer’s: one gets out of its way, another need not, and the first comes back',
    needs: 'kernel',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, ({ variables: [a] }) => [store(a, 4), store(a + 4, 4), NOP, EXIT]);
      const { first, tracer, variables } = world;
      expect(register(world, 0, PRIORITY.high)).toEqual({ ok: true, value: 1 });
      for (const id of [1, 2, 3]) expect(register(world, id, PRIORITY.normal)).toEqual({ ok: true, value: 1 });
      await present(world.kernel, 'the words of the kernel').store();
      expect(toldOf(world)).toEqual([...[0, 1, 2, 3].map((id) => `${id} installed (asked)`), '0 triggered']);
      demand(tracer.setSlot(first, 0, { address: variables[0], length: 4, access: 'write' }));
      demand(tracer.setSlot(first, 1, { address: variables[0] + 4, length: 4, access: 'write' }));
      expect(toldOf(world)).toEqual(['3 uninstalled (evicted)', '2 uninstalled (evicted)']);
      expect([0, 1, 2, 3].map((id) => statusOf(world.host, id))).toEqual([2, 2, 1, 1]);
      expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(1) });
      demand(tracer.setSlot(first, 0, null));
      expect(toldOf(world)).toEqual(['2 installed (restored)']);
      expect(await world.go(first)).toMatchObject({ ...trap('TRAP_BRKPT'), address: world.at(2) });
      // Its end makes room.
      expect(await world.go(first)).toBeNull();
      expect(toldOf(world)).toEqual(['3 installed (restored)']);
    },
  },
  {
    title: 'R-342, R-104: a tracer wins a tie with the kernel’s requests, and is refused where all of them are higher',
    needs: 'kernel',
    liveDiffers: null,
    check: async (start) => {
      await using world = await start(HWBKPT, () => [EXIT]);
      const { first, host, tracer, variables } = world;
      const slot = { address: variables[0], length: 4, access: 'write' } as const;
      for (const id of [0, 1, 2, 3]) expect(register(world, id, PRIORITY.ptrace)).toEqual({ ok: true, value: 1 });
      world.takeTold();
      demand(tracer.setSlot(first, 0, slot));
      expect(toldOf(world)).toEqual(['3 uninstalled (evicted)']);
      demand(tracer.setSlot(first, 0, null));
      for (const id of [0, 1, 2, 3]) unregister(host, id);
      for (const id of [0, 1, 2, 3]) expect(register(world, id, PRIORITY.high)).toEqual({ ok: true, value: 1 });
      expect(tracer.setSlot(first, 0, slot)).toEqual({ ok: false, errno: 'ENOSPC' });
      expect(await world.go(first)).toBeNull();
    },
  },
];
