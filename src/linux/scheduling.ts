// Priority, CPU placement and resource limits of this process.
import { checked } from './errno.js';
import {
  getpriorityCall,
  prlimit,
  schedGetaffinity,
  schedGetscheduler,
  schedSetaffinity,
  schedSetscheduler,
  setpriorityCall,
} from './libc.js';
import { threadIds } from './procfs/process.js';

const PRIO_PROCESS = 0;
const RLIMIT_NOFILE = 7;
const SCHED_OTHER = 0;
const SCHED_FIFO = 1;
const SCHED_RESET_ON_FORK = 0x4000_0000;
const LOWEST_REAL_TIME = 1;

/** Who has raised this thread's priority, and what it was before. */
let raised: { readonly before: number; readonly value: number; holders: number } | null = null;

/** Raises the calling thread to nice `value` (-20 goes first) until the result and all others are disposed of; where that is not allowed, nothing happens. */
export function raisePriority(value: number): Disposable {
  raised ??= { before: getpriorityCall(PRIO_PROCESS, 0), value, holders: 0 };
  if (raised.holders++ === 0) setpriorityCall(PRIO_PROCESS, 0, value);
  let held = true;
  return {
    [Symbol.dispose]: () => {
      if (held) lowerPriority();
      held = false;
    },
  };
}

function lowerPriority(): void {
  if (raised === null || --raised.holders > 0) return;
  setpriorityCall(PRIO_PROCESS, 0, raised.before);
  raised = null;
}

/** Other threads of this process that have been raised with the caller. */
let helpers: { readonly tids: readonly number[]; holders: number } | null = null;

/**
 * As {@link raisePriority}, with the process's other threads of the same nice value: JavaScript threads wait for those that compile and collect for
 * all of them. Only one thread of a process may call it.
 */
export function raisePriorityOfAll(value: number): Disposable {
  const own = raisePriority(value);
  const usual = raised?.before ?? value;
  helpers ??= { tids: threadIds(process.pid).filter((tid) => getpriorityCall(PRIO_PROCESS, tid) === usual), holders: 0 };
  if (helpers.holders++ === 0) for (const tid of helpers.tids) setpriorityCall(PRIO_PROCESS, tid, value);
  let held = true;
  return {
    [Symbol.dispose]: () => {
      if (held) lowerHelpers(usual);
      held = false;
      own[Symbol.dispose]();
    },
  };
}

function lowerHelpers(usual: number): void {
  if (helpers === null || --helpers.holders > 0) return;
  const present = new Set<number>(threadIds(process.pid));
  for (const tid of helpers.tids) if (present.has(tid)) setpriorityCall(PRIO_PROCESS, tid, usual);
  helpers = null;
}

/** Gives process `pid`, which this thread has started, the priority that it would have if none had been raised. */
export function passOnPriority(pid: number): void {
  if (raised !== null) setpriorityCall(PRIO_PROCESS, pid, raised.before);
}

/**
 * Does `action` in real time, before every thread of normal priority, where that is allowed (CAP_SYS_NICE, RLIMIT_RTPRIO); else as ever.
 * The threads of a program that keeps making new ones are always served before one that is old, whatever their nice values.
 */
export function inRealTime<T>(action: () => T): T {
  const policy = schedGetscheduler(0);
  if (policy !== SCHED_OTHER) return action();
  const changed = schedSetscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, Int32Array.of(LOWEST_REAL_TIME)) === 0;
  try {
    return action();
  } finally {
    if (changed) schedSetscheduler(0, policy, Int32Array.of(0));
  }
}

/**
 * Does `action` with all threads of this process in real time, for what takes no longer than a moment and starts no program; a thread that it makes
 * then has the nice value of one that nobody has raised. A new JavaScript thread needs those that compile and collect for it, so that it is not
 * enough to hurry itself. Where that is not allowed, as ever.
 */
export function withAllInRealTime<T>(action: () => T): T {
  const others = new Set(threadIds(process.pid).filter((tid) => schedGetscheduler(tid) !== SCHED_OTHER));
  setAll({ policy: SCHED_FIFO, priority: LOWEST_REAL_TIME }, others);
  if (raised !== null) setpriorityCall(PRIO_PROCESS, 0, raised.before);
  try {
    return action();
  } finally {
    if (raised !== null) setpriorityCall(PRIO_PROCESS, 0, raised.value);
    setAll({ policy: SCHED_OTHER, priority: 0 }, others);
  }
}

/** All threads of this process but `others`. */
function setAll({ policy, priority }: { readonly policy: number; readonly priority: number }, others: ReadonlySet<number>): void {
  for (const tid of threadIds(process.pid)) if (!others.has(tid)) schedSetscheduler(tid, policy, Int32Array.of(priority));
}

/** Confines thread `tid` (0: the caller) to `cpus`. Throws LinuxError. */
export function setAffinity(tid: number, cpus: readonly number[]): void {
  const mask = new Uint8Array(128);
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  checked(schedSetaffinity(tid, mask.length, mask), 'sched_setaffinity', `thread ${tid}`);
}

/** The CPUs that thread `tid` (0: the caller) may run on. Throws LinuxError. */
export function affinity(tid: number): number[] {
  const mask = new Uint8Array(128);
  checked(schedGetaffinity(tid, mask.length, mask), 'sched_getaffinity', `thread ${tid}`);
  return Array.from({ length: 8 * mask.length }, (_, cpu) => cpu).filter((cpu) => (((mask[cpu >> 3] ?? 0) >> (cpu & 7)) & 1) === 1);
}

/** Raises the limit of open files to its hard value; returns the limit now in force. Throws LinuxError. */
export function raiseFileLimit(): number {
  const limits = new BigUint64Array(2);
  checked(prlimit(0, RLIMIT_NOFILE, null, limits), 'prlimit', 'RLIMIT_NOFILE');
  const [soft = 0n, hard = 0n] = limits;
  if (soft < hard) {
    limits[0] = hard;
    checked(prlimit(0, RLIMIT_NOFILE, limits, null), 'prlimit', 'RLIMIT_NOFILE');
  }
  return Number(hard);
}

/** Sets the soft limit of open files of process `pid`, never above its hard one. Throws LinuxError. */
export function setFileLimit(pid: number, soft: bigint): void {
  const limits = new BigUint64Array(2);
  checked(prlimit(pid, RLIMIT_NOFILE, null, limits), 'prlimit', 'RLIMIT_NOFILE');
  limits[0] = soft < (limits[1] ?? soft) ? soft : (limits[1] ?? soft);
  checked(prlimit(pid, RLIMIT_NOFILE, limits, null), 'prlimit', 'RLIMIT_NOFILE');
}
