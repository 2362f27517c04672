// The two kinds of subject that cases are put to: a machine whose slots are taken, and a program whose accesses are counted. Each may be the
// running kernel or a simulation of it; cases cannot tell which.
import type { BreakpointRequest, Errno, EventHandle } from './request.js';

/** x86. */
export const SLOTS = 4;

/** Two threads of different processes, of root and with all capabilities; the thread that asks; and a thread id that no thread has. */
export type TaskName = 'T' | 'U' | 'caller' | 'nobody';

/** `root` may everything; `perfmon` has CAP_PERFMON only; `unprivileged` has no capability. kernel.perf_event_paranoid is 2. */
export type Caller = 'root' | 'perfmon' | 'unprivileged';

/** An event that needs a slot. */
export interface SlotRequest extends BreakpointRequest {
  /** Null: every thread of `cpu`. */
  readonly task: TaskName | null;
  /** Null: every CPU that the task may run on. */
  readonly cpu: number | null;
  /** Default `root`. An event of another caller is closed at once: only the answer counts. */
  readonly caller?: Caller;
}

/** A machine on which nothing runs: only what is accepted and refused matters. Tasks begin to exist when they are first named. Disposing of it gives all back. */
export interface SlotSubject extends Disposable {
  /** Numbers of the CPUs, in order; at least two, the first of them 0. */
  readonly cpus: readonly number[];
  open(request: SlotRequest): Errno | EventHandle;
  close(handle: EventHandle): void;
  /** PERF_EVENT_IOC_MODIFY_ATTRIBUTES with all of `request`; null where it succeeded. */
  modify(handle: EventHandle, request: BreakpointRequest): Errno | null;
  /** PTRACE_POKEUSER of DR`register` (0-3, 6, 7) by a tracer of `task`, which is stopped; null where it succeeded. */
  pokePtrace(task: 'T' | 'U', register: number, value: bigint): Errno | null;
  /** Kills a task and returns when it is gone. From now on the name means a new one. */
  end(task: 'T' | 'U'): void;
}

/**
 * Addresses of the program, the same again after it has executed itself:
 *
 *     data            64 bytes, aligned to 64, that nothing but operations touches; 64 more follow
 *     increment:      add 1 to the 8 bytes of data      (a function that `call` calls)
 *     incremented:    add 1 to the 8 bytes of data
 *     incremented-twice: return
 *     on-sigio        the first instruction of the handler of SIGIO
 */
export type Place = 'data' | 'increment' | 'incremented' | 'incremented-twice' | 'on-sigio';

/** Who does something: the first thread; all threads that it has made, at the same time; or a child of it, counted from 0. */
export type Doer = 'main' | 'threads' | { readonly child: number };

/** Something to do, `times` times over (default once). Offsets and sizes in bytes, from `data`. */
export type Operation =
  | { readonly kind: 'store' | 'load'; readonly offset: number; readonly size: 1 | 2 | 4 | 8; readonly times?: number }
  | { readonly kind: 'call'; readonly times?: number }
  /** A read(2) of as many bytes from a pipe into `data`: the kernel writes them. */
  | { readonly kind: 'system-call read'; readonly offset: number; readonly size: number }
  | { readonly kind: 'block' | 'unblock'; readonly signal: 'SIGTRAP' }
  /** Makes threads that wait for what they are to do; by `main` only. */
  | { readonly kind: 'make threads'; readonly count: number }
  /** Ends them all. */
  | { readonly kind: 'end threads' }
  /** Makes a child process that waits for what it is to do; `clearSignals`: with CLONE_CLEAR_SIGHAND. By `main` only. */
  | { readonly kind: 'fork'; readonly clearSignals?: boolean }
  /** Becomes the same program again, which waits for what it is to do. */
  | { readonly kind: 'exec' }
  /** Ends a child, and lets its parent take note of it. */
  | { readonly kind: 'exit' };

/** All signals of one kind that one thread has received, in a handler of its own. Kinds are in the order in which the first of each came. */
export interface ReceivedSignals {
  /** 0 is the first thread of the process, then those it has made in order. */
  readonly thread: number;
  readonly signal: 'SIGTRAP' | 'SIGIO' | 'SIGUSR1';
  /** TRAP_PERF is 6, TRAP_HWBKPT 4, POLL_IN 1. */
  readonly code: number;
  /** The instruction at which the thread was interrupted, where it has a name. */
  readonly at: Place | null;
  /** Of a SIGTRAP: si_addr, and of TRAP_PERF the fields si_perf_type, si_perf_data and si_perf_flags; 0 in all other signals. */
  readonly address: bigint;
  readonly perfType: number;
  readonly perfData: bigint;
  readonly perfFlags: number;
  readonly times: number;
}

/** One sample that an event left. */
export interface SampleRecord {
  readonly ip: bigint;
  readonly address: bigint;
  /** PERF_RECORD_MISC_EXACT_IP. */
  readonly exactIp: boolean;
}

/** An event of one program, on all CPUs. */
export interface CountRequest extends BreakpointRequest {
  /** Which signal each overflow sends to the program (O_ASYNC); none where absent. */
  readonly notify?: 'SIGIO' | 'SIGUSR1';
  /** Leaves samples for {@link CountSubject.samples}: not together with `inherit`. */
  readonly sampled?: boolean;
}

/** A program with one thread that does what it is told. Disposing of it ends it with all that it has made. */
export interface CountSubject extends AsyncDisposable {
  addressOf(place: Place): bigint;
  /** Opens an event on the program's first thread. */
  open(request: CountRequest): Errno | EventHandle;
  close(handle: EventHandle): void;
  enable(handle: EventHandle): void;
  disable(handle: EventHandle): void;
  modify(handle: EventHandle, request: CountRequest): Errno | null;
  /** Hits so far, those of inherited events included. */
  count(handle: EventHandle): number;
  /** Samples since the last call. */
  samples(handle: EventHandle): SampleRecord[];
  /** Pokes DR`register` of the first thread; null where it succeeded. */
  pokePtrace(register: number, value: bigint): Errno | null;
  /** Resolves when `doer` has done it. Rejects where that ended it. */
  perform(doer: Doer, operation: Operation): Promise<void>;
  /** Signals that a process (`threads`: those of the first) has received since it began to execute its program, or since the last call. */
  signals(doer: 'main' | { readonly child: number }): Promise<ReceivedSignals[]>;
}
