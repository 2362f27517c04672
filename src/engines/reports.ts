// What an engine reports: hits, births and ends of threads, and what was lost.
import { REGISTER_WORDS } from '../instructions/index.js';
import type { ProcessEnd, ThreadStop } from './control.js';

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
  /** What a stack of the user code can be told from; null unless asked for, and where there is none. Reused with the hit. */
  userStack: UserStack | null;
  /** The piece's bytes (with a handling: its range's) right after the access, from an engine that has them then; null from others. */
  after: Uint8Array | null;
  /** `after` is what this access stored, whatever others did meanwhile; else it was read a moment later. */
  exact: boolean;
  /** The handling's value before the access, by what the hit before it left; null where the engine does not keep it or does not know. */
  before: Uint8Array | null;
  /** Who made the access, where the whole kernel is watched; null from a process's session. */
  origin: HitOrigin | null;
}

/** A hit to be filled again and again. */
export function newRawHit(): RawHit {
  return {
    cookie: 0,
    pid: 0,
    tid: 0,
    cpu: 0,
    timeLo: 0,
    timeHi: 0,
    ipLo: 0,
    ipHi: 0,
    kernel: false,
    registers: new Uint32Array(REGISTER_WORDS),
    registersAt: 0,
    stack: null,
    userStack: null,
    after: null,
    exact: false,
    before: null,
    origin: null,
  };
}

/** Where the user code of a thread stood at a hit (its own, or the system call's in which the kernel hit), and a copy of its stack. */
export interface UserStack {
  ip: number;
  /** As {@link RawHit.registers}; all bits set: not known. Flags are none. */
  registers: Uint32Array;
  registersAt: number;
  /** The copy, from the stack pointer upwards, begins at this word. */
  words: Uint32Array;
  at: number;
  /** Bytes of it. */
  length: number;
}

/** A thread that the session does not follow. */
export interface HitOrigin {
  readonly comm: string;
  /** The inode number of its cgroup (v2); 0 where there is none. */
  readonly cgroup: bigint;
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
  /** From a session with control: a thread has stopped. Its hits came before. */
  stopped?(stop: ThreadStop): void;
  /** From a session with control: a process has ended, and how. Its threads' ends came before. */
  processEnded?(end: ProcessEnd): void;
  /** `count` reports did not fit, or were suppressed by the kernel. */
  lost(loss: { readonly kind: 'lost' | 'throttled'; readonly count: number; readonly time: bigint }): void;
}

/** Takes everything and keeps nothing: for rounds that nobody listens to, and for the rest where only some of it matters. */
export const DEAF: EngineSink = {
  hit: () => undefined,
  threadStarted: () => undefined,
  threadEnded: () => undefined,
  renamed: () => undefined,
  lost: () => undefined,
};
