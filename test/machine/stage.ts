// A stage for tests of the simulated machine: a few named bytes, one program for everybody, and a tracer who was there from the beginning.
import type { Linear } from '../../src/facility/linear.js';
import type { Rules } from '../../src/facility/rules.js';
import type { Host } from '../../src/interfaces/host.js';
import type { SignalSink } from '../../src/interfaces/utrace/index.js';
import type { CpuModel } from '../../src/machine/cpu.js';
import type { Cpu } from '../../src/machine/cpu-state.js';
import type { MachineEvent, Stop } from '../../src/machine/events.js';
import { hostOf } from '../../src/machine/kernel/host.js';
import { Machine } from '../../src/machine/machine.js';
import { INSTRUCTION_BYTES, type Instruction, type KernelAction, type SignalName } from '../../src/machine/program.js';
import type { Thread } from '../../src/machine/state.js';
import { Tracer } from '../../src/machine/tracer.js';

/** Where programs begin. */
export const BASE: Linear = 0x40_1000;
/** Five user variables of 8 bytes, one after the other, and two of the kernel's. */
export const A: Linear = 0x40_4000;
export const B: Linear = 0x40_4008;
export const C: Linear = 0x40_4010;
export const D: Linear = 0x40_4018;
export const E: Linear = 0x40_4020;
export const KERNEL_A: Linear = -0x1000;
export const KERNEL_B: Linear = -0xff8;
/** An instruction of the kernel's. */
export const KERNEL_CODE: Linear = -0x20_0000;

export const NOP: Instruction = { op: 'nop' };
/** The status by which the BSD tests know that all went well. */
export const EXIT: Instruction = { op: 'syscall', call: { name: 'exit', status: 5 } };

/** Address of the program's instruction number `index`. */
export function at(index: number): Linear {
  return BASE + INSTRUCTION_BYTES * index;
}

export function store(address: Linear, length = 8, value = 1): Instruction {
  return { op: 'store', at: address, length, value };
}

export function load(address: Linear, length = 8): Instruction {
  return { op: 'load', at: address, length };
}

export function raise(signal: SignalName = 'SIGSTOP'): Instruction {
  return { op: 'syscall', call: { name: 'raise', signal } };
}

/** A system call in which the kernel does `actions`. */
export function work(...actions: readonly KernelAction[]): Instruction {
  return { op: 'syscall', call: { name: 'work', actions } };
}

export function kernelWrite(address: Linear, length = 8): KernelAction {
  return { act: 'write', at: address, length, value: 7, bytewise: false };
}

export interface StageOptions {
  readonly cpus?: number;
  readonly model?: CpuModel;
}

export class Stage {
  readonly machine: Machine;
  readonly tracer: Tracer;
  readonly host: Host & SignalSink;

  constructor(rules: Rules, code: readonly Instruction[], { cpus = 1, model }: StageOptions = {}) {
    const regions = [A, B, C, D, E].map((address, n) => ({ name: `v${n}`, address, length: 8, value: 0 }));
    const ofKernel = [KERNEL_A, KERNEL_B].map((address, n) => ({ name: `k${n}`, address, length: 8, value: 0 }));
    const setup = { rules, cpus, programs: [{ name: 'main', base: BASE, code }], memory: { regions }, kernelMemory: { regions: ofKernel } };
    this.machine = new Machine(model === undefined ? setup : { ...setup, model });
    this.tracer = new Tracer(this.machine, 100);
    this.host = hostOf(this.machine);
  }

  /** A new process that nobody traces; it does not run yet. */
  process(pc: Linear = BASE): number {
    return this.machine.addProcess(pc).tid;
  }

  /** A new process that stands for its tracer, with CPU `cpu` as its own. */
  traced(pc: Linear = BASE, cpu = 0): number {
    const tid = this.process(pc);
    this.machine.switch(cpu, tid);
    Tracer.demand(this.tracer.attach(tid));
    return tid;
  }

  thread(tid: number): Thread {
    return this.machine.thread(tid);
  }

  cpu(index = 0): Cpu {
    const found = this.machine.state.cpus[index];
    if (found === undefined) throw new RangeError(`there is no CPU ${index}`);
    return found;
  }

  /** Lets CPU `cpu` work until it has nothing to do. */
  run(cpu = 0): void {
    for (let steps = 0; steps < 1000 && this.machine.step(cpu); steps++);
  }

  /** Lets thread `tid` run on `cpu` until it stands or is gone. */
  runThread(tid: number, cpu = 0): void {
    this.machine.switch(cpu, tid);
    this.run(cpu);
  }

  /** The tracer lets `tid` go on, to its next stop or its end; that stop. */
  go(tid: number): Stop | null {
    Tracer.demand(this.tracer.continue(tid));
    return this.settled(tid);
  }

  /** One step of the tracer's. */
  step(tid: number): Stop | null {
    Tracer.demand(this.tracer.step(tid));
    return this.settled(tid);
  }

  /** All stops of `tid` until its end, at most 100. */
  stops(tid: number): Stop[] {
    const stops: Stop[] = [];
    for (let stop = this.go(tid); stop !== null && stops.length < 100; stop = this.go(tid)) stops.push(stop);
    return stops;
  }

  /** Events of one kind since events were last taken. */
  events<T extends MachineEvent['type']>(type: T): Extract<MachineEvent, { readonly type: T }>[] {
    return this.machine.takeEvents().filter((event): event is Extract<MachineEvent, { readonly type: T }> => event.type === type);
  }

  private settled(tid: number): Stop | null {
    const { cpu } = this.thread(tid);
    if (this.cpu(cpu).thread !== tid && this.thread(tid).status === 'ready') this.machine.switch(cpu, tid);
    this.run(cpu);
    return this.thread(tid).trace.stop;
  }
}

/** A stop by SIGTRAP of that code. */
export function trap(code: string): object {
  return { why: 'signal', signal: 'SIGTRAP', code };
}
