// What every part of the machine's kernel works with.
import { present } from '../../base/assert.js';
import type { HardwareEffect } from '../../facility/events.js';
import type { Code } from '../../facility/index.js';
import type { Rules } from '../../facility/rules.js';
import type { Told } from '../../facility/virtual/debug-exception.js';
import type { CpuModel } from '../cpu.js';
import type { Cpu } from '../cpu-state.js';
import type { MachineEvent } from '../events.js';
import type { Memory, MemoryLayout } from '../memory.js';
import type { Program } from '../program.js';
import type { MachineState, Thread } from '../state.js';

/** What does not change while a machine runs. */
export interface Setup {
  readonly rules: Rules;
  /** 1-8. */
  readonly cpus: number;
  readonly model: CpuModel;
  readonly programs: readonly Program[];
  /** Memory of every process, at its start. */
  readonly layout: MemoryLayout;
  readonly kernelLayout: MemoryLayout;
}

/** What a script may decide. */
export interface Script {
  /** Whether an effect fails or is held back; null: it is done. */
  decide(effect: HardwareEffect): Code | 'later' | null;
  /** A `triggered` callback runs: whatever it does to the facility now is refused. Null: callbacks do nothing. */
  readonly triggered: ((told: Told, tid: number) => void) | null;
}

/** A machine as its kernel sees it. */
export interface Kernel {
  readonly setup: Setup;
  readonly state: MachineState;
  readonly script: Script;
  /** Nobody notes events: they need not be made. */
  readonly isSilent: boolean;
  emit(event: MachineEvent): void;
}

/** A CPU that is known to exist. */
export function cpuOf({ state }: Kernel, cpu: number): Cpu {
  return present(state.cpus[cpu], `CPU ${cpu}`);
}

/** A thread that is known to exist. */
export function threadOf({ state }: Kernel, tid: number): Thread {
  return present(state.threads[tid], `thread ${tid}`);
}

/** Memory of a process that is known to exist. */
export function spaceOf({ state }: Kernel, pid: number): Memory {
  return present(state.spaces[pid], `memory of process ${pid}`);
}

/** The CPU that thread `tid` is on now, or -1. */
export function runningOn({ state }: Kernel, tid: number): number {
  for (const [cpu, { thread }] of state.cpus.entries()) if (thread === tid) return cpu;
  return -1;
}
