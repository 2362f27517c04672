// PTRACE_PEEKUSER and PTRACE_POKEUSER on u_debugreg: a tracer's view of a thread's virtual debug registers.
import { highU32, joinU64, lowU32 } from '../../base/u64.js';
import { rawRead, rawWrite } from '../../facility/virtual/raw.js';
import { bad, checkTraced, good, type Host, outcome, type Result } from '../host.js';

/**
 * offsetof(struct user, u_debugreg), and sizeof(struct user), on x86-64. The kernel's own structure has two words more behind the debug
 * registers than the C library's, which R-501 quotes (measured, Linux 6.18).
 */
export const DEBUG_REGISTERS_AT = 848;
export const USER_SIZE = 928;
const REGISTERS = 8;

/** Who asks about whom. */
export interface PtraceCall {
  readonly tracer: number;
  readonly tid: number;
}

/** A word of struct user. Offsets are a 64-bit `long`: what is negative is far beyond the end. */
export function peekUser(host: Host, { tracer, tid }: PtraceCall, offset: bigint): Result<bigint> {
  const error = checkTraced(host, tracer, tid) ?? checkOffset(offset);
  if (error !== null) return bad(error);
  const index = indexOf(offset);
  if (index === null) return good(0n);
  const [lo, hi] = rawRead(host, tid, index);
  return good(joinU64(lo, hi));
}

/** Writes a word of struct user. */
export function pokeUser(host: Host, { tracer, tid }: PtraceCall, offset: bigint, value: bigint): Result<null> {
  const error = checkTraced(host, tracer, tid) ?? checkOffset(offset);
  if (error !== null) return bad(error);
  const index = indexOf(offset);
  if (index === null) return bad('EIO');
  const { half, rules } = host;
  const context = { half, rules, pid: host.pidOf(tid), drive: host.feed };
  const failed = rawWrite(context, { tid, index, lo: lowU32(value), hi: highU32(value) });
  host.changed(tid);
  return outcome(failed);
}

/** Offset of debug register `index` in struct user. */
export function offsetOf(index: number): bigint {
  return BigInt(DEBUG_REGISTERS_AT + 8 * index);
}

function checkOffset(offset: bigint): 'EIO' | null {
  const unsigned = BigInt.asUintN(64, offset);
  return unsigned % 8n !== 0n || unsigned >= BigInt(USER_SIZE) ? 'EIO' : null;
}

/** The debug register at `offset`; null for another word that cannot be had here. */
function indexOf(offset: bigint): number | null {
  const index = (Number(offset) - DEBUG_REGISTERS_AT) / 8;
  return index >= 0 && index < REGISTERS ? index : null;
}
