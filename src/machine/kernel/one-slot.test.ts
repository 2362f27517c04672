import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageOf } from '../../facility/virtual/image.js';
import { registerKernel, registerUser, unregister } from '../../interfaces/hwbkpt/index.js';
import { HWBKPT } from '../kernels/index.js';
import { Machine } from '../machine.js';
import { hostOf } from './host.js';

const CODE = { name: 'main', base: 0x40_1000, code: [{ op: 'nop' }] } as const;
const NOTHING = { regions: [] };

const act = fc.record({
  id: fc.nat(9),
  kernel: fc.boolean(),
  priority: fc.integer({ min: 1, max: 3 }),
  tid: fc.nat(2),
  length: fc.constantFrom(1, 2, 4, 8),
});

test('after any registration each CPU holds what a load of everything would give it', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const machine = new Machine({ rules: HWBKPT, cpus: 3, programs: [CODE], memory: NOTHING, kernelMemory: NOTHING });
      const { pid } = machine.addProcess(CODE.base);
      machine.addThread(pid, CODE.base);
      machine.addThread(pid, CODE.base);
      // The third CPU is idle.
      machine.switch(0, 0);
      machine.switch(1, 2);
      const host = hostOf(machine);
      for (const { id, kernel, priority, tid, length } of acts) {
        const breakpoint = { id, address: kernel ? -0x1000 - 16 * id : 0x1000 + 16 * id, length, access: 'write' } as const;
        const wish = { ...breakpoint, priority, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
        const taken = machine.state.half.broker.requests.some((request) => request.id === id);
        if (taken) unregister(host, id);
        else if (kernel) registerKernel(host, wish);
        else registerUser(host, tid, wish);
        for (const [cpu, { dr, dr7, thread }] of machine.state.cpus.entries()) {
          const whole = imageOf(machine.state.half, HWBKPT, cpu, { tid: thread, pid, stepping: false, heldBack: [], newKernelPart: true });
          expect({ dr, dr7, owners: machine.state.half.owners[cpu] }).toEqual({ dr: whole.words, dr7: whole.dr7, owners: whole.owners });
        }
      }
    }),
    { seed: 20070222, numRuns: 200 },
  );
});
