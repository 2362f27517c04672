// Full control of a stopped thread: going on and stepping, any word of its user area, its memory, all its registers, what its signal says.
//
// struct user_regs_struct, 8 bytes each (asm/user_64.h):
//   0 r15 | 8 r14 | 16 r13 | 24 r12 | 32 rbp | 40 rbx | 48 r11 | 56 r10 | 64 r9 | 72 r8 | 80 rax | 88 rcx | 96 rdx | 104 rsi | 112 rdi
//   120 orig_rax | 128 rip | 136 cs | 144 eflags | 152 rsp | 160 ss | 168 fs_base | 176 gs_base | 184 ds | 192 es | 200 fs | 208 gs
// siginfo_t: 0 si_signo i32 | 4 si_errno i32 | 8 si_code i32 | 16 si_addr u64 (of signals that an instruction raised)
import { checked, failed, LinuxError } from './errno.js';
import { lastErrno, ptraceCall } from './libc.js';
import { Mapping } from './mapping.js';

const REQUEST = {
  PEEKDATA: 2,
  PEEKUSER: 3,
  POKEDATA: 5,
  POKEUSER: 6,
  CONT: 7,
  SINGLESTEP: 9,
  GETREGS: 12,
  SETREGS: 13,
  SETOPTIONS: 0x4200,
  GETEVENTMSG: 0x4201,
  GETSIGINFO: 0x4202,
} as const;

/** Lets a stopped thread go on, with `signal` (0: none). Throws LinuxError (ESRCH: not stopped, not traced by the caller, or gone). */
export function ptraceContinue(tid: number, signal: number): void {
  // At every hit: no text is made for an error that there is not.
  if (ptraceCall(REQUEST.CONT, tid, 0, signal) < 0) throw failed('ptrace', `PTRACE_CONT, thread ${tid}`);
}

/** Lets a stopped thread execute one instruction, with `signal` (0: none). Throws LinuxError. */
export function ptraceStep(tid: number, signal: number): void {
  checked(ptraceCall(REQUEST.SINGLESTEP, tid, 0, signal), 'ptrace', `PTRACE_SINGLESTEP, thread ${tid}`);
}

/** Sets the PTRACE_O_* bits of a stopped thread. Throws LinuxError. */
export function ptraceSetOptions(tid: number, options: number): void {
  checked(ptraceCall(REQUEST.SETOPTIONS, tid, 0, options), 'ptrace', `PTRACE_SETOPTIONS, thread ${tid}`);
}

/** The word at byte `offset` (any 64-bit value) of a stopped thread's struct user. Throws LinuxError (EIO: no such word; ESRCH). */
export function peekUserWord(tid: number, offset: bigint): bigint {
  return peek(ptraceCall(REQUEST.PEEKUSER, tid, offset, 0), `PTRACE_PEEKUSER, thread ${tid}`);
}

/** Writes the word at byte `offset` of a stopped thread's struct user. Throws LinuxError (EIO, EINVAL, ENOSPC, ESRCH). */
export function pokeUserWord(tid: number, offset: bigint, value: bigint): void {
  checked(ptraceCall(REQUEST.POKEUSER, tid, offset, value), 'ptrace', `PTRACE_POKEUSER, thread ${tid}`);
}

/** Eight bytes of a stopped thread's memory, little-endian. Throws LinuxError (EIO: not mapped). */
export function peekMemory(tid: number, address: bigint): bigint {
  return peek(ptraceCall(REQUEST.PEEKDATA, tid, address, 0), `PTRACE_PEEKDATA, thread ${tid}`);
}

/** Writes eight bytes of a stopped thread's memory, also where it may not write itself. Throws LinuxError. */
export function pokeMemory(tid: number, address: bigint, value: bigint): void {
  checked(ptraceCall(REQUEST.POKEDATA, tid, address, value), 'ptrace', `PTRACE_POKEDATA, thread ${tid}`);
}

function peek(word: number, subject: string): bigint {
  // libc answers with the word itself; errno tells a failure from a word that reads as -1.
  if (word === -1 && lastErrno() !== 0) throw new LinuxError('ptrace', lastErrno(), subject);
  return BigInt.asUintN(64, BigInt(word));
}

/** Byte offsets of general registers in struct user_regs_struct. */
const REGISTER_OFFSET = {
  ...{ r15: 0, r14: 8, r13: 16, r12: 24, rbp: 32, rbx: 40, r11: 48, r10: 56, r9: 64, r8: 72, rax: 80, rcx: 88, rdx: 96, rsi: 104 },
  ...{ rdi: 112, originalRax: 120, rip: 128, cs: 136, eflags: 144, rsp: 152, ss: 160 },
} as const;

/** Name of a general register. `originalRax` is the number of the system call that the thread is in; -1: none that must be restarted. */
export type RegisterName = keyof typeof REGISTER_OFFSET;

/** What a signal-delivery stop says of its signal. */
export interface SignalInfo {
  readonly signal: number;
  /** si_code, signed. */
  readonly code: number;
  /** si_addr; without a meaning for signals that somebody sent. */
  readonly address: bigint;
}

const REGISTERS_BYTES = 27 * 8;

/** Memory that the kernel writes a stopped thread's registers and signal into. One is enough for a tracer; not for two OS threads. */
export class TracerMemory extends Mapping {
  constructor() {
    super(4096, null);
  }

  /** What the signal says that stopped the thread. Throws LinuxError (EINVAL: it is not stopped for a signal). */
  signalInfo(tid: number): SignalInfo {
    this.#exchange(REQUEST.GETSIGINFO, tid, `PTRACE_GETSIGINFO, thread ${tid}`);
    const info = new DataView(this.view());
    return { signal: info.getInt32(0, true), code: info.getInt32(8, true), address: info.getBigUint64(16, true) };
  }

  /** The new thread's id at the stop after a fork, vfork or clone. Throws LinuxError. */
  eventMessage(tid: number): number {
    this.#exchange(REQUEST.GETEVENTMSG, tid, `PTRACE_GETEVENTMSG, thread ${tid}`);
    return Number(new DataView(this.view()).getBigUint64(0, true));
  }

  /** All general registers of a stopped thread. Throws LinuxError. */
  registers(tid: number): Record<RegisterName, bigint> {
    this.#exchange(REQUEST.GETREGS, tid, `PTRACE_GETREGS, thread ${tid}`);
    const words = new DataView(this.view(), 0, REGISTERS_BYTES);
    const entries = Object.entries(REGISTER_OFFSET).map(([name, offset]) => [name, words.getBigUint64(offset, true)]);
    return Object.fromEntries(entries) as Record<RegisterName, bigint>;
  }

  /** Changes some of a stopped thread's general registers. Throws LinuxError (EIO: a value that may not be). */
  setRegisters(tid: number, changes: Partial<Record<RegisterName, bigint>>): void {
    this.#exchange(REQUEST.GETREGS, tid, `PTRACE_GETREGS, thread ${tid}`);
    const words = new DataView(this.view(), 0, REGISTERS_BYTES);
    for (const [name, value] of Object.entries(changes)) words.setBigUint64(REGISTER_OFFSET[name as RegisterName], value, true);
    this.#exchange(REQUEST.SETREGS, tid, `PTRACE_SETREGS, thread ${tid}`);
  }

  #exchange(request: number, tid: number, subject: string): void {
    checked(ptraceCall(request, tid, 0, this.address()), 'ptrace', subject);
  }

  protected release(): void {
    // Views are made for one exchange each, so there is none to drop.
  }
}
