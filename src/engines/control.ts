// Stopping and steering threads: what a session offers whose engine stops its target. Thread safety as in contract.ts.
//
// A thread that stops stays stopped until somebody resumes it, and says so once, through the sink (`stopped`), after the hits that stopped it.
// Whatever stops a thread and is not asked for by StopPolicy is passed on at once and never told: the program runs as if nobody looked.

/** Registers of the user code: struct user_regs_struct, 27 words in its order (linux/ptrace-control.ts draws it). */
export const USER_REGISTER_WORDS = 27;

/** Why a thread stands. */
export type StopCause =
  /** Breakpoints with a handling that stops (Handling.keep `stops`); all that rose since the thread's last stop. */
  | { readonly kind: 'hit'; readonly cookies: readonly number[] }
  /** A step is done. */
  | { readonly kind: 'step' }
  /** A signal that StopPolicy names, not delivered yet: resuming delivers what the caller says. */
  | { readonly kind: 'signal'; readonly signal: number }
  /** {@link Control.stop}, or another thread's stop where StopPolicy.wholeProcess says so. */
  | { readonly kind: 'interrupted' }
  /** SIGSTOP and its like have stopped the process; resuming leaves it to them. */
  | { readonly kind: 'group-stop'; readonly signal: number }
  /** It has just begun, and has not executed an instruction: a thread, or a child that is followed. */
  | { readonly kind: 'born' }
  /** It has made another: `child` is a thread (clone) or process, which is told of as born where it is followed. */
  | { readonly kind: 'clone' | 'fork' | 'vfork'; readonly child: number }
  /** Its process runs another program now; nothing is armed in it any more. */
  | { readonly kind: 'exec' };

/** A thread that has stopped. */
export interface ThreadStop {
  readonly pid: number;
  readonly tid: number;
  readonly cause: StopCause;
  /** CLOCK_MONOTONIC, ns. */
  readonly time: bigint;
}

/** How a process ended, as its tracer learns it. */
export interface ProcessEnd {
  readonly pid: number;
  readonly end: { readonly kind: 'exited'; readonly status: number } | { readonly kind: 'killed'; readonly signal: number };
}

/** What stops threads, beside hits that do. */
export interface StopPolicy {
  /** These signals; all others are delivered as if nobody looked. */
  readonly signals: ReadonlySet<number>;
  /** Whether these stop the thread that makes them (and the one made, as `born`). */
  readonly clones: boolean;
  readonly forks: boolean;
  readonly execs: boolean;
  /** Whether a stop of one thread stops all of its process before it is told (all-stop): the others as `interrupted`, told after it. */
  readonly wholeProcess: boolean;
}

/** What nobody asks for: nothing stops but hits. */
export const STOP_ONLY_AT_HITS: StopPolicy = { signals: new Set(), clones: false, forks: false, execs: false, wholeProcess: false };

/** A thread under control. */
export interface ControlledThread {
  readonly pid: number;
  readonly tid: number;
  /** Null while it runs. */
  readonly stop: ThreadStop | null;
}

/** How one instruction is executed. */
export interface StepRequest {
  /** Delivered with it; 0: none. A handler's first instruction is then where the step ends. */
  readonly signal: number;
  /**
   * `breakpoint`: an instruction breakpoint at the decoded next address, which takes a slot in that thread. `trap-flag`: single-stepping by the
   * processor; the target dies should we be killed meanwhile (N-10), so only where the user has agreed.
   */
  readonly by: 'breakpoint' | 'trap-flag';
}

/** Steering one target. All calls are answered when they return; throws ControlError where a thread is gone or runs. */
export interface Control {
  /** Holds from the next stop on. At first {@link STOP_ONLY_AT_HITS}. */
  setPolicy(policy: StopPolicy): void;
  /** All threads of all processes that are followed. */
  threads(): readonly ControlledThread[];
  /** Asks these threads to stop; each that ran tells `interrupted`, or what stopped it first. Those that stand or are gone are left out. */
  stop(tids: readonly number[]): void;
  /** Lets stopped threads go on; `signal` (0: none) is delivered to each. Those that run or are gone are left out. */
  resume(tids: readonly number[], signal: number): void;
  /** One instruction of a stopped thread; others stay as they are. Ends as `step`, or as what happens first. Throws ControlError (`no-slot`). */
  step(tid: number, request: StepRequest): void;
  /** Of a stopped thread; 27 words, a copy. */
  registers(tid: number): BigUint64Array;
  setRegisters(tid: number, registers: BigUint64Array): void;
  /** Vector and floating-point state as XSAVE lays it out (NT_X86_XSTATE); a copy. */
  extendedState(tid: number): Uint8Array;
  setExtendedState(tid: number, state: Uint8Array): void;
  /** siginfo_t, 128 bytes, of a thread stopped for a signal; null for others. */
  signalInfo(tid: number): Uint8Array | null;
  /** Another siginfo_t (128 bytes) for the signal that a thread stands for: what its handler gets. Throws ControlError (`no-signal`: it stands for none). */
  setSignalInfo(tid: number, info: Uint8Array): void;
  /** Writes into memory of process `pid`, also where it may not write itself (copy on write). All or nothing as far as is mapped. */
  writeMemory(pid: number, address: bigint, bytes: Uint8Array): void;
  /** SIGKILL. */
  kill(pid: number): void;
  /** Lets go of a process for good: disarmed, nothing left behind. Its threads run on, stopped ones with `signal` (0: none). */
  detach(pid: number, signal: number): void;
  /** `listener` is called from the event loop when something happened that the session's next `collect` tells; null: nobody is. */
  onActivity(listener: (() => void) | null): void;
}
