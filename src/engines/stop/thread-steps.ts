// Steps of traced threads: gives stepping.ts the hands it needs.

import type { ArmOrder } from '../../facility/index.js';
import { linearOfU64 } from '../../facility/index.js';
import { loadNextAddress, type NextAddressFinder } from '../../instructions/index.js';
import { isErrno } from '../../linux/errno.js';
import { signalMasks } from '../../linux/procfs/signals.js';
import { ptraceContinue, ptraceStep } from '../../linux/ptrace-control.js';
import { readRegisters, restartableSequences, writeRegisters } from '../../linux/ptrace-state.js';
import { signalThread } from '../../linux/tracees.js';
import { type StepRequest, USER_REGISTER_WORDS } from '../control.js';
import { ControlError } from '../errors.js';
import type { BreakpointMaker } from './breakpoints.js';
import type { TraceeMemory } from './memory.js';
import type { SteppedThread } from './step-plan.js';
import { type StepBreakpoint, type StepHost, type StepProgress, Stepping } from './stepping.js';
import type { Tracee, TraceeTable } from './tracee.js';

export interface ThreadStepsParts {
  readonly table: TraceeTable;
  readonly maker: BreakpointMaker;
  readonly memory: TraceeMemory;
}

export class ThreadSteps implements StepHost {
  readonly #parts: ThreadStepsParts;
  #stepping: Stepping | null = null;

  constructor(parts: ThreadStepsParts) {
    this.#parts = parts;
  }

  /** Whether {@link load} has been done: the decoder is large, and most sessions never step. */
  get isLoaded(): boolean {
    return this.#stepping !== null;
  }

  async load(): Promise<void> {
    const finder: NextAddressFinder = await loadNextAddress();
    this.#stepping ??= new Stepping(finder, this);
  }

  /** Lets a standing thread make one step. Throws ControlError; it stands as before. */
  begin(tracee: Tracee, request: StepRequest): void {
    const { standing } = tracee;
    if (this.#stepping === null || standing === null) throw new Error('a step of a thread that runs, or before there is a decoder');
    this.#stepping.begin(this.#stepped(tracee, standing), request);
    tracee.standing = null;
  }

  /** As {@link begin}, of a thread that is at the delivery of the signal that the step begins with. */
  beginAtSignal(tracee: Tracee, request: StepRequest): void {
    this.#stepping?.begin(this.#stepped(tracee, { canDeliver: true, isInCall: false }), request);
  }

  #stepped(
    { tid, process: { pid } }: Tracee,
    { canDeliver, isInCall }: { readonly canDeliver: boolean; readonly isInCall: boolean },
  ): SteppedThread {
    const registers = new BigUint64Array(USER_REGISTER_WORDS);
    readRegisters(tid, registers);
    return {
      ...{ tid, registers, canDeliver, isInSystemCall: isInCall },
      signals: signalMasks(tid) ?? { caught: 0n, blocked: 0n },
      restartable: restartableSequences(tid),
      readMemory: (address, length) => {
        const bytes = this.#parts.memory.copy(pid, address, length);
        return bytes.length === 0 ? null : bytes;
      },
    };
  }

  /** Whether the thread is in the midst of a step. */
  has(tid: number): boolean {
    return this.#stepping?.has(tid) ?? false;
  }

  /** As Stepping's. */
  stopped(tid: number, signal: number, isTrap: boolean): StepProgress {
    return this.#stepping?.stopped(tid, signal, isTrap) ?? 'not-yet';
  }

  /** As Stepping's. */
  cancel(tid: number): void {
    this.#stepping?.cancel(tid);
  }

  armExecute(tid: number, address: bigint): StepBreakpoint {
    const tracee = this.#tracee(tid);
    const breakpoint = this.#open(tracee, address);
    tracee.steps.push(breakpoint);
    return {
      count: () => breakpoint.count(),
      [Symbol.dispose]: () => {
        tracee.steps = tracee.steps.filter((one) => one !== breakpoint);
        breakpoint[Symbol.dispose]();
      },
    };
  }

  #open(tracee: Tracee, address: bigint): ReturnType<BreakpointMaker['open']> & object {
    const { maker } = this.#parts;
    const { tid } = tracee;
    if (tracee.signal === 0) tracee.signal = maker.signalFor(tid);
    try {
      const breakpoint = maker.open(orderAt(address, tracee), tracee, false);
      if (breakpoint !== null) return breakpoint;
    } catch (error) {
      if (!isErrno(error, 'ENOSPC')) throw error;
      const message = `a step of thread ${tid} needs a debug register, and all are taken`;
      throw new ControlError('no-slot', tid, message, { hint: 'Take a watch out, or step by the trap flag.', cause: error });
    }
    throw new ControlError('no-such-thread', tid, `thread ${tid} is not there any more`);
  }

  setRegisters(tid: number, registers: BigUint64Array): void {
    writeRegisters(tid, registers);
  }

  resume(tid: number, signal: number): void {
    ptraceContinue(tid, signal);
  }

  singleStep(tid: number, signal: number): void {
    ptraceStep(tid, signal);
  }

  sendAndResume(tid: number, signal: number): void {
    signalThread(this.#tracee(tid).process.pid, tid, signal);
    ptraceContinue(tid, 0);
  }

  #tracee(tid: number): Tracee {
    const tracee = this.#parts.table.get(tid);
    if (tracee === undefined) throw new ControlError('no-such-thread', tid, `thread ${tid} is not there any more`);
    return tracee;
  }
}

/** An instruction breakpoint of one thread that belongs to no request. */
function orderAt(address: bigint, { tid, process: { pid } }: Tracee): ArmOrder {
  const spot = { cookie: 0, address: linearOfU64(address), length: 1, access: 'execute' as const };
  return { ...spot, scope: { kind: 'thread', pid, tid }, tids: [tid], inherit: 'none', inKernel: false, stackDepth: 0, handling: 0 };
}
