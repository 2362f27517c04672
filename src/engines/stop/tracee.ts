// The threads that are traced, by process, and what is known of each.
import type { StepRequest, ThreadStop } from '../control.js';
import type { ThreadBreakpoint, ThreadPiece } from './breakpoints.js';

/** How a thread stands, which decides how it goes on: only from a `signal` stop can it take a signal along. */
export type StandingAt = 'signal' | 'event' | 'group';

/** A thread that stands and has been told of, or is about to be. */
export interface Standing {
  readonly stop: ThreadStop;
  readonly at: StandingAt;
  /** At the delivery of a signal that nobody but the kernel has yet, so that another can be put in its place. */
  readonly canDeliver: boolean;
  /** In the midst of clone, fork or vfork. */
  readonly isInCall: boolean;
  /** The signal that it would have got had nobody stopped it, 0: none. */
  readonly passing: number;
}

/** How a thread that nobody is told of goes on. */
export interface Parked {
  /** `group`: as a member of a stopped process. */
  readonly at: StandingAt;
  readonly passing: number;
  /** What a step that is to be begun again was asked for. */
  readonly replan: StepRequest | null;
}

export interface Tracee {
  readonly tid: number;
  readonly process: TracedProcess;
  /** Its breakpoints, those being taken out included. */
  pieces: ThreadPiece[];
  /** Breakpoints of the step that it is making. */
  steps: ThreadBreakpoint[];
  /** What its breakpoints send; 0 before there was one. */
  signal: number;
  /** A stop's counters told of a hit whose signal is still on its way. */
  owesSignal: boolean;
  /** Null while it runs, as far as anybody but us can see. */
  standing: Standing | null;
  /** It is to stop, and has not yet. */
  asked: boolean;
  /** It has never run, and stands until it is let go. */
  held: boolean;
  /** It is to stop for a moment that nobody is told of. */
  parking: boolean;
  /** It stands for such a moment, and goes on so. */
  parked: Parked | null;
  /** It waits in vfork(2), where nothing stops it, until its child has gone its way. */
  inVfork: boolean;
  /** It is the first thread of its process and has ended, which the kernel reports when all others have too. */
  hasEnded: boolean;
  /** Where its struct rseq lies; null: none; undefined: not asked yet. */
  sequences: bigint | null | undefined;
}

export interface TracedProcess {
  readonly pid: number;
  readonly threads: Map<number, Tracee>;
  /** Stops that are told when all its threads stand; null while nobody waits for that. */
  gathering: ThreadStop[] | null;
}

/** All of a session. */
export class TraceeTable {
  readonly #processes = new Map<number, TracedProcess>();
  readonly #threads = new Map<number, Tracee>();

  get(tid: number): Tracee | undefined {
    return this.#threads.get(tid);
  }

  get all(): Iterable<Tracee> {
    return this.#threads.values();
  }

  get size(): number {
    return this.#threads.size;
  }

  process(pid: number): TracedProcess | undefined {
    return this.#processes.get(pid);
  }

  add(pid: number, tid: number): Tracee {
    const process = this.#processes.get(pid) ?? { pid, threads: new Map(), gathering: null };
    this.#processes.set(pid, process);
    const state = {
      signal: 0,
      owesSignal: false,
      standing: null,
      asked: false,
      held: false,
      parking: false,
      parked: null,
      inVfork: false,
      hasEnded: false,
      sequences: undefined,
    };
    const tracee: Tracee = { tid, process, pieces: [], steps: [], ...state };
    process.threads.set(tid, tracee);
    this.#threads.set(tid, tracee);
    return tracee;
  }

  remove({ tid, process }: Tracee): void {
    this.#threads.delete(tid);
    process.threads.delete(tid);
    if (process.threads.size === 0) this.#processes.delete(process.pid);
  }
}
