// Attaching, stopping and going on: as much of ptrace as debug registers need (R-503, R-530, R-539, and S4's clone event).
import type { SigCode } from '../../facility/rules.js';
import { bad, checkTraced, good, type Host, outcome, type Result } from '../host.js';
import type { PtraceCall } from './registers.js';

/** What PTRACE_GETSIGINFO gives. It carries no DR6. */
export interface SignalInfo {
  readonly signal: string;
  readonly code: SigCode | null;
  readonly address: number;
}

/** PTRACE_ATTACH. EPERM for one that is traced already. */
export function attach({ exists, tracing }: Host, { tracer, tid }: PtraceCall): Result<null> {
  return exists(tid) ? outcome(tracing.attach(tracer, tid)) : bad('ESRCH');
}

/** PTRACE_DETACH: the virtual registers stay as they are. */
export function detach(host: Host, call: PtraceCall, signal: string | null): Result<null> {
  const error = checkTraced(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  host.tracing.detach(call.tid, signal);
  return good(null);
}

/** PTRACE_INTERRUPT: a running tracee stops. */
export function interrupt({ exists, tracing }: Host, { tracer, tid }: PtraceCall): Result<null> {
  if (!exists(tid) || tracing.tracerOf(tid) !== tracer) return bad('ESRCH');
  tracing.interrupt(tid);
  return good(null);
}

/** PTRACE_CONT and PTRACE_SINGLESTEP, with `signal` for the thread. */
export function resume(host: Host, call: PtraceCall, how: 'cont' | 'step', signal: string | null): Result<null> {
  const error = checkTraced(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  host.tracing.resume(call.tid, how, signal);
  return good(null);
}

/** PTRACE_GETSIGINFO; EINVAL at a stop that is no signal's. */
export function getSignalInfo(host: Host, call: PtraceCall): Result<SignalInfo> {
  const error = checkTraced(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  const stop = host.tracing.stopOf(call.tid);
  if (stop === null || stop.signal === null) return bad('EINVAL');
  return good({ signal: stop.signal, code: stop.code, address: stop.address });
}

/** PTRACE_SETOPTIONS: PTRACE_O_TRACEFORK and its relatives. */
export function setOptions(host: Host, call: PtraceCall, options: readonly ('fork' | 'vfork' | 'clone' | 'exec')[]): Result<null> {
  const error = checkTraced(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  host.tracing.setOptions(call.tid, options);
  return good(null);
}

/** PTRACE_GETEVENTMSG: the child's number after a fork event. */
export function getEventMessage(host: Host, call: PtraceCall): Result<number> {
  const error = checkTraced(host, call.tracer, call.tid);
  return error === null ? good(host.tracing.eventMessage(call.tid)) : bad(error);
}

/** PTRACE_SETREGS of RF in the saved flags. */
export function setRf(host: Host, call: PtraceCall, rf: boolean): Result<null> {
  const error = checkTraced(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  host.tracing.setRf(call.tid, rf);
  return good(null);
}
