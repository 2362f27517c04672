// The few ptrace requests hwbkpt makes, by name. All of one target's calls must come from one OS thread.
import { checked, LinuxError } from './errno.js';
import { lastErrno, ptraceCall } from './libc.js';

const REQUEST = {
  PEEKUSER: 3,
  POKEUSER: 6,
  DETACH: 17,
  SYSCALL: 24,
  SEIZE: 0x4206,
  INTERRUPT: 0x4207,
} as const;

/** PTRACE_O_* bits. TRACESYSGOOD also makes a tracer's death at a system-call stop harmless: the stop's "signal" is then not a valid one. */
export const PTRACE_OPTION = { TRACESYSGOOD: 1, TRACEFORK: 2, TRACEVFORK: 4, TRACECLONE: 8, TRACEEXEC: 0x10, EXITKILL: 0x10_0000 } as const;
/** PTRACE_EVENT_* numbers. */
export const PTRACE_EVENT = { FORK: 1, VFORK: 2, CLONE: 3, EXEC: 4, STOP: 128 } as const;

/** Attaches to `tid` without stopping it. Throws LinuxError (EPERM: may not, or traced already; ESRCH). */
export function ptraceSeize(tid: number, options: number): void {
  checked(ptraceCall(REQUEST.SEIZE, tid, 0, options), 'ptrace', `PTRACE_SEIZE, thread ${tid}`);
}

/** Stops a seized thread. */
export function ptraceInterrupt(tid: number): void {
  checked(ptraceCall(REQUEST.INTERRUPT, tid, 0, 0), 'ptrace', `PTRACE_INTERRUPT, thread ${tid}`);
}

/** Lets a stopped thread go on to its next system-call entry or exit. */
export function ptraceSyscall(tid: number, signal: number): void {
  checked(ptraceCall(REQUEST.SYSCALL, tid, 0, signal), 'ptrace', `PTRACE_SYSCALL, thread ${tid}`);
}

/** Lets go of a stopped thread for good, with `signal` (0: none). */
export function ptraceDetach(tid: number, signal: number): void {
  checked(ptraceCall(REQUEST.DETACH, tid, 0, signal), 'ptrace', `PTRACE_DETACH, thread ${tid}`);
}

/** offsetof(struct user, u_debugreg) on x86-64. */
const USER_DEBUGREG = 848;

/** A stopped thread's virtual debug register DR`index` (0-3, 6, 7), as PTRACE_PEEKUSER shows it. Throws LinuxError. */
export function peekDebugRegister(tid: number, index: number): bigint {
  return peekUser(tid, USER_DEBUGREG + 8 * index);
}

/** Byte offsets in struct user_regs_struct (asm/user_64.h) of what a system call's entry is told by. */
export const USER_REGISTER = { rax: 80, rdx: 96, originalRax: 120 } as const;

/** A stopped thread's general register. Throws LinuxError. */
export function peekRegister(tid: number, name: keyof typeof USER_REGISTER): bigint {
  return peekUser(tid, USER_REGISTER[name]);
}

/** Changes a stopped thread's general register. Throws LinuxError. */
export function pokeRegister(tid: number, name: keyof typeof USER_REGISTER, value: bigint): void {
  checked(ptraceCall(REQUEST.POKEUSER, tid, USER_REGISTER[name], value), 'ptrace', `PTRACE_POKEUSER, thread ${tid}`);
}

function peekUser(tid: number, offset: number): bigint {
  // libc answers with the word itself; errno tells a failure from a word that reads as -1.
  const word = ptraceCall(REQUEST.PEEKUSER, tid, offset, 0);
  if (word === -1 && lastErrno() !== 0) throw new LinuxError('ptrace', lastErrno(), `PTRACE_PEEKUSER, thread ${tid}`);
  return BigInt.asUintN(64, BigInt(word));
}
