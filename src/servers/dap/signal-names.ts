// Signals for people.
import { constants } from 'node:os';

const MEANINGS: Readonly<Record<string, string>> = {
  SIGSEGV: 'access to memory that is not there, or not allowed',
  SIGBUS: 'access to memory that has nothing behind it',
  SIGFPE: 'arithmetic that has no result: a division by zero, for example',
  SIGILL: 'an instruction that the processor does not know',
  SIGABRT: 'the program has given up: abort() or a failed assertion',
  SIGTRAP: 'a trap of the program itself',
  SIGSYS: 'a system call that is not there, or not allowed',
};

/** `SIGSEGV`; `signal 40` for one without a name. */
export function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** A signal with what it means. */
export function signalText(signal: number): string {
  const name = signalName(signal);
  const meaning = MEANINGS[name];
  return meaning === undefined ? name : `${name}: ${meaning}`;
}

// siginfo_t: 0 si_signo i32 | 4 si_errno i32 | 8 si_code i32 | 16 si_addr u64, or si_pid i32 and si_uid u32
const CODE_AT = 8;
const UNION_AT = 16;
/** Sent by kill(2), sigqueue(3) or tgkill(2). */
const BY_PROCESS: readonly number[] = [0, -1, -6];
/** Signals whose si_addr tells where: of SIGSEGV and SIGBUS the memory, of the others the instruction. */
const WITH_ADDRESS: Readonly<Record<string, string>> = {
  SIGSEGV: 'the address',
  SIGBUS: 'the address',
  SIGFPE: 'the instruction at',
  SIGILL: 'the instruction at',
};

/** Where a fault was, or who has sent a signal, out of its siginfo_t; null where that does not tell. */
export function signalOrigin(signal: number, info: Uint8Array | null): string | null {
  if (info === null || info.length < UNION_AT + 8) return null;
  const view = new DataView(info.buffer, info.byteOffset, info.length);
  const code = view.getInt32(CODE_AT, true);
  if (BY_PROCESS.includes(code)) return `sent by process ${view.getInt32(UNION_AT, true)}`;
  const what = WITH_ADDRESS[signalName(signal)];
  // The kernel has no address for a fault that it calls its own, as one at an address that is not canonical.
  return what === undefined || code >= FROM_KERNEL ? null : `${what} 0x${view.getBigUint64(UNION_AT, true).toString(16)}`;
}

/** SI_KERNEL */
const FROM_KERNEL = 0x80;
