// errno numbers and their names, and the one error class that carries them out of this room.
import { HwbkptError } from '../base/errors.js';
import { lastErrno } from './libc.js';

/** Linux x86-64 errno values that hwbkpt meets. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EPIPE: 32,
  ENOSYS: 38,
  EOPNOTSUPP: 95,
  ECONNRESET: 104,
} as const;

export type ErrnoName = keyof typeof ERRNO | `errno ${number}`;

const NAMES = new Map<number, ErrnoName>(Object.entries(ERRNO).map(([name, value]) => [value, name as keyof typeof ERRNO]));

/** `ENOSPC` for 28; `errno 123` for one that has no name here. */
export function errnoName(value: number): ErrnoName {
  return NAMES.get(value) ?? `errno ${value}`;
}

/** A system call failed. Advice for people is added further up, in one place (session/diagnostics). */
export class LinuxError extends HwbkptError {
  readonly code = 'linux';
  /** The call, as in section 2 of the manual. */
  readonly call: string;
  readonly errno: ErrnoName;
  /** What the call was about; may be empty. */
  readonly subject: string;

  constructor(call: string, errno: number, subject = '') {
    super(`${call}${subject === '' ? '' : ` (${subject})`}: ${errnoName(errno)}`);
    this.call = call;
    this.errno = errnoName(errno);
    this.subject = subject;
  }
}

/** The error of the call that has just failed on this thread. */
export function failed(call: string, subject = ''): LinuxError {
  return new LinuxError(call, lastErrno(), subject);
}

/** `result`, unless it says that the call failed: then the errno as a {@link LinuxError}. */
export function checked(result: number, call: string, subject = ''): number {
  if (result < 0) throw failed(call, subject);
  return result;
}

/** True where `error` is the {@link LinuxError} of this errno. */
export function isErrno(error: unknown, ...names: ErrnoName[]): error is LinuxError {
  return error instanceof LinuxError && names.includes(error.errno);
}
