// PT_GETDBREGS and PT_SETDBREGS as merged in 2017: the processor's registers of one LWP.

import { highU32, joinU64, lowU32 } from '../../base/u64.js';
import type { Errno } from '../../facility/rules.js';
import { registersOf } from '../../facility/virtual/half.js';
import { rawRead } from '../../facility/virtual/raw.js';
import { writeAll } from '../../facility/virtual/raw-words.js';
import { bad, good, type Host, outcome, type Result } from '../host.js';

/** `struct dbreg`: 16 registers on amd64, of which 0-3, 6 and 7 mean something. */
export type DbReg = readonly bigint[];

/** Words of a struct dbreg as the facility takes them. */
export function wordsOf(registers: DbReg): number[] {
  return Array.from({ length: 8 }, (_, index) => registers[index] ?? 0n).flatMap((value) => [lowU32(value), highU32(value)]);
}

/** PT_GETDBREGS: not restricted. The first access makes the LWP's state. */
export function getDbRegs(host: Host, tracer: number, tid: number): Result<DbReg> {
  const error = checkLwp(host, tracer, tid);
  if (error !== null) return bad(error);
  registersOf(host.half, host.rules, tid).used = true;
  const registers = Array.from({ length: 16 }, (_, index) => {
    if (index > 7) return 0n;
    const [lo, hi] = rawRead(host, tid, index);
    return joinU64(lo, hi);
  });
  return good(registers);
}

/** PT_SETDBREGS: EPERM unless root or user_set_dbregs. */
export function setDbRegs(
  host: Host,
  call: { readonly tracer: number; readonly tid: number; readonly privileged: boolean },
  registers: DbReg,
): Result<null> {
  const error = checkLwp(host, call.tracer, call.tid);
  if (error !== null) return bad(error);
  if (!call.privileged) return bad('EPERM');
  const failed = writeAll(host.half, host.rules, call.tid, wordsOf(registers));
  host.changed(call.tid);
  return outcome(failed);
}

/** The LWP that `data` = 0 means: the first of the process that lives; null where there is none. */
export function firstLwp({ half, exists, pidOf }: Host, pid: number): number | null {
  const lwp = [...half.threads.keys()].find((tid) => exists(tid) && pidOf(tid) === pid);
  return lwp ?? null;
}

/** ESRCH for no such LWP of the tracer's, EBUSY for one that runs. */
export function checkLwp({ exists, tracing }: Host, tracer: number, tid: number): Errno | null {
  if (!exists(tid) || tracing.tracerOf(tid) !== tracer) return 'ESRCH';
  return tracing.isStopped(tid) ? null : 'EBUSY';
}
