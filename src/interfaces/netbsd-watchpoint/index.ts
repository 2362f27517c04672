// PT_WRITE_WATCHPOINT, PT_READ_WATCHPOINT and PT_COUNT_WATCHPOINT as the mail of December 2016 proposes them.
import { highHalf, type Linear, linearOf, lowHalf } from '../../facility/linear.js';
import type { SigCode } from '../../facility/rules.js';
import { SLOTS } from '../../facility/state.js';
import { registersOf } from '../../facility/virtual/half.js';
import { writeAll } from '../../facility/virtual/raw-words.js';
import { fieldOf, isEnabled, STEP_BIT, TRAP_BITS } from '../../facility/virtual/registers.js';
import { bad, good, type Host, outcome, type Result } from '../host.js';
import { checkLwp } from '../netbsd-dbregs/index.js';

/** `struct ptrace_watchpoint`: a machine-independent part, and one that each machine shapes; tagged, so that there may be kinds without an address. */
export interface Watchpoint {
  /** From 0. */
  readonly index: number;
  readonly lwp: number;
  readonly md: DbRegsPart;
}

/** amd64's part (`struct mdpw`). */
export interface DbRegsPart {
  readonly type: 'dbregs';
  /** 0: disabled. */
  readonly address: Linear;
  /** 0 execute, 1 write, 2 I/O (not implemented), 3 read or write. */
  readonly condition: number;
  /** 0: 1 byte, 1: 2, 2: not implemented, 3: 4. */
  readonly length: number;
}

/** PT_COUNT_WATCHPOINT: 4 on x86. */
export function countWatchpoints(host: Host, tracer: number, tid: number): Result<number> {
  const error = checkLwp(host, tracer, tid);
  return error === null ? good(SLOTS) : bad(error);
}

/** PT_READ_WATCHPOINT: the present setting of an index; EINVAL beyond the count. */
export function readWatchpoint(host: Host, tracer: number, tid: number, index: number): Result<Watchpoint> {
  const error = checkLwp(host, tracer, tid);
  if (error !== null) return bad(error);
  if (!isIndex(index)) return bad('EINVAL');
  const own = registersOf(host.half, host.rules, tid);
  if (!isEnabled(own.dr7Lo, index)) return good({ index, lwp: tid, md: { type: 'dbregs', address: 0, condition: 0, length: 0 } });
  const address = linearOf(own.words[2 * index] ?? 0, own.words[2 * index + 1] ?? 0);
  const field = fieldOf(own.dr7Lo, index);
  return good({ index, lwp: tid, md: { type: 'dbregs', address, condition: field & 3, length: field >>> 2 } });
}

/** PT_WRITE_WATCHPOINT: sets one; address 0 unsets it. */
export function writeWatchpoint(host: Host, tracer: number, { index, lwp, md }: Watchpoint): Result<null> {
  const error = checkLwp(host, tracer, lwp);
  if (error !== null) return bad(error);
  if (!isIndex(index)) return bad('EINVAL');
  if (![0, 1, 3].includes(md.condition) || ![0, 1, 3].includes(md.length)) return bad('EINVAL');
  if (!(md.address >= 0 && md.address < host.rules.raw.userEnd)) return bad('EINVAL');
  const own = registersOf(host.half, host.rules, lwp);
  const words = [...own.words, 0, 0, 0, 0, own.dr6Lo, own.dr6Hi, 0, 0];
  words[2 * index] = lowHalf(md.address);
  words[2 * index + 1] = highHalf(md.address);
  const off = own.dr7Lo & ~((3 << (2 * index)) | (0xf << (16 + 4 * index)));
  // G bits.
  const on = md.address === 0 ? 0 : (2 << (2 * index)) | ((((md.length << 2) | md.condition) & 0xf) << (16 + 4 * index));
  words[14] = (off | on) >>> 0;
  const failed = writeAll(host.half, host.rules, lwp, words);
  host.changed(lwp);
  return outcome(failed);
}

/** What siginfo tells of a hit: `trap2` is si_trap2, the watchpoint's index; null where the kernel says TRAP_TRACE only. */
export interface TrapInfo {
  readonly code: SigCode | null;
  readonly trap2: number | null;
  readonly trap3: 'FIRED' | 'FIRED_AND_SSTEP' | null;
}

/** siginfo of the SIGTRAP that the LWP stands for; EINVAL at another stop. */
export function trapInfo(host: Host, tracer: number, tid: number): Result<TrapInfo> {
  const error = checkLwp(host, tracer, tid);
  if (error !== null) return bad(error);
  const stop = host.tracing.stopOf(tid);
  if (stop?.signal !== 'SIGTRAP') return bad('EINVAL');
  const { code, reasons = 0 } = stop;
  if (code !== 'TRAP_HWWPT') return good({ code, trap2: null, trap3: null });
  // The lowest: siginfo has room for one.
  const index = 31 - Math.clz32(reasons & -reasons & TRAP_BITS);
  return good({ code, trap2: index, trap3: (reasons & STEP_BIT) === 0 ? 'FIRED' : 'FIRED_AND_SSTEP' });
}

function isIndex(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < SLOTS;
}
