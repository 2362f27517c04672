import { beforeEach, describe, expect, test } from 'vitest';
import type { KernelName, Rules } from '../facility/rules.js';
import { KERNELS } from './kernels/index.js';
import { Machine } from './machine.js';
import { INSTRUCTION_BYTES, type Instruction, type Program, type SystemCall } from './program.js';
import { Tracer } from './tracer.js';

const BASE = 0x40_1000;
const A = 0x40_4000;
const B = 0x40_4008;
const memory = {
  regions: [
    { name: 'a', address: A, length: 8, value: 0 },
    { name: 'b', address: B, length: 8, value: 0 },
  ],
};
const kernelMemory = { regions: [{ name: 'jiffies', address: -0x1000, length: 8, value: 0 }] };

function at(index: number): number {
  return BASE + INSTRUCTION_BYTES * index;
}

function program(code: readonly Instruction[]): Program {
  return { name: 'main', base: BASE, code };
}

const NOP: Instruction = { op: 'nop' };
const EXIT: Instruction = { op: 'syscall', call: { name: 'exit', status: 5 } };
const RAISE: Instruction = { op: 'syscall', call: { name: 'raise', signal: 'SIGSTOP' } };

function store(address: number, value = 1): Instruction {
  return { op: 'store', at: address, length: 8, value };
}

/** read(2) twice in one system call: the kernel writes a, then b. */
const BOTH: SystemCall = {
  name: 'work',
  actions: [
    { act: 'write', at: A, length: 8, value: 1, bytewise: false },
    { act: 'write', at: B, length: 8, value: 2, bytewise: false },
  ],
};

function machineOf(rules: Rules, code: readonly Instruction[], cpus = 1): Machine {
  return new Machine({ rules, cpus, programs: [program(code)], memory, kernelMemory });
}

/** Runs CPU 0 until its thread stands or is gone. */
function run(machine: Machine, cpu = 0): void {
  for (let steps = 0; steps < 1000 && machine.step(cpu); steps++);
}

function started(rules: Rules, code: readonly Instruction[]): { machine: Machine; tracer: Tracer; tid: number } {
  const machine = machineOf(rules, code);
  const { tid } = machine.addProcess(BASE);
  machine.switch(0, tid);
  const tracer = new Tracer(machine, 100);
  tracer.attach(tid);
  return { machine, tracer, tid };
}

const WATCH = { length: 8, access: 'write' } as const;
/** What fits into a slot of every kernel: the mail has no eight bytes. */
const WATCH4 = { length: 4, access: 'write' } as const;

describe.each(Object.values(KERNELS))('a watched store, under $kernel', (rules) => {
  test('stops its thread once, after the store, with the slot named', () => {
    const { machine, tracer, tid } = started(rules, [NOP, store(A), NOP, EXIT]);
    expect(tracer.setSlot(tid, 1, { address: A, ...WATCH4 })).toEqual({ ok: true, value: null });
    tracer.continue(tid);
    run(machine);
    expect(machine.thread(tid).trace.stop).toMatchObject({ why: 'signal', signal: 'SIGTRAP', code: rules.codes.data });
    expect(machine.thread(tid).context.pc).toBe(at(2));
    expect(tracer.status(tid)).toMatchObject({ ok: true, value: { hits: 2, step: false } });
    tracer.continue(tid);
    run(machine);
    expect(machine.thread(tid)).toMatchObject({ status: 'exited', exitStatus: 5 });
  });

  test('of another thread is not reported', () => {
    const { machine, tracer, tid } = started(rules, [store(A), EXIT]);
    tracer.setSlot(tid, 0, { address: A, ...WATCH4 });
    const other = machine.addProcess(BASE).tid;
    machine.switch(0, other);
    run(machine);
    expect(machine.thread(other)).toMatchObject({ status: 'exited', killedBy: null });
  });

  test('after detach still ends in SIGTRAP (R-103, R-539)', () => {
    const { machine, tracer, tid } = started(rules, [store(A), EXIT]);
    tracer.setSlot(tid, 0, { address: A, ...WATCH4 });
    tracer.detach(tid);
    run(machine);
    expect(machine.thread(tid)).toMatchObject({ status: 'exited', killedBy: 'SIGTRAP' });
  });

  test('blocked or ignored, SIGTRAP is forced all the same (R-109, R-538)', () => {
    const ignore: Instruction = { op: 'syscall', call: { name: 'sigaction', signal: 'SIGTRAP', action: 'ignore', handler: 0 } };
    const { machine, tracer, tid } = started(rules, [ignore, store(A), EXIT]);
    tracer.setSlot(tid, 0, { address: A, ...WATCH4 });
    tracer.detach(tid);
    run(machine);
    expect(machine.thread(tid)).toMatchObject({ killedBy: 'SIGTRAP' });
  });
});

