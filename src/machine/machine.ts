// A machine that can be run, looked at and copied: processors, threads and memory under one kernel's rules.

import type { Code } from '../facility/index.js';
import type { Rules } from '../facility/rules.js';
import { type CpuModel, DEFAULT_MODEL } from './cpu.js';
import type { MachineEvent } from './events.js';
import type { Kernel, Script, Setup } from './kernel/context.js';
import { apply } from './kernel/hardware.js';
import { kernelAction } from './kernel/kernel-action.js';
import { addThread, feed } from './kernel/life.js';
import { returnToUser, stepCpu } from './kernel/run.js';
import { reloadAll, switchTo } from './kernel/switch.js';
import { type MemoryLayout, newMemory } from './memory.js';
import type { KernelAction, Program } from './program.js';
import { copyState, type MachineState, newState, type Thread } from './state.js';

/** What a machine is made from. */
export interface MachineSetup {
  readonly rules: Rules;
  /** 1-8. */
  readonly cpus: number;
  readonly programs: readonly Program[];
  /** Memory of every process at its start. */
  readonly memory: MemoryLayout;
  readonly kernelMemory: MemoryLayout;
  readonly model?: CpuModel;
}

/** Lets everything happen as it comes. */
const NO_SCRIPT: Script = { decide: () => null, triggered: null };

export class Machine implements Kernel {
  readonly setup: Setup;
  state: MachineState;
  script: Script = NO_SCRIPT;
  #events: MachineEvent[] | null = [];

  constructor({ rules, cpus, programs, memory, kernelMemory, model = DEFAULT_MODEL }: MachineSetup) {
    if (!Number.isInteger(cpus) || cpus < 1 || cpus > 8) throw new RangeError(`a machine has 1 to 8 CPUs, not ${cpus}`);
    this.setup = { rules, cpus, programs, layout: memory, kernelLayout: kernelMemory, model };
    this.state = newState(cpus, newMemory(kernelMemory));
  }

  /** A machine that begins where this one is; the two do not know each other. It is silent unless asked. */
  copy(): Machine {
    const { rules, cpus, programs, layout, kernelLayout, model } = this.setup;
    const twin = new Machine({ rules, cpus, programs, memory: layout, kernelMemory: kernelLayout, model });
    twin.state = copyState(this.state);
    return twin;
  }

  /** From now on nothing is noted: for those who only look at states. */
  silence(): void {
    this.#events = null;
  }

  get isSilent(): boolean {
    return this.#events === null;
  }

  emit(event: MachineEvent): void {
    this.#events?.push(event);
  }

  /** What has happened since the last call. */
  takeEvents(): readonly MachineEvent[] {
    const taken = this.#events ?? [];
    if (this.#events !== null) this.#events = [];
    return taken;
  }

  /** Makes a process with a thread that begins at `pc`. */
  addProcess(pc: number): Thread {
    const pid = this.state.spaces.length;
    this.state.spaces.push(newMemory(this.setup.layout));
    return this.addThread(pid, pc);
  }

  /** Makes another thread of process `pid`. */
  addThread(pid: number, pc: number): Thread {
    return this.thread(addThread(this, pid, pc));
  }

  /** Throws RangeError for a number that no thread has. */
  thread(tid: number): Thread {
    const thread = this.state.threads[tid];
    if (thread === undefined) throw new RangeError(`there is no thread ${tid}`);
    return thread;
  }

  /** One instruction or one action of the kernel on `cpu`. False when it has nothing to do. */
  step(cpu: number): boolean {
    return stepCpu(this, cpu);
  }

  /** Lets `cpu` run thread `tid` (-1: nothing). `between`: what the kernel does in the middle of the switch. */
  switch(cpu: number, tid: number, between?: KernelAction): void {
    if (tid !== -1 && this.thread(tid).status !== 'ready') throw new RangeError(`thread ${tid} cannot run`);
    switchTo(this, cpu, tid, between === undefined ? undefined : () => kernelAction(this, cpu, between));
    // Whoever comes from another CPU's or its own stop is on the way back to user mode.
    if (tid !== -1 && this.thread(tid).call === null) returnToUser(this, cpu, tid);
  }

  /** Answers effect `effect` that was held back: done, or failed with `code`. */
  answer(effect: number, code: Code | null): void {
    const { held } = this.state;
    const at = held.findIndex((one) => one.effect === effect);
    const [found] = at === -1 ? [] : held.splice(at, 1);
    if (found === undefined) throw new RangeError(`no effect ${effect} is held back`);
    if (code === null) apply(this, found);
    feed(this, code === null ? { type: 'done', effect } : { type: 'failed', effect, code });
    // What a switch has loaded of it meanwhile is not to stay, nor what an exec or an exit has dropped that had to wait.
    reloadAll(this);
  }
}
