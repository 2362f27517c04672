// Steps of stopped threads, several at once, each by itself: begun here, and over at whatever stops the thread next for people to see.
import { assertNever } from '../../base/assert.js';
import type { NextAddressFinder } from '../../instructions/index.js';
import type { StepRequest } from '../control.js';
import { planStep, type SteppedThread } from './step-plan.js';

/** A breakpoint for one step, in one thread. Disposing of it takes it out. */
export interface StepBreakpoint extends Disposable {
  /** Hits so far. */
  count(): number;
}

/** What steps are made with. All calls on threads that stand. */
export interface StepHost {
  /** An instruction breakpoint for `tid` alone that stops it. Throws ControlError (`no-slot`, `no-such-thread`). */
  armExecute(tid: number, address: bigint): StepBreakpoint;
  setRegisters(tid: number, registers: BigUint64Array): void;
  /** PTRACE_CONT, and PTRACE_SINGLESTEP. */
  resume(tid: number, signal: number): void;
  singleStep(tid: number, signal: number): void;
  /** Sends a signal to the thread alone, and lets it go on to its delivery. */
  sendAndResume(tid: number, signal: number): void;
}

type Pending =
  | { readonly kind: 'breakpoint'; readonly breakpoints: readonly StepBreakpoint[] }
  /** PTRACE_SINGLESTEP: its end is a SIGTRAP without an event. */
  | { readonly kind: 'kernel' }
  /** To be planned anew at the delivery of this signal. */
  | { readonly kind: 'awaits'; readonly request: StepRequest };

/** What a stop of a stepping thread means for its step. */
export type StepProgress = 'done' | 'not-yet' | { readonly replan: StepRequest };

/** The steps under way in one session. */
export class Stepping implements Disposable {
  readonly #finder: NextAddressFinder;
  readonly #host: StepHost;
  readonly #pending = new Map<number, Pending>();

  constructor(finder: NextAddressFinder, host: StepHost) {
    this.#finder = finder;
    this.#host = host;
  }

  /** Lets a stopped thread make one step. Throws ControlError (`no-slot`, `cannot-decode`): it stands as before. */
  begin(thread: SteppedThread, request: StepRequest): void {
    const { tid } = thread;
    this.cancel(tid);
    const plan = planStep(this.#finder, thread, request);
    switch (plan.kind) {
      case 'breakpoint':
        this.#pending.set(tid, { kind: 'breakpoint', breakpoints: this.#armAll(tid, plan.addresses) });
        if (plan.registers !== null) this.#host.setRegisters(tid, plan.registers);
        this.#host.resume(tid, plan.signal);
        break;
      case 'to-handler':
      case 'trap-flag':
        this.#pending.set(tid, { kind: 'kernel' });
        this.#host.singleStep(tid, plan.signal);
        break;
      case 'send-first':
        this.#pending.set(tid, { kind: 'awaits', request });
        this.#host.sendAndResume(tid, plan.signal);
        break;
      case 'run':
        this.#host.resume(tid, plan.signal);
        break;
      default:
        assertNever(plan);
    }
  }

  /** Whether `tid` is in the midst of a step. */
  has(tid: number): boolean {
    return this.#pending.has(tid);
  }

  /**
   * What the stop of a stepping thread means, asked at each before anything else is done about it. `signal`: the one about to be delivered, 0 for
   * other stops; `isTrap`: a SIGTRAP without an event that nobody sent. `done`: that was the step, and it is over. `replan`: begin again with it.
   */
  stopped(tid: number, signal: number, isTrap: boolean): StepProgress {
    const step = this.#pending.get(tid);
    if (step === undefined) return 'not-yet';
    switch (step.kind) {
      case 'breakpoint':
        return step.breakpoints.some((breakpoint) => breakpoint.count() > 0) ? this.#finish(tid) : 'not-yet';
      case 'kernel':
        return isTrap ? this.#finish(tid) : 'not-yet';
      case 'awaits':
        return signal === step.request.signal ? { replan: step.request } : 'not-yet';
      default:
        return assertNever(step);
    }
  }

  /** The thread stands for another reason, has ended, or is let go of: its step is over. */
  cancel(tid: number): void {
    const step = this.#pending.get(tid);
    this.#pending.delete(tid);
    if (step?.kind === 'breakpoint') for (const breakpoint of step.breakpoints) breakpoint[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const tid of [...this.#pending.keys()]) this.cancel(tid);
  }

  #finish(tid: number): 'done' {
    this.cancel(tid);
    return 'done';
  }

  /** All or none. */
  #armAll(tid: number, addresses: readonly bigint[]): StepBreakpoint[] {
    const armed: StepBreakpoint[] = [];
    try {
      for (const address of addresses) armed.push(this.#host.armExecute(tid, address));
      return armed;
    } catch (error) {
      for (const breakpoint of armed) breakpoint[Symbol.dispose]();
      throw error;
    }
  }
}
