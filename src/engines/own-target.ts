// Targets that an engine brings along: a simulated machine's processes are none of the system's.
import type { CodeSource } from '../instructions/index.js';
import type { Inherit } from '../model/access.js';
import type { Place } from '../model/place.js';
import type { Engine, EngineSession } from './contract.js';
import type { Lifecycle } from './host/lifecycle.js';

/** A named place in a target's memory or code. */
export interface NamedBytes {
  readonly name: string;
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
}

/** What an own target knows of its program. */
export interface TargetNames {
  readonly all: readonly NamedBytes[];
  place(address: bigint): Place;
  readonly code: CodeSource;
  functionStart(address: bigint): bigint | null;
  isMapped(address: bigint): boolean;
}

/** A target that is held until its lifecycle releases it. */
export interface OwnTarget {
  readonly pid: number;
  readonly session: EngineSession;
  readonly lifecycle: Lifecycle;
  readonly names: TargetNames;
  threadIds(pid: number): number[];
  threadName(pid: number, tid: number): string | null;
}

/** An engine that makes its targets itself. */
export interface OwnTargets {
  /** Makes the target that `argv` names. Throws SimulationError for one that cannot be made. */
  launch(argv: readonly string[], inherit: Inherit): OwnTarget;
}

/** Whether `engine` makes its targets itself, instead of watching the system's processes. */
export function makesTargets(engine: Engine): engine is Engine & OwnTargets {
  return 'launch' in engine;
}
