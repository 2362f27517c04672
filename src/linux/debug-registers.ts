// A thread's virtual debug registers: written by its tracer, or read by seizing it, stopping it for a moment, and letting it go.
import { peekDebugRegister, ptraceDetach, ptraceInterrupt, ptraceSeize } from './ptrace.js';
import { pokeUserWord } from './ptrace-control.js';
import { waitForChild } from './wait.js';

/** offsetof(struct user, u_debugreg) on x86-64. */
const USER_DEBUGREG = 848n;

/** Writes a stopped thread's virtual debug register DR`index` (0-3, 6, 7). Throws LinuxError (EINVAL, ENOSPC: no register left for it; ESRCH). */
export function pokeDebugRegister(tid: number, index: number, value: bigint): void {
  pokeUserWord(tid, USER_DEBUGREG + 8n * BigInt(index), value);
}

export interface DebugRegisters {
  /** DR0 to DR3. */
  readonly addresses: readonly bigint[];
  readonly dr6: bigint;
  readonly dr7: bigint;
}

/** Registers of thread `tid`, which goes on unharmed, also when this process dies meanwhile. Throws LinuxError (EPERM, ESRCH). */
export function readDebugRegisters(tid: number): DebugRegisters {
  ptraceSeize(tid, 0);
  ptraceInterrupt(tid);
  // A signal may arrive first: it is passed on when the thread is let go.
  const status = waitForChild(tid);
  const signal = status.kind === 'stopped' && status.event === 0 ? status.signal : 0;
  try {
    return {
      addresses: [0, 1, 2, 3].map((index) => peekDebugRegister(tid, index)),
      dr6: peekDebugRegister(tid, 6),
      dr7: peekDebugRegister(tid, 7),
    };
  } finally {
    ptraceDetach(tid, signal);
  }
}
