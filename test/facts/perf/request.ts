// What a breakpoint event is asked for, in words that a real kernel and a simulated one both understand; no bytes, no descriptors.

/** Bits of bp_type: R-580. x86 has write, readwrite and execute. */
export const ACCESS = { none: 0, read: 1, write: 2, readwrite: 3, execute: 4 } as const;

/** perf_event_attr's flags, by their kernel names. */
export type EventFlag =
  | 'disabled'
  | 'inherit'
  | 'inherit_thread'
  | 'remove_on_exec'
  | 'enable_on_exec'
  | 'sigtrap'
  | 'exclude_kernel'
  | 'exclude_user'
  | 'freq';

/** What PERF_EVENT_IOC_MODIFY_ATTRIBUTES may change, and the rest that it must find unchanged. */
export interface BreakpointRequest {
  /** Bits of {@link ACCESS}; any other number is what the kernel must refuse. */
  readonly access: number;
  readonly address: bigint;
  /** Bytes; usual are 1, 2, 4 and 8. */
  readonly length: number;
  readonly flags: readonly EventFlag[];
  /** What a `sigtrap` event puts into si_perf_data: 64 bits, default 0. */
  readonly signalData?: bigint;
  /** One overflow in so many hits; default 0: none. */
  readonly period?: number;
  /** 0 to 3, default 0. */
  readonly preciseIp?: number;
  /** Meaningless for a breakpoint; default 0. */
  readonly config?: bigint;
  /** Asks for branch stacks, or for the first vector register, in samples; default false. */
  readonly branchStack?: boolean;
  readonly vectorRegister?: boolean;
  /** `software` is a software counter, `unknown` a type that no kernel has; default `breakpoint`. */
  readonly type?: 'breakpoint' | 'software' | 'unknown';
}

/** An errno's name. `errno 123` for one without a name here. */
export type Errno =
  | 'EPERM'
  | 'ENOENT'
  | 'ESRCH'
  | 'EIO'
  | 'ENOMEM'
  | 'EACCES'
  | 'EINVAL'
  | 'ENODEV'
  | 'ENOSPC'
  | 'EOPNOTSUPP'
  | `errno ${number}`;

/** One open event of one subject. */
export interface EventHandle {
  readonly event: number;
}

/** True where an answer is a refusal. */
export function isErrno(answer: Errno | EventHandle): answer is Errno {
  return typeof answer === 'string';
}

/** A subject refused what a case needed. Kept apart from failed expectations: strangers may have taken the slots (N-9). */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly errno: Errno;

  constructor(what: string, errno: Errno) {
    super(`${what}: ${errno}`);
    this.errno = errno;
  }
}

/** The handle, where the event was opened. Throws {@link Refused}. */
export function granted(answer: Errno | EventHandle, what: string): EventHandle {
  if (isErrno(answer)) throw new Refused(what, answer);
  return answer;
}
