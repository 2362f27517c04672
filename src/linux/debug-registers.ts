// Reads a thread's virtual debug registers: seizes it, stops it for a moment, and lets it go.
import { peekDebugRegister, ptraceDetach, ptraceInterrupt, ptraceSeize } from './ptrace.js';
import { waitForChild } from './wait.js';

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
