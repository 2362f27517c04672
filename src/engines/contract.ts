// What every engine must do. An engine carries out the facility's effects and reports what the breakpoints catch; it keeps no table of
// requests, knows no priorities and does no slot arithmetic. Whatever it arms goes back to an `arm` with the same cookie.
//
// Threads of control: all calls on one session come from one JavaScript thread, and none of them may be made from inside a sink call.
// An engine never stops the target unless its capabilities say so, and whatever it armed is gone when its process dies.
import type { Code, HardwareEffect, Scope } from '../facility/index.js';
import type { Access, Inherit } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';
import type { ArmError } from './errors.js';

/** What an engine can do, as data: nobody outside its folder may branch on its name. */
export interface Capabilities {
  /** The word for it in output and in `--engine`. */
  readonly name: 'perf' | 'bpf' | 'stop' | 'sim' | 'remote';
  /** Whether a hit stops the thread that made it. */
  readonly stopsTarget: boolean;
  /** Whether it reports what the kernel writes into user memory on this machine, with this privilege. */
  readonly kernelWrites: boolean;
  /** Most address registers it can use at once for one thread. */
  readonly slots: number;
  /** Where a hit's value comes from: rebuilt from registers afterwards, or read at the hit. */
  readonly values: 'rebuilt' | 'read-at-hit';
  readonly accesses: readonly Access[];
  readonly inherits: readonly Inherit[];
  /** What no watch of this engine can see, whatever is asked. */
  readonly blindTo: readonly NotCovered[];
}

/** Whom a session watches. */
export interface EngineTarget {
  readonly pid: number;
  /** Only this thread, and of what it makes what `inherit` says; null: all threads. */
  readonly tid: number | null;
  readonly inherit: Inherit;
}

/** How arming went. */
export interface Armed {
  readonly threads: number;
  readonly cpus: number;
  /** Threads that ended or could not be armed are named here. */
  readonly notCovered: readonly NotCovered[];
}

/** What came of effects: events for the facility, which takes no notice of what they say beside. */
export type EngineEvent =
  /** `armed`: null where it is no `arm`. */
  | { readonly type: 'done'; readonly effect: number; readonly armed: Armed | null }
  | { readonly type: 'failed'; readonly effect: number; readonly code: Code; readonly error: ArmError }
  | CapacityEvent;

/** So many slots are left for the facility in each thread of `scope`, those that it has included. */
export interface CapacityEvent {
  readonly type: 'capacity';
  readonly scope: Scope;
  readonly free: number;
}

/** One report of the hardware. The engine reuses the object: copy what must outlive the call. 64-bit values are two u32 halves. */
export interface RawHit {
  cookie: number;
  pid: number;
  tid: number;
  cpu: number;
  timeLo: number;
  timeHi: number;
  ipLo: number;
  ipHi: number;
  /** The kernel made the access. */
  kernel: boolean;
  /** Registers after the access, in the order of instructions/registers; of the kernel's code when `kernel`. */
  registers: Uint32Array;
  /** Index in `registers` of the first half. */
  registersAt: number;
  /** Call chain, innermost first, as halves, with perf's context markers (0xfffffffffffff001 and above) in it; null unless asked for. */
  stack: Uint32Array | null;
  /** The piece's bytes right after the access, from an engine that reads them then; null from others. */
  after: Uint8Array | null;
}

/** Receives what happened, in order of time. */
export interface EngineSink {
  hit(hit: RawHit): void;
  /** A thread began (`parent`: the thread that made it) or ended. */
  threadStarted(thread: {
    readonly pid: number;
    readonly tid: number;
    readonly parentPid: number;
    readonly parentTid: number;
    readonly time: bigint;
  }): void;
  threadEnded(thread: { readonly pid: number; readonly tid: number }): void;
  /** A thread has a new name. `exec`: because its process runs another program now, which no armed piece covers any more. */
  renamed(thread: {
    readonly pid: number;
    readonly tid: number;
    readonly comm: string;
    readonly exec: boolean;
    readonly time: bigint;
  }): void;
  /** `count` reports did not fit, or were suppressed by the kernel. */
  lost(loss: { readonly kind: 'lost' | 'throttled'; readonly count: number; readonly time: bigint }): void;
}

/** The books at the end: what the counters saw against what was delivered. */
export interface Reconciliation {
  readonly counted: number;
  readonly delivered: number;
  /** Reports of one access by two events of one thread, dropped. */
  readonly duplicates: number;
  /** counted - delivered - duplicates, where positive: accesses that happened and were not reported. */
  readonly missing: number;
}

/** One target under one engine. */
export interface EngineSession extends AsyncDisposable {
  readonly capabilities: Capabilities;
  readonly target: EngineTarget;
  /**
   * Carries out effects, each answered when this returns. All `arm`s of one call are done on all threads, or all fail and none is armed; a
   * `move` that fails leaves the piece where it was. With ENOSPC comes what {@link capacity} says, before the failures. The last hits of
   * what is disarmed or moved still come with the next {@link collect}.
   */
  apply(effects: readonly HardwareEffect[]): EngineEvent[];
  /** An exec or the end of threads has taken these pieces out of the hardware: gives back what they took. */
  forget(cookies: readonly number[]): void;
  /** How many slots there are for us, as measured now where the last one was lacking; null where none has ever been. */
  capacity(): CapacityEvent | null;
  /** Bytes of process `pid` now; null where they cannot be read. */
  readMemory(pid: number, address: bigint, length: number): Uint8Array | null;
  /** Delivers what has happened since the last call; `final` holds nothing back. Returns the number of hits. */
  collect(sink: EngineSink, final: boolean): number;
  /** The books of pieces disarmed so far. Call after disarming and a final collect. */
  reconcile(): Reconciliation;
}

/** One way to place breakpoints. */
export interface Engine {
  readonly capabilities: Capabilities;
  /** Prepares to watch `target`; arms nothing. Throws LinuxError or ArmError. */
  open(target: EngineTarget): EngineSession;
}
