// What an interface needs of the kernel around it. Whoever keeps a facility and threads can offer all interfaces.
import type { FacilityEvent, Notice } from '../facility/events.js';
import type { Errno, Rules, SigCode } from '../facility/rules.js';
import type { RegisterHalf } from '../facility/virtual/half.js';

/** A kernel as an interface sees it. Threads by number. */
export interface Host {
  readonly rules: Rules;
  readonly half: RegisterHalf;
  /** Whether there is such a thread, alive. */
  exists(tid: number): boolean;
  pidOf(tid: number): number;
  /** Takes an event into the facility and carries out what follows; what was told. */
  feed(event: FacilityEvent): readonly Notice[];
  /** The registers of thread `tid` (-1: of all CPUs) are other than they were. */
  changed(tid: number): void;
  /** Sets CR4.DE on all CPUs, so that I/O breakpoints work; false where they have none. */
  enableIoBreakpoints(): boolean;
  /** Tracing. */
  readonly tracing: Tracing;
}

/** The part of a kernel that lets one process trace another. */
export interface Tracing {
  /** Number of the tracer of `tid`, or -1. */
  tracerOf(tid: number): number;
  isStopped(tid: number): boolean;
  /** Why it stands, or null. */
  stopOf(tid: number): StopView | null;
  attach(tracer: number, tid: number): Errno | null;
  /** Stops a tracee that runs. */
  interrupt(tid: number): void;
  detach(tid: number, signal: string | null): void;
  resume(tid: number, how: 'cont' | 'step', signal: string | null): void;
  /** Children of these kinds are traced too; also `exec`. */
  setOptions(tid: number, options: readonly ('fork' | 'vfork' | 'clone' | 'exec')[]): void;
  eventMessage(tid: number): number;
  /** Saved flags. */
  setRf(tid: number, rf: boolean): void;
}

/** A stop, as far as a tracer can learn it. */
export interface StopView {
  readonly why: 'signal' | 'fork' | 'vfork' | 'clone' | 'exec' | 'attach';
  readonly signal: string | null;
  readonly code: SigCode | null;
  /** si_addr: where the thread stands. */
  readonly address: number;
  /** What a SIGTRAP is about, as bits of virtual DR6: B0-B3 and BS. Not every interface may tell. */
  readonly reasons?: number;
}

/** A value, or the error by its real name. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno };

/** Success. */
export function good<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Failure. */
export function bad(errno: Errno): { readonly ok: false; readonly errno: Errno } {
  return { ok: false, errno };
}

/** Success or failure of something that has no value. */
export function outcome(errno: Errno | null): Result<null> {
  return errno === null ? good(null) : bad(errno);
}

/** ESRCH unless `tracer` traces `tid` and it is stopped. */
export function checkTraced({ tracing, exists }: Host, tracer: number, tid: number): Errno | null {
  return exists(tid) && tracing.tracerOf(tid) === tracer && tracing.isStopped(tid) ? null : 'ESRCH';
}
