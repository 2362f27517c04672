// Priority, CPU placement and resource limits of this process.
import { checked } from './errno.js';
import { prlimit, schedSetaffinity, setpriorityCall } from './libc.js';

const PRIO_PROCESS = 0;
const RLIMIT_NOFILE = 7;

/** Raises the calling thread to nice `value` (-20 highest); false where that is not allowed. */
export function tryRaisePriority(value: number): boolean {
  return setpriorityCall(PRIO_PROCESS, 0, value) === 0;
}

/** Confines thread `tid` (0: the caller) to `cpus`. Throws LinuxError. */
export function setAffinity(tid: number, cpus: readonly number[]): void {
  const mask = new Uint8Array(128);
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  checked(schedSetaffinity(tid, mask.length, mask), 'sched_setaffinity', `thread ${tid}`);
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
