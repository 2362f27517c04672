// Today's Linux: a breakpoint is charged to the pool of each CPU it may come to, when it is made and until it is released, enabled or not.
// Nothing is ever evicted and there are no priorities.
import type { Access } from '../../model/access.js';
import type { Linear } from '../linear.js';
import { SLOTS } from '../state.js';

/** A breakpoint that holds a charge: a perf event, or a stub behind a tracer's register. */
export interface Charged {
  readonly id: number;
  /** `ptrace`: a virtual register's. `perf`: an event of its own. */
  readonly client: 'ptrace' | 'perf';
  /** -1: every thread of `cpu`. */
  readonly tid: number;
  /** -1: any CPU. */
  readonly cpu: number;
  /** Virtual register, for `ptrace`; -1 otherwise. */
  readonly index: number;
  address: Linear;
  /** Bytes; 1 for `execute`. */
  length: number;
  access: Access;
  enabled: boolean;
  /** Hits in kernel mode count too (`exclude_kernel` = 0). */
  readonly inKernel: boolean;
  /** Hits in user mode count (`exclude_user` = 0). */
  readonly inUser: boolean;
  readonly sigtrap: boolean;
  readonly inherit: 'none' | 'threads' | 'children';
  readonly removeOnExec: boolean;
  /** The next exec switches it on, and forgets this. */
  enableOnExec: boolean;
  /** One overflow in so many hits; 0: none. */
  readonly period: number;
  /** Hits since the last overflow. */
  sinceOverflow: number;
  /** What its request says, as a change left it: a change ends by looking here. */
  asksDisabled: boolean;
  /** Its thread has ended, or an exec has dropped it: it keeps its charge and its count and is never on again. */
  dropped: boolean;
  /** si_perf_data. */
  signalData: bigint;
  /** Who is told of each overflow (O_ASYNC), if anybody. */
  notify: Notify | null;
  /** Fields without a meaning here that a change must find as they were. */
  readonly rest: RestOfRequest;
  count: number;
  /** The event whose copy this is, made for a child; -1 for an original. Its count adds into that one's. */
  readonly origin: number;
}

/** F_SETOWN and F_SETSIG of an event's descriptor. */
export interface Notify {
  readonly tid: number;
  readonly signal: 'SIGIO' | 'SIGUSR1';
}

/** Fields of a request that mean nothing for a breakpoint. */
export interface RestOfRequest {
  readonly frequency: boolean;
  readonly preciseIp: number;
  readonly config: bigint;
}

/** What a charge is unless it is asked otherwise: a plain count of one thread's hits in user mode. */
export const PLAIN_CHARGE = {
  inKernel: false,
  inUser: true,
  sigtrap: false,
  inherit: 'none',
  removeOnExec: false,
  enableOnExec: false,
  period: 0,
  sinceOverflow: 0,
  asksDisabled: false,
  dropped: false,
  signalData: 0n,
  notify: null,
  rest: { frequency: false, preciseIp: 0, config: 0n },
  count: 0,
  origin: -1,
} as const satisfies Partial<Charged>;

/** Whether the pools of all CPUs have room for one more of `tid` on `cpu`. `cpus`: how many there are. */
export function hasRoom(held: readonly Charged[], tid: number, cpu: number, cpus: number): boolean {
  const [first, end] = cpu === -1 ? [0, cpus] : [cpu, cpu + 1];
  for (let c = first; c < end; c++) if (pinned(held, c) + ofThreads(held, tid, c) + 1 > SLOTS) return false;
  return true;
}

/** CPU-wide breakpoints of CPU `c`. */
function pinned(held: readonly Charged[], c: number): number {
  let sum = 0;
  for (const { tid, cpu } of held) if (tid === -1 && cpu === c) sum++;
  return sum;
}

/** A thread competes with its own; a CPU-wide breakpoint with the greediest thread. */
function ofThreads(held: readonly Charged[], tid: number, c: number): number {
  if (tid !== -1) return applying(held, tid, c);
  let most = 0;
  for (const one of held) if (one.tid !== -1) most = Math.max(most, applying(held, one.tid, c));
  return most;
}

function applying(held: readonly Charged[], tid: number, c: number): number {
  let sum = 0;
  for (const one of held) if (one.tid === tid && (one.cpu === -1 || one.cpu === c)) sum++;
  return sum;
}
