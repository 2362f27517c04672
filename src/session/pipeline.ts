// What the collector asks of the pipeline of one watch, wherever the values of its hits come from.
import type { RawHit } from '../engines/contract.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { HitRecord } from './hit-record.js';
import type { Outbox } from './outbox.js';
import type { PlaceCache } from './places.js';
import type { ThreadArea } from './program.js';
import type { Stamps } from './race.js';
import type { StackWish } from './stack.js';

/** What a watch's pipeline shares with the others of its target. */
export interface PipelineContext {
  /** There from the first round on. */
  rebuilder(): AccessRebuilder | null;
  /** One that knows a thread's FS base; null where {@link rebuilder} is. Missing: there is none. */
  rebuilderOf?(fsBase: bigint): AccessRebuilder | null;
  /** The thread among whose thread-local variables the covered bytes are: its stores are relative to its FS base. */
  readonly owner?: ThreadArea | null;
  readonly places: PlaceCache;
  /** Whether hits show the instruction that made them; default no. */
  readonly instructions?: boolean;
  readonly outbox: Outbox;
  /** Default: in the trap. */
  readonly stamps?: Stamps;
  /** Bytes of a process now, or null where they cannot be read. */
  readMemory(pid: number, address: bigint, length: number): Uint8Array | null;
  comm(pid: number, tid: number): string | null;
  /** The frames of a hit; `wish`: what its watch asks for, else all there are. */
  stack(raw: RawHit, wish?: StackWish): HitRecord['stack'];
}

/** Everything that happens to the hits of one watch between the engine and the reader. Times are ns of CLOCK_MONOTONIC as numbers. */
export interface Pipeline {
  readonly info: WatchInfo;
  /** Process `pid` is watched from now on; `bytes`: the covered bytes before anything could happen, null when that moment has passed. */
  start(pid: number, bytes: Uint8Array | null): void;
  /** Thread `parent` made process `child` at `time`: that begins with a copy of its parent's memory. */
  fork(parent: { readonly pid: number; readonly tid: number }, child: number, time: number): void;
  /** Process `pid` has ended or, at `time`, begun to run another program: all its hits are known. */
  forget(pid: number, time?: number): void;
  threadEnded(tid: number): void;
  /** Hits up to `time` are missing. */
  blind(time: number): void;
  /** Its pieces may have been armed before, for another watch: what happened before `time` is not this one's. */
  open(time: number): void;
  /** One report of one of this watch's pieces. */
  report(raw: RawHit): void;
  /** {@link report}, where others have had the piece too, before this watch or after it. */
  reportShared(raw: RawHit): void;
  /** All hits up to `horizon` are in. `clock` tells the time. */
  endRound(horizon: number, clock: () => number): void;
  /** Its pieces were disarmed at `time`: what happens later is not reported. */
  close(time: number): void;
  /** No more reports will come, and all up to `time` are in (Infinity: the processes have ended). */
  finish(time: number): void;
}
