// One user of a target that several may use at once: what gdb's and editors' servers hold, each its own, and what a socket carries to others.
//
// Stops and holds. A thread that stops is held by every client whose watch, policy or request stopped it (a client whose policy has `wholeProcess`
// holds all threads of the process). It runs again when none holds it any more: resuming gives up one's own hold, so nobody can let a thread run
// that another is looking at, and nobody is kept from looking by another's `continue`. A client is told only of stops that it holds. Clients with
// role `watches` hold nothing: their watches log, and what stops for others delays them only. When a client leaves, its holds and watches go too.
import type { Capabilities } from '../../engines/contract.js';
import type { ProcessEnd, StepRequest, StopCause, StopPolicy } from '../../engines/control.js';
import type { Hit, TargetEvent, WatchInfo } from '../../model/hit.js';
import type { SharedWatchOptions } from '../options.js';
import type { TallyRow } from '../tally.js';
import type { WatchArming } from '../watch.js';

/** What a client may do: steer threads, or only watch. */
export type ClientRole = 'controls' | 'watches';

/** A watch of one client. */
export interface ClientWatch {
  /** Unique in its target. */
  readonly id: number;
  /** As now: another object after an exec, and when it is armed again. */
  readonly info: WatchInfo;
  readonly arming: WatchArming;
  /** False while it waits for registers, or has lost them to a higher priority. */
  readonly isArmed: boolean;
  /** With WatchOptions.keep `counts` or `values`: what was counted so far, as Watch.tally; of other watches nothing. */
  tally(): Promise<readonly TallyRow[]>;
  /** Disarms; resolves when its last hit was told. */
  close(): Promise<void>;
}

/** Why a thread stands, as its client sees it. */
export type ClientStopCause =
  | Exclude<StopCause, { readonly kind: 'hit' }>
  /** All of this client's watches that were hit since the thread's last stop, each with its last hit (old and new value in it). */
  | { readonly kind: 'hit'; readonly hits: readonly { readonly watch: ClientWatch; readonly hit: Hit }[] };

/** A thread that this client holds. */
export interface ClientStop {
  readonly pid: number;
  readonly tid: number;
  readonly cause: ClientStopCause;
  /** CLOCK_MONOTONIC, ns. */
  readonly time: bigint;
}

/** What a client is told, in order. */
export type ClientEvent =
  | { readonly type: 'hit'; readonly watch: ClientWatch; readonly hit: Hit }
  /** It lost its registers to a higher priority, has them (again), or has ended for `because`. */
  | {
      readonly type: 'watch';
      readonly watch: ClientWatch;
      readonly change: 'evicted' | 'installed' | 'ended';
      readonly because: string | null;
    }
  | { readonly type: 'stopped'; readonly stop: ClientStop }
  | { readonly type: 'thread'; readonly pid: number; readonly tid: number; readonly change: 'started' | 'ended' }
  | { readonly type: 'process-ended'; readonly end: ProcessEnd }
  /** Forks, execs, losses, unseen changes: as in the stream of a target. */
  | { readonly type: 'event'; readonly event: TargetEvent }
  /** The target is let go of, or the connection to its owner is gone: nothing more comes. */
  | { readonly type: 'closed'; readonly because: string };

/** A thread as a client sees it: `stop` is null unless this client holds it. */
export interface ClientThread {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly stop: ClientStop | null;
}

/** One slot in use, for `doctor` and for people who wonder why theirs waits. */
export interface SlotUse {
  readonly client: string;
  /** As typed. */
  readonly expression: string;
  readonly priority: number | null;
  readonly address: bigint;
  readonly length: number;
  readonly armed: boolean;
}

/** What a client asks for with a watch. */
export interface ClientWatchOptions extends SharedWatchOptions {
  /** A hit stops its thread, and this client holds it. Only for clients that control, under an engine that stops. */
  readonly stop?: boolean | undefined;
}

/** One user of a target. Every promise rejects with a HwbkptError; steering calls of a client that only watches with NotInControlError. */
export interface Client extends AsyncDisposable {
  /** For people: `gdb`, `watch 4711`. */
  readonly name: string;
  readonly role: ClientRole;
  /** The process that the target began with. */
  readonly pid: number;
  readonly capabilities: Capabilities;
  /** One listener; null: nobody. Called from the event loop, never from inside a call on this client. */
  onEvent(listener: ((event: ClientEvent) => void) | null): void;
  watch(expression: string, options?: ClientWatchOptions): Promise<ClientWatch>;
  /** Armed and waiting requests of all clients. */
  slots(): Promise<readonly SlotUse[]>;
  threads(): Promise<readonly ClientThread[]>;
  /** This client's; what stops is the union of all clients' policies, each told what it asked for. */
  setPolicy(policy: StopPolicy): Promise<void>;
  stop(tids: readonly number[] | 'all'): Promise<void>;
  /** Gives up the holds on these threads; `signal` (0: none) is delivered with the last hold. */
  resume(tids: readonly number[] | 'all', signal?: number): Promise<void>;
  /** One instruction of a thread that this client holds; while others hold it too, it waits for them. Ends as a stop `step`, or what comes first. */
  step(tid: number, request?: Partial<StepRequest>): Promise<void>;
  /** Of threads that this client holds: as engines/control.ts says. */
  registers(tid: number): Promise<BigUint64Array>;
  setRegisters(tid: number, registers: BigUint64Array): Promise<void>;
  extendedState(tid: number): Promise<Uint8Array>;
  setExtendedState(tid: number, state: Uint8Array): Promise<void>;
  signalInfo(tid: number): Promise<Uint8Array | null>;
  setSignalInfo(tid: number, info: Uint8Array): Promise<void>;
  /** Also while it runs; null where it cannot be read. */
  readMemory(pid: number, address: bigint, length: number): Promise<Uint8Array | null>;
  writeMemory(pid: number, address: bigint, bytes: Uint8Array): Promise<void>;
  kill(pid: number): Promise<void>;
  /**
   * Lets go of one process of several, as leaving lets go of all: this client's holds there are gone, its watches tell nothing of it any more, and
   * nothing else is told of it. The process is not traced any more once no client that controls, and nobody's watch, is left in it.
   */
  detach(pid: number): Promise<void>;
}
