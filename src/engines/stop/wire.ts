// What the session asks of the thread that traces, and how an error comes back from there: structured cloning loses classes.

import type { HardwareEffect } from '../../facility/index.js';
import type { StoreForm } from '../../instructions/index.js';
import { ERRNO, type ErrnoName, LinuxError } from '../../linux/errno.js';
import type { Inherit } from '../../model/access.js';
import type { Armed, CapacityEvent, EngineSession, EngineTarget } from '../contract.js';
import type { Control, ProcessEnd } from '../control.js';
import { ArmError, type ArmFailure, ControlError, type ControlFailure } from '../errors.js';
import type { Handling } from '../handling.js';
import type { StartFailure } from '../host/run-to-exec.js';
import type { StartPlan } from '../host/started-target.js';

/** What came of one effect. */
export type EffectOutcome =
  | { readonly type: 'done'; readonly effect: number; readonly armed: Armed | null }
  | { readonly type: 'failed'; readonly effect: number; readonly error: WireError }
  | CapacityEvent;

/** What the session asks for as it was asked itself. */
type AskedOn = Pick<EngineSession, 'forget' | 'capacity' | 'counts' | 'pause' | 'reconcile'> &
  Pick<
    Control,
    | 'setPolicy'
    | 'threads'
    | 'stop'
    | 'resume'
    | 'step'
    | 'registers'
    | 'setRegisters'
    | 'extendedState'
    | 'setExtendedState'
    | 'signalInfo'
    | 'setSignalInfo'
    | 'detach'
  >;

/** Calls that are answered while the caller waits. What they mean where nothing is said: EngineSession and Control. */
export interface TracerCalls extends AskedOn {
  attach(target: EngineTarget): void;
  /** Starts a program and holds it at its exec: its process id. */
  start(plan: StartPlan, inherit: Inherit): number | StartFailure;
  /** HeldProcess.advanceOnce of what was started. */
  advance(): boolean;
  /** Lets what was started run; or stand, where {@link stop} has been asked for. */
  release(): void;
  /** Ends what was started and never ran. */
  abandon(): void;
  /** How process `pid` has ended; null while it has not. */
  ending(pid: number): ProcessEnd['end'] | null;
  apply(effects: readonly HardwareEffect[]): readonly EffectOutcome[];
  /** `number`: what the session calls it. */
  prepare(number: number, handling: Handling): void;
  /** The instruction before this address is a plain store. */
  learnStore(ipLo: number, ipHi: number, form: StoreForm): void;
  forgetStores(): void;
  /** Takes in what has happened up to now; with `final` also the last hits of what is disarmed. */
  settle(final: boolean): void;
  /** When the oldest hit was that is not told yet, ns; infinity where all are. */
  oldestAhead(): number;
  /** Lets go of everything; the thread ends. */
  close(): void;
}

/** One call on its way. */
export interface Request {
  readonly name: keyof TracerCalls;
  readonly args: readonly unknown[];
}

export type Answer = { readonly kind: 'result'; readonly result: unknown } | { readonly kind: 'error'; readonly error: WireError };

/** An error as plain data. */
export type WireError =
  | { readonly kind: 'arm'; readonly failure: ArmFailure; readonly pid: number; readonly cause: WireError; readonly hint: string | null }
  | {
      readonly kind: 'control';
      readonly failure: ControlFailure;
      readonly id: number;
      readonly message: string;
      readonly hint: string | null;
    }
  | { readonly kind: 'linux'; readonly call: string; readonly errno: ErrnoName; readonly subject: string }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string };

export function packError(error: unknown): WireError {
  if (error instanceof ArmError)
    return { kind: 'arm', failure: error.failure, pid: error.pid, cause: packError(error.cause), hint: error.hint ?? null };
  if (error instanceof ControlError)
    return { kind: 'control', failure: error.failure, id: error.id, message: error.message, hint: error.hint ?? null };
  if (error instanceof LinuxError) return { kind: 'linux', call: error.call, errno: error.errno, subject: error.subject };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'other', message, stack: stack ?? '' };
}

export function unpackError(wire: WireError): Error {
  switch (wire.kind) {
    case 'arm':
      return new ArmError(wire.failure, wire.pid, unpackError(wire.cause), wire.hint ?? undefined);
    case 'control':
      return new ControlError(wire.failure, wire.id, wire.message, wire.hint === null ? {} : { hint: wire.hint });
    case 'linux':
      return new LinuxError(wire.call, errnoNumber(wire.errno), wire.subject);
    case 'other': {
      const error = new Error(wire.message);
      error.stack = wire.stack;
      return error;
    }
  }
}

function errnoNumber(name: ErrnoName): number {
  return name in ERRNO ? ERRNO[name as keyof typeof ERRNO] : Number(name.slice('errno '.length));
}
