// Debug registers of a task as a tracer writes them: the one thing that perf's events share their slots with.
import { LinuxError } from '../../../src/linux/errno.js';
import { ptraceInterrupt, ptraceSeize } from '../../../src/linux/ptrace.js';
import { pokeUserWord } from '../../../src/linux/ptrace-control.js';
import { waitForChild } from '../../../src/linux/wait.js';
import type { Errno } from './request.js';

/** offsetof(struct user, u_debugreg) on x86-64. */
const USER_DEBUGREG = 848n;

/** Begins to trace `tid` and stops it. All calls for it must come from this thread from now on. Throws LinuxError. */
export function stopForTracing(tid: number): void {
  ptraceSeize(tid, 0);
  ptraceInterrupt(tid);
  waitForChild(tid);
}

/** Writes DR`register` of a stopped tracee; null where the kernel took it. */
export function pokeDebugRegister(tid: number, register: number, value: bigint): Errno | null {
  return refusal(() => pokeUserWord(tid, USER_DEBUGREG + 8n * BigInt(register), value));
}

/** The errno that `action` failed with, or null. Throws what is no LinuxError. */
export function refusal(action: () => void): Errno | null {
  try {
    action();
    return null;
  } catch (error) {
    if (!(error instanceof LinuxError)) throw error;
    return error.errno as Errno;
  }
}
