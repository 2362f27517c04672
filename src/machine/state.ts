// The machine's state as plain data: processors, threads, memory, and the facility's register half.

import type { HardwareEffect } from '../facility/events.js';
import type { SigCode } from '../facility/rules.js';
import { copyHalf, newHalf, type RegisterHalf } from '../facility/virtual/half.js';
import { newCpu } from './cpu.js';
import type { Context, Cpu } from './cpu-state.js';
import type { Stop } from './events.js';
import { copyMemory, type Memory } from './memory.js';
import type { SignalName, SystemCall } from './program.js';

/** A thread. Its number is its place in {@link MachineState.threads}. */
export interface Thread {
  readonly tid: number;
  readonly pid: number;
  readonly parent: number;
  status: 'ready' | 'stopped' | 'exited';
  /** CPU it runs or ran on last. */
  cpu: number;
  readonly context: Context;
  /** The system call it is in, and how many of its actions are done; null in user mode. */
  call: SystemCall | null;
  action: number;
  vm86: boolean;
  /** Its breakpoints were switched off until its signal is delivered. */
  dr7Off: boolean;
  readonly signals: Signals;
  readonly trace: Trace;
  /** Status it ended with; the signal that killed it. */
  exitStatus: number;
  killedBy: SignalName | null;
}

/** A thread's signals. Masks have bit n for SIGNALS[n]. Lists are never changed in place, so that copies may share them. */
export interface Signals {
  pending: number;
  blocked: number;
  ignored: number;
  /** What is said with each pending signal; null: nothing, or none is pending. */
  infos: readonly (SignalInfo | null)[];
  /** What the pending SIGTRAP is about: bits of virtual DR6, gathered as long as it is pending. */
  reasons: number;
  /** Where handlers start, by signal; -1: the default action. */
  handlers: readonly number[];
  /** What interrupted code goes on with, innermost last. */
  frames: readonly Frame[];
  /** A utrace user takes these without a stop. */
  swallowed: number;
}

/** What the kernel puts on a thread's stack when a handler runs. */
export interface Frame {
  readonly context: Context;
  /** The mask that comes back. */
  readonly blocked: number;
  readonly signal: SignalName;
  readonly info: SignalInfo;
}

/** siginfo, as far as the machine has it. */
export interface SignalInfo {
  readonly code: SigCode | null;
  /** si_addr. */
  readonly address: number;
  /** TRAP_PERF and POLL_IN: the perf event; -1 otherwise. */
  readonly event: number;
  /** TRAP_PERF_FLAG_ASYNC: it was blocked when it was sent. */
  readonly late: boolean;
}

/** A signal without siginfo to speak of. */
export const NO_INFO: SignalInfo = { code: null, address: 0, event: -1, late: false };

/** How a thread is traced. */
export interface Trace {
  /** Number of the tracer; -1: nobody. */
  tracer: number;
  stop: Stop | null;
  stepping: boolean;
  /** TF is the tracer's, and goes with the step. */
  forcedTf: boolean;
  /** PTRACE_O_TRACE* by name. */
  options: readonly TraceOption[];
  /** The signal it goes on with. */
  inject: SignalName | null;
  eventMessage: number;
}

export type TraceOption = 'fork' | 'vfork' | 'clone' | 'exec';

/** Signals by number of their bit. */
export const SIGNALS: readonly SignalName[] = ['SIGTRAP', 'SIGSTOP', 'SIGUSR1', 'SIGIO', 'SIGSEGV', 'SIGKILL', 'SIGTERM'];

/** The bit of a signal in the masks. */
export function signalBit(signal: SignalName): number {
  return 1 << SIGNALS.indexOf(signal);
}

/** All that changes while a machine runs. */
export interface MachineState {
  readonly cpus: Cpu[];
  readonly half: RegisterHalf;
  readonly threads: Thread[];
  /** Memory of each process, by pid. */
  readonly spaces: (Memory | null)[];
  readonly kernelMemory: Memory;
  /** Effects that a script holds back. */
  held: HardwareEffect[];
}

/** A machine's state before it runs. */
export function newState(cpus: number, kernelMemory: Memory): MachineState {
  return { cpus: Array.from({ length: cpus }, () => newCpu()), half: newHalf(cpus), threads: [], spaces: [], kernelMemory, held: [] };
}

/** A thread about to run its first instruction. */
export function newThread(tid: number, pid: number, parent: number, pc: number): Thread {
  return {
    tid,
    pid,
    parent,
    status: 'ready',
    cpu: 0,
    context: { pc, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0, calls: [] },
    call: null,
    action: 0,
    vm86: false,
    dr7Off: false,
    signals: {
      pending: 0,
      blocked: 0,
      ignored: 0,
      infos: SIGNALS.map(() => null),
      reasons: 0,
      handlers: SIGNALS.map(() => -1),
      frames: [],
      swallowed: 0,
    },
    trace: { tracer: -1, stop: null, stepping: false, forcedTf: false, options: [], inject: null, eventMessage: 0 },
    exitStatus: 0,
    killedBy: null,
  };
}

/** An independent copy. */
export function copyState(state: MachineState): MachineState {
  return {
    cpus: state.cpus.map(copyCpu),
    half: copyHalf(state.half),
    threads: state.threads.map(copyThread),
    spaces: state.spaces.map((memory) => (memory === null ? null : copyMemory(memory))),
    kernelMemory: copyMemory(state.kernelMemory),
    held: state.held.slice(),
  };
}

function copyCpu({ dr, dr6, dr7, de, thread }: Cpu): Cpu {
  return { dr: dr.slice(), dr6, dr7, de, thread };
}

/** A copy of a thread's context. Lists are never changed in place, so that copies may share them. */
export function copyContext({ pc, tf, rf, shadow, held, rep, passes, calls }: Context): Context {
  return { pc, tf, rf, shadow, held, rep, passes, calls };
}

function copyThread(thread: Thread): Thread {
  return {
    tid: thread.tid,
    pid: thread.pid,
    parent: thread.parent,
    status: thread.status,
    cpu: thread.cpu,
    context: copyContext(thread.context),
    call: thread.call,
    action: thread.action,
    vm86: thread.vm86,
    dr7Off: thread.dr7Off,
    signals: copySignals(thread.signals),
    trace: copyTrace(thread.trace),
    exitStatus: thread.exitStatus,
    killedBy: thread.killedBy,
  };
}

/** Field by field, which is quicker than spreading. */
function copyTrace({ tracer, stop, stepping, forcedTf, options, inject, eventMessage }: Trace): Trace {
  return { tracer, stop, stepping, forcedTf, options, inject, eventMessage };
}

/** A copy of a thread's signals. */
export function copySignals(of: Signals): Signals {
  const { pending, blocked, ignored, infos, reasons, handlers, frames, swallowed } = of;
  return {
    pending,
    blocked,
    ignored,
    infos,
    reasons,
    handlers,
    frames,
    swallowed,
  };
}
