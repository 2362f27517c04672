// The simulated machine: what a switch, a registration, and a copied and hashed state cost. An explorer pays these for every state it visits.
import { registerKernel, unregister } from '#hwbkpt/interfaces/hwbkpt/index.js';
import { hostOf } from '#hwbkpt/machine/kernel/host.js';
import { HWBKPT } from '#hwbkpt/machine/kernels/index.js';
import { Machine } from '#hwbkpt/machine/machine.js';
import type { Instruction } from '#hwbkpt/machine/program.js';
import { hashState, pack } from '#hwbkpt/machine/snapshot.js';
import { copyState } from '#hwbkpt/machine/state.js';
import { Tracer } from '#hwbkpt/machine/tracer.js';

interface MachineRow {
  readonly what: string;
  readonly measured: string;
  readonly goal: string;
}

const BASE = 0x40_1000;
const A = 0x40_4000;
const KERNEL_VARIABLE = -0x1000;
const WATCH = { length: 8, access: 'write' } as const;

/** A machine whose threads count up a watched variable for ever; every thread has `slots` breakpoints of its tracer's. */
function busyMachine(cpus: number, threads: number, slots: number): Machine {
  const code: readonly Instruction[] = [
    { op: 'add', at: A + 32, length: 8, value: 1, locked: false },
    { op: 'jump', to: BASE },
  ];
  const machine = new Machine({
    rules: HWBKPT,
    cpus,
    programs: [{ name: 'main', base: BASE, code }],
    memory: { regions: [{ name: 'a', address: A, length: 40, value: 0 }] },
    kernelMemory: { regions: [{ name: 'k', address: KERNEL_VARIABLE, length: 8, value: 0 }] },
  });
  machine.silence();
  const tracer = new Tracer(machine, 100);
  const first = machine.addProcess(BASE);
  for (let more = 1; more < threads; more++) machine.addThread(first.pid, BASE);
  for (let tid = 0; tid < threads; tid++) {
    tracer.attach(tid);
    for (let slot = 0; slot < slots; slot++) Tracer.demand(tracer.setSlot(tid, slot, { address: A + 8 * slot, ...WATCH }));
    tracer.detach(tid);
  }
  return machine;
}

/** Microseconds of one call, the best of several rounds of `times`. */
function cost(times: number, call: (round: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    for (let at = 0; at < times; at++) call(at);
    best = Math.min(best, ((performance.now() - start) * 1000) / times);
  }
  return best;
}

/** Measures all of it; nothing is asserted. */
export function measureMachine(): MachineRow[] {
  const row = (what: string, us: number, goal: number): MachineRow => ({ what, measured: `${us.toFixed(2)} us`, goal: `${goal} us` });
  const two = busyMachine(2, 3, 2);
  two.switch(0, 0);
  two.switch(1, 1);
  const bytes = pack(two.state).length;
  return [
    row('context switch between two threads with two breakpoints each', switchCost(), 0.5),
    row('register and unregister of the kernel, 8 CPUs, 64 threads with two breakpoints each', registerCost() / 2, 2),
    row('copy and hash of a state, 2 CPUs, 3 threads with two breakpoints each', copyCost(two), 1.5),
    { what: 'the same, packed', measured: `${bytes} bytes`, goal: '200 bytes' },
    row(
      'one instruction of one CPU',
      cost(200_000, (at) => void two.step(at % 2)),
      5,
    ),
  ];
}

function switchCost(): number {
  const machine = busyMachine(2, 3, 2);
  return cost(100_000, (at) => machine.switch(0, at % 2));
}

function registerCost(): number {
  const machine = busyMachine(8, 64, 2);
  for (let cpu = 0; cpu < 8; cpu++) machine.switch(cpu, cpu);
  const host = hostOf(machine);
  const breakpoint = {
    id: 1,
    address: KERNEL_VARIABLE,
    ...WATCH,
    priority: 20,
    callbacks: true,
    triggered: 'consumed',
    inherit: 'none',
  } as const;
  return cost(20_000, () => {
    registerKernel(host, breakpoint);
    unregister(host, 1);
  });
}

/** As an explorer does it: the state a copy is made of has been hashed before, as a copy of another. */
function copyCost({ state }: Machine): number {
  let sum = hashState(state);
  const us = cost(100_000, () => {
    sum += hashState(copyState(state));
  });
  if (Number.isNaN(sum)) throw new Error('a hash is no number');
  return us;
}
