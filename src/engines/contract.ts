// What every engine must do. An engine carries out the facility's effects and reports what the breakpoints catch; it keeps no table of
// requests, knows no priorities and does no slot arithmetic. Whatever it arms goes back to an `arm` with the same cookie.
//
// Threads of control: all calls on one session come from one JavaScript thread, and none of them may be made from inside a sink call.
// An engine never stops the target unless its capabilities say so, and whatever it armed is gone when its process dies.
import type { Code, HardwareEffect, Scope } from '../facility/index.js';
import type { StoreLookup } from '../instructions/index.js';
import type { Access, Inherit } from '../model/access.js';
import type { NotCovered } from '../model/coverage.js';
import type { Control } from './control.js';
import type { ArmError } from './errors.js';
import type { Handling, HitCount } from './handling.js';
import type { EngineSink } from './reports.js';

export type { EngineSink, HitOrigin, RawHit, UserStack } from './reports.js';

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
  /** What it can watch: one process, or the whole kernel on all CPUs. */
  readonly targets: readonly ('process' | 'kernel')[];
  /** What it can do with hits before anybody sees them. */
  readonly handles: readonly Handling['keep'][];
  /** Whether pieces can be {@link EngineSession.pause}d. */
  readonly pauses: boolean;
  /** Hits are stamped when the engine gets round to the thread, which may be long after the access, and not in the order of accesses. Default: in the trap. */
  readonly stampsLate?: boolean;
  /** What using it may do to the target, one sentence for people. Default: nothing. */
  readonly risk?: string;
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
  readonly target: EngineTarget | 'kernel';
  /** Stops and steers its threads; null from an engine that never stops its target. */
  readonly control: Control | null;
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
  /** A number for {@link ArmOrder.handling}; the same one for what is the same. Throws ArmError (`unsupported`) where it cannot be done. */
  prepare(handling: Handling): number;
  /** What has been counted so far for pieces whose handling keeps counts, also those disarmed since. */
  counts(): readonly HitCount[];
  /** Stops these pieces, or lets them go on: what happens meanwhile is nobody's hit. Throws LinuxError. */
  pause(cookies: readonly number[], paused: boolean): void;
  /** From now on `lookup` tells which instructions are plain stores, whose values need not be read; what was told before does not hold. */
  useStores(lookup: StoreLookup): void;
  /** Bytes of process `pid` now (of the kernel, where that is the target); null where they cannot be read. */
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
  /** The same for the kernel, on all CPUs; there where `capabilities.targets` says so. Throws ArmError. */
  openKernel?(): EngineSession;
}
