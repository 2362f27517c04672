// What a stopped thread is made of, whole and uncopied where it is read at every hit: registers, vector state, what its signal says.
//
//   siginfo_t of a file's signal (F_SETSIG): 0 si_signo i32 | 4 si_errno i32 | 8 si_code i32 | 16 si_band i64 | 24 si_fd i32
//   struct ptrace_rseq_configuration: 0 rseq_abi_pointer u64 | 8 size u32 | 12 signature u32 | 16 flags u32
import { checked, ERRNO, failed } from './errno.js';
import { addressOfBytes, lastErrno, ptraceCall, ptraceWithBuffer } from './libc.js';

const REQUEST = {
  GETREGS: 12,
  SETREGS: 13,
  GETEVENTMSG: 0x4201,
  GETSIGINFO: 0x4202,
  SETSIGINFO: 0x4203,
  GETREGSET: 0x4204,
  SETREGSET: 0x4205,
  LISTEN: 0x4208,
  GET_RSEQ_CONFIGURATION: 0x420f,
} as const;
const NT_X86_XSTATE = 0x202;
/** More than any processor's XSAVE area (AMX: 11,008). */
const XSTATE_BYTES = 16_384;
/** sizeof(siginfo_t). */
export const SIGNAL_INFO_BYTES = 128;
const RSEQ_BYTES = 24;

/** All of struct user_regs_struct into `words` (27 of 64 bits; ptrace-control.ts draws it). Throws LinuxError. */
export function readRegisters(tid: number, words: Uint32Array | BigUint64Array): void {
  checked(ptraceWithBuffer(REQUEST.GETREGS, tid, 0, words), 'ptrace', `PTRACE_GETREGS, thread ${tid}`);
}

/** Throws LinuxError (EIO: a value that may not be). */
export function writeRegisters(tid: number, words: BigUint64Array): void {
  checked(ptraceWithBuffer(REQUEST.SETREGS, tid, 0, words), 'ptrace', `PTRACE_SETREGS, thread ${tid}`);
}

/** What a stopped thread's signal says, in memory that is filled again and again. */
export class SignalInfo {
  /** siginfo_t of the last {@link read}, 32 words. */
  readonly words = new Uint32Array(SIGNAL_INFO_BYTES / 4);
  readonly #address = Number(addressOfBytes(new Uint8Array(this.words.buffer)));

  /** False where thread `tid` is not stopped for a signal. Throws LinuxError. */
  read(tid: number): boolean {
    if (ptraceCall(REQUEST.GETSIGINFO, tid, 0, this.#address) >= 0) return true;
    if (lastErrno() === ERRNO.EINVAL) return false;
    throw failed('ptrace', `PTRACE_GETSIGINFO, thread ${tid}`);
  }
}

/** Another siginfo_t, 32 words, for the signal that a thread is stopped for. Throws LinuxError (EINVAL: it is stopped for none). */
export function writeSignalInfo(tid: number, words: Uint32Array): void {
  checked(ptraceWithBuffer(REQUEST.SETSIGINFO, tid, 0, words), 'ptrace', `PTRACE_SETSIGINFO, thread ${tid}`);
}

/** The new thread's id at the stop after a fork, vfork or clone; at an exec's stop the thread that made it. Throws LinuxError. */
export function readEventMessage(tid: number): number {
  const message = new Uint32Array(2);
  checked(ptraceWithBuffer(REQUEST.GETEVENTMSG, tid, 0, message), 'ptrace', `PTRACE_GETEVENTMSG, thread ${tid}`);
  return message[0] ?? 0;
}

/** Lets a thread in a group-stop wait there for SIGCONT. Throws LinuxError (EIO: it is in another stop). */
export function listen(tid: number): void {
  checked(ptraceCall(REQUEST.LISTEN, tid, 0, 0), 'ptrace', `PTRACE_LISTEN, thread ${tid}`);
}

/** Vector and floating-point state, a copy as XSAVE lays it out. Throws LinuxError. */
export function readExtendedState(tid: number): Uint8Array {
  const bytes = new Uint8Array(XSTATE_BYTES);
  const vector = BigUint64Array.of(addressOfBytes(bytes), BigInt(bytes.length));
  checked(ptraceWithBuffer(REQUEST.GETREGSET, tid, NT_X86_XSTATE, vector), 'ptrace', `PTRACE_GETREGSET, thread ${tid}`);
  return bytes.slice(0, Number(vector[1]));
}

/** Throws LinuxError (EINVAL, EFAULT: not a state of this processor). */
export function writeExtendedState(tid: number, state: Uint8Array): void {
  const vector = BigUint64Array.of(addressOfBytes(state), BigInt(state.length));
  checked(ptraceWithBuffer(REQUEST.SETREGSET, tid, NT_X86_XSTATE, vector), 'ptrace', `PTRACE_SETREGSET, thread ${tid}`);
}

/** Where a stopped thread's struct rseq lies, in which the kernel keeps the number of its CPU; null where it has none, or Linux is older than 5.13. */
export function restartableSequences(tid: number): bigint | null {
  const configuration = new BigUint64Array(RSEQ_BYTES / 8);
  if (ptraceWithBuffer(REQUEST.GET_RSEQ_CONFIGURATION, tid, RSEQ_BYTES, configuration) < 0) return null;
  const [address = 0n] = configuration;
  return address === 0n ? null : address;
}