describe('two watched places in one system call (R-105, R-106)', () => {
  const code = [{ op: 'syscall', call: BOTH }, NOP, EXIT] as const satisfies readonly Instruction[];
  let outcome: (kernel: KernelName) => { hits: number; stops: number };

  beforeEach(() => {
    outcome = (kernel) => {
      const { machine, tracer, tid } = started(KERNELS[kernel], code);
      tracer.setSlot(tid, 0, { address: A, ...WATCH4 });
      tracer.setSlot(tid, 1, { address: B, ...WATCH4 });
      tracer.continue(tid);
      run(machine);
      let stops = 0;
      let hits = 0;
      while (machine.thread(tid).status === 'stopped') {
        stops++;
        const status = tracer.status(tid);
        hits |= status.ok ? status.value.hits : 0;
        tracer.continue(tid);
        run(machine);
      }
      return { hits, stops };
    };
  });

  test('the design reports both in one stop', () => {
    expect(outcome('hwbkpt')).toEqual({ hits: 3, stops: 1 });
  });

  test('Linux 2.6.20 loses the second, for DR7 was cleared', () => {
    expect(outcome('linux-2.6.20')).toEqual({ hits: 1, stops: 1 });
  });

  test.each(['linux', 'netbsd', 'netbsd-2016', 'freebsd'] as const)('%s does not report what the kernel does', (kernel) => {
    expect(outcome(kernel)).toEqual({ hits: 0, stops: 0 });
  });

  test('the design without its rule loses it too', () => {
    const mutant: Rules = { ...KERNELS.hwbkpt, trap: { ...KERNELS.hwbkpt.trap, dr7: 'until-signal' } };
    const { machine, tracer, tid } = started(mutant, code);
    tracer.setSlot(tid, 0, { address: A, ...WATCH });
    tracer.setSlot(tid, 1, { address: B, ...WATCH });
    tracer.continue(tid);
    run(machine);
    expect(tracer.status(tid)).toMatchObject({ value: { hits: 1 } });
  });
});

describe('raw registers and the kernel’s own (R-102)', () => {
  test('the tracer’s DR0 sits in another register, and nothing of that is seen', async () => {
    const { registerKernel } = await import('../interfaces/hwbkpt/index.js');
    const { hostOf } = await import('./kernel/host.js');
    const { machine, tracer, tid } = started(KERNELS.hwbkpt, [store(A), NOP, EXIT]);
    const bp = { length: 8, access: 'write', priority: 90, callbacks: true, triggered: 'consumed', inherit: 'none' } as const;
    expect(registerKernel(hostOf(machine), { id: 1, address: -0x1000, ...bp })).toEqual({ ok: true, value: 1 });
    expect(tracer.setSlot(tid, 0, { address: A, ...WATCH })).toMatchObject({ ok: true });
    tracer.continue(tid);
    expect(machine.state.cpus[0]?.dr.slice(6)).toEqual([A, 0]);
    expect(machine.state.cpus[0]?.dr.slice(0, 2)).toEqual([0xffff_f000, 0xffff_ffff]);
    run(machine);
    expect(tracer.peek(tid, 0)).toEqual({ ok: true, value: BigInt(A) });
    expect(tracer.peek(tid, 6)).toEqual({ ok: true, value: 1n });
  });
});

describe('instruction breakpoints', () => {
  test.each(['hwbkpt', 'linux'] as const)('%s passes it by RF and stays armed (R-535)', (kernel) => {
    const { machine, tracer, tid } = started(KERNELS[kernel], [NOP, NOP, { op: 'loop', to: at(1), times: 2 }, EXIT]);
    tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' });
    const stops: number[] = [];
    for (let round = 0; round < 5; round++) {
      tracer.continue(tid);
      run(machine);
      if (machine.thread(tid).status === 'stopped') stops.push(machine.thread(tid).context.pc);
    }
    expect(stops).toEqual([at(1), at(1)]);
    expect(machine.thread(tid).exitStatus).toBe(5);
  });

  test.each(['netbsd', 'freebsd', 'linux-2.6.20'] as const)('%s meets it for ever, unless the tracer takes it away (R-617)', (kernel) => {
    const { machine, tracer, tid } = started(KERNELS[kernel], [NOP, NOP, EXIT]);
    tracer.setSlot(tid, 0, { address: at(1), length: 1, access: 'execute' });
    for (let round = 0; round < 3; round++) {
      tracer.continue(tid);
      run(machine);
      expect(machine.thread(tid).context.pc).toBe(at(1));
    }
    tracer.setSlot(tid, 0, null);
    tracer.continue(tid);
    run(machine);
    expect(machine.thread(tid).exitStatus).toBe(5);
  });
});

describe('children', () => {
  const fork: Instruction = { op: 'syscall', call: { name: 'fork', child: at(2) } };

  test.each([
    ['hwbkpt', null],
    ['linux-2.6.20', 'SIGTRAP'],
    ['linux', null],
    ['netbsd', null],
    ['freebsd', null],
  ] as const)('under %s the child ends by %s (R-120, R-550, R-618)', (kernel, killedBy) => {
    const { machine, tracer, tid } = started(KERNELS[kernel], [fork, EXIT, store(A), EXIT]);
    tracer.setSlot(tid, 0, { address: A, ...WATCH4 });
    tracer.detach(tid);
    run(machine);
    machine.switch(0, tid + 1);
    run(machine);
    expect(machine.thread(tid + 1)).toMatchObject({ status: 'exited', killedBy });
  });
});

describe('states', () => {
  test('a copy goes its own way', () => {
    const { machine, tracer, tid } = started(KERNELS.hwbkpt, [store(A), EXIT]);
    tracer.setSlot(tid, 0, { address: A, ...WATCH });
    const twin = machine.copy();
    tracer.continue(tid);
    run(machine);
    expect(twin.thread(tid).context.pc).toBe(BASE);
    expect(machine.thread(tid).context.pc).toBe(at(1));
  });

  test('what goes in is what is kept: raise is for SIGSTOP too', () => {
    const { machine, tracer, tid } = started(KERNELS.linux, [RAISE, EXIT]);
    tracer.continue(tid);
    run(machine);
    expect(machine.thread(tid).trace.stop).toMatchObject({ signal: 'SIGSTOP' });
  });
});
