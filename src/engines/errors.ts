// Why a breakpoint could not be armed, before the advice for people is added.
import { type ErrorDetails, HwbkptError } from '../base/errors.js';
import type { Code } from '../facility/index.js';

export type ArmFailure =
  /** All address registers of a thread or CPU are taken. */
  | 'no-slot'
  | 'no-permission'
  | 'no-process'
  /** The kernel or hardware does not take this address, length or access. */
  | 'invalid'
  /** Out of descriptors, locked memory or memory. */
  | 'no-resources'
  | 'unsupported';

/** The facility's word for each failure. */
export const FAILURE_CODES: Readonly<Record<ArmFailure, Code>> = {
  'no-slot': 'ENOSPC',
  'no-permission': 'EPERM',
  'no-process': 'ESRCH',
  invalid: 'EINVAL',
  'no-resources': 'EBUSY',
  unsupported: 'EIO',
};

/** Arming failed; nothing of the request is armed. */
export class ArmError extends HwbkptError {
  readonly code = 'arm-failed';
  readonly failure: ArmFailure;
  readonly pid: number;

  constructor(failure: ArmFailure, pid: number, cause: unknown, hint?: string) {
    const text = cause instanceof Error ? cause.message : String(cause);
    super(`cannot arm a breakpoint in process ${pid}: ${text}`, hint === undefined ? { cause } : { cause, hint });
    this.failure = failure;
    this.pid = pid;
  }
}

/** Why a thread cannot be steered. */
export type ControlFailure =
  /** It has ended, or was never ours. */
  | 'no-such-thread'
  /** It runs: stop it first. */
  | 'not-stopped'
  /** A step needs a slot, and all of that thread are taken. */
  | 'no-slot'
  | 'not-mapped'
  /** The kernel refuses these values. */
  | 'bad-registers'
  /** It does not stand for a signal. */
  | 'no-signal'
  /** The instruction cannot be decoded, so where it leads is not known. */
  | 'cannot-decode'
  | 'unsupported';

/** What control.ts throws: nothing has changed. */
export class ControlError extends HwbkptError {
  readonly code = 'control-failed';
  readonly failure: ControlFailure;
  /** Thread, or process where it is about memory. */
  readonly id: number;

  constructor(failure: ControlFailure, id: number, message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.failure = failure;
    this.id = id;
  }
}

/** What an engine that reports every hit as it is answers to a handling. */
export function cannotHandle(pid: number): ArmError {
  return new ArmError('unsupported', pid, new Error('this engine reports every hit as it is'));
}
