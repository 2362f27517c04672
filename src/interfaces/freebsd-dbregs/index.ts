// PT_GETDBREGS and PT_SETDBREGS of FreeBSD, and whether the thread finds the registers in its own machine context.

import { joinU64 } from '../../base/u64.js';
import { rawRead } from '../../facility/virtual/raw.js';
import { writeAll } from '../../facility/virtual/raw-words.js';
import { bad, checkTraced, good, type Host, outcome, type Result } from '../host.js';
import { type DbReg, wordsOf } from '../netbsd-dbregs/index.js';

/** PT_GETDBREGS: 0-3, 6 and 7; the rest is 0. */
export function getDbRegs(host: Host, tracer: number, tid: number): Result<DbReg> {
  const error = checkTraced(host, tracer, tid);
  return error === null ? good(read(host, tid)) : bad(error);
}

/** PT_SETDBREGS. */
export function setDbRegs(host: Host, tracer: number, tid: number, registers: DbReg): Result<null> {
  const error = checkTraced(host, tracer, tid);
  if (error !== null) return bad(error);
  const failed = writeAll(host.half, host.rules, tid, wordsOf(registers));
  host.changed(tid);
  return outcome(failed);
}

/** The debug registers in the thread's own mcontext; null where a kernel keeps them from it. */
export function contextRegisters(host: Host, tid: number): DbReg | null {
  return host.rules.registersInContext ? read(host, tid) : null;
}

function read(host: Host, tid: number): DbReg {
  return Array.from({ length: 16 }, (_, index) => {
    if (index === 4 || index === 5 || index > 7) return 0n;
    const [lo, hi] = rawRead(host, tid, index);
    return joinU64(lo, hi);
  });
}
