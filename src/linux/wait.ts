// waitpid for one process at a time: never -1, which would steal other people's children.
import { checked, ERRNO } from './errno.js';
import { lastErrno, waitpidCall } from './libc.js';

const WNOHANG = 1;
const WALL = 0x4000_0000;
const SIGTRAP = 5;

/** What a wait reported. Signals by number. */
export type WaitStatus =
  | { readonly kind: 'running' }
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: number; readonly core: boolean }
  /** A signal is about to be delivered to a traced thread; `event` is a PTRACE_EVENT_* or 0. */
  | { readonly kind: 'stopped'; readonly signal: number; readonly event: number }
  /** Entry to or exit from a system call (PTRACE_O_TRACESYSGOOD). */
  | { readonly kind: 'syscall' };

/** The meaning of a raw wait status word. */
export function decodeWaitStatus(raw: number): WaitStatus {
  if ((raw & 0x7f) === 0) return { kind: 'exited', status: (raw >> 8) & 0xff };
  if ((raw & 0xff) !== 0x7f) return { kind: 'killed', signal: raw & 0x7f, core: (raw & 0x80) !== 0 };
  const signal = (raw >> 8) & 0xff;
  if (signal === (SIGTRAP | 0x80)) return { kind: 'syscall' };
  return { kind: 'stopped', signal, event: raw >> 16 };
}

/** Asks after child or tracee `pid` without waiting. Throws LinuxError (ECHILD: not ours). */
export function pollChild(pid: number): WaitStatus {
  return wait(pid, WNOHANG | WALL);
}

/** Waits until child or tracee `pid` changes state; blocks the thread. Throws LinuxError. */
export function waitForChild(pid: number): WaitStatus {
  return wait(pid, WALL);
}

function wait(pid: number, options: number): WaitStatus {
  const status = new Int32Array(1);
  let result: number;
  do result = waitpidCall(pid, status, options);
  while (result < 0 && lastErrno() === ERRNO.EINTR);
  checked(result, 'waitpid', `process ${pid}`);
  return result === 0 ? { kind: 'running' } : decodeWaitStatus(status[0] ?? 0);
}
