// One thread of a live kernel: who traces it, why it stands, and what it met since.
import type { StopView } from '../../interfaces/host.js';

/** Kinds of births and exec that a tracer asks to be told of. */
export type TraceOption = 'fork' | 'vfork' | 'clone' | 'exec';

/** A hit that came before the stop which it belongs to. */
export interface PendingHit {
  readonly cookie: number;
  readonly ip: bigint;
  readonly kernel: boolean;
  readonly after: Uint8Array | null;
  readonly time: bigint;
}

/** A thread. */
export interface LiveThread {
  readonly tid: number;
  readonly pid: number;
  /** Its maker; 0 where it was there before. */
  readonly parent: number;
  /** Number of its tracer, -1: nobody. */
  tracer: number;
  options: readonly TraceOption[];
  /** Why it stands for its tracer; null while it runs. */
  stop: StopView | null;
  eventMessage: number;
  /** It stands for having made this thread, which is not known yet: its tracer is told when it is. */
  bears: { readonly why: 'clone' | 'fork' | 'vfork'; readonly child: number } | null;
  /** It was asked to stop, and has not yet. */
  wantsStop: boolean;
  /** Where its step began; null when it is not stepped. */
  stepFrom: bigint | null;
  /** It stands at an instruction breakpoint that it is to meet again. */
  meetsAgain: boolean;
  /** Signals by name that are taken away from it. */
  readonly swallowed: Set<string>;
  pending: PendingHit[];
}

/** A thread that nobody traces. */
export function newLiveThread(tid: number, pid: number, parent: number): LiveThread {
  return {
    ...{ tid, pid, parent, tracer: -1, options: [], stop: null, eventMessage: 0, bears: null },
    ...{ wantsStop: false, stepFrom: null, meetsAgain: false, swallowed: new Set(), pending: [] },
  };
}
