// perf_event_open of PERF_TYPE_BREAKPOINT and its ioctls.

import { isUserRange, type Linear } from '../../facility/linear.js';
import type { Errno } from '../../facility/rules.js';
import { type Charged, hasRoom, type Notify, PLAIN_CHARGE } from '../../facility/virtual/charges.js';
import type { Access } from '../../model/access.js';
import { bad, good, type Host, type Result } from '../host.js';

/** bp_type bits. */
const TYPE = { read: 1, write: 2, execute: 4 } as const;
const LONG = 8;

/** A perf_event_attr as far as breakpoints go, with the call's own arguments. */
export interface PerfBreakpoint {
  /** -1: all threads of `cpu`. */
  readonly tid: number;
  /** -1: any CPU. */
  readonly cpu: number;
  readonly address: Linear;
  /** bp_len. */
  readonly length: number;
  /** bp_type bits. */
  readonly type: number;
  readonly disabled: boolean;
  readonly excludeKernel: boolean;
  /** `threads-alone`: inherit_thread without inherit, which is an error. */
  readonly inherit: 'none' | 'threads' | 'children' | 'threads-alone';
  readonly sigtrap: boolean;
  readonly removeOnExec: boolean;
  /** CAP_SYS_ADMIN and CAP_PERFMON. */
  readonly privileged: boolean;
  /** CAP_PERFMON alone; where it is left out, as `privileged`. */
  readonly perfmon?: boolean;
  /** Whether the caller may trace `tid` (ptrace_may_access); default true. */
  readonly mayTrace?: boolean;
  /** attr.type; default `breakpoint`. There are no others here: for this facility both of them are unknown. */
  readonly kind?: 'breakpoint' | 'software' | 'unknown';
  /** Default false. */
  readonly excludeUser?: boolean;
  readonly enableOnExec?: boolean;
  readonly branchStack?: boolean;
  /** One overflow in so many hits: a sample, and the signals; default 0: none. */
  readonly period?: number;
  /** sig_data, 64 bits; default 0. */
  readonly signalData?: bigint;
  /** Taken although they mean nothing; default false and 0. */
  readonly frequency?: boolean;
  readonly preciseIp?: number;
  readonly config?: bigint;
}

/** What PERF_EVENT_IOC_MODIFY_ATTRIBUTES may change, and what it must find unchanged where it is given. */
export type PerfChange = Pick<PerfBreakpoint, 'address' | 'length' | 'type' | 'disabled'> & Partial<PerfBreakpoint>;

/** perf_event_open: the event's number. */
export function openEvent(host: Host, event: PerfBreakpoint): Result<number> {
  const error = checkFlags(event) ?? checkTarget(host, event) ?? checkKind(event);
  if (error !== null) return bad(error);
  // Reserved first, then looked at: with a full pool a bad request is ENOSPC.
  if (event.type === 0 || event.type === 7 || event.type > 7) return bad('EINVAL');
  if (!hasRoom(host.half.charged, event.tid, event.cpu, host.half.owners.length)) return bad('ENOSPC');
  const parsed = parse(host, event);
  if (!parsed.ok) return parsed;
  const made = { ...chargeOf(event), ...parsed.value, id: host.half.nextCharged++ };
  host.half.charged.push(made);
  host.changed(event.tid);
  return good(made.id);
}

function chargeOf(event: PerfBreakpoint): Omit<Charged, 'id' | 'length' | 'access'> {
  const { tid, cpu, address, sigtrap, removeOnExec, disabled, excludeKernel, excludeUser = false, enableOnExec = false } = event;
  const { period = 0, signalData = 0n, inherit, frequency = false, preciseIp = 0, config = 0n } = event;
  return {
    ...PLAIN_CHARGE,
    ...{ client: 'perf', tid, cpu, index: -1, address, enabled: !disabled, asksDisabled: disabled },
    ...{ inKernel: !excludeKernel, inUser: !excludeUser, sigtrap, removeOnExec, enableOnExec },
    ...{ period, signalData, inherit: inherit === 'threads-alone' ? 'threads' : inherit, rest: { frequency, preciseIp, config } },
  };
}

/** O_ASYNC with F_SETOWN and F_SETSIG: who is told of each overflow. */
export function notifyOf(host: Host, id: number, notify: Notify | null): Result<null> {
  const [event] = family(host, id);
  if (event === undefined) return bad('ENOENT');
  event.notify = notify;
  return good(null);
}

/** close(2): the charge is given back, and what children inherited goes too. */
export function closeEvent(host: Host, id: number): void {
  const { half } = host;
  half.charged = half.charged.filter((event) => event.id !== id && event.origin !== id);
  host.changed(-1);
}

/** PERF_EVENT_IOC_ENABLE and _DISABLE, for the event and its inherited copies. What an exec has dropped stays off. */
export function enableEvent(host: Host, id: number, enabled: boolean): Result<null> {
  const events = family(host, id);
  if (events.length === 0) return bad('ENOENT');
  for (const event of events) event.enabled = enabled && !event.dropped;
  host.changed(-1);
  return good(null);
}

/** PERF_EVENT_IOC_MODIFY_ATTRIBUTES, for the event and its copies; checked also when disabled. */
export function modifyEvent(host: Host, id: number, change: PerfChange): Result<null> {
  const [event] = family(host, id);
  if (event === undefined) return bad('ENOENT');
  if ((change.kind ?? 'breakpoint') !== 'breakpoint') return bad('EINVAL');
  if (change.signalData !== undefined) event.signalData = change.signalData;
  const parsed = parse(host, { ...change, excludeKernel: !event.inKernel, privileged: true });
  if (!parsed.ok || !keepsTheRest(event, change)) {
    // It was off meanwhile, and is on again if its request says so, whatever an ioctl has made of it since.
    event.enabled = !event.asksDisabled && !event.dropped;
    host.changed(-1);
    return bad(parsed.ok ? 'EINVAL' : parsed.errno);
  }
  const { address, disabled, signalData = event.signalData } = change;
  for (const one of family(host, id)) {
    Object.assign(one, { ...parsed.value, address, signalData, asksDisabled: disabled, enabled: !disabled && !one.dropped });
  }
  host.changed(-1);
  return good(null);
}

/** Whether all that may not change is as it was. What the change does not mention is. */
function keepsTheRest({ inKernel, inUser, sigtrap, removeOnExec, inherit, period, rest }: Charged, change: PerfChange): boolean {
  const before: Partial<PerfBreakpoint> = {
    excludeKernel: !inKernel,
    excludeUser: !inUser,
    sigtrap,
    removeOnExec,
    inherit,
    period,
    ...rest,
  };
  return Object.entries(before).every(([name, value]) => (change[name as keyof PerfBreakpoint] ?? value) === value);
}

/** read(2): hits of the event and its copies. */
export function readCount(host: Host, id: number): Result<number> {
  const event = host.half.charged.find((one) => one.id === id);
  return event === undefined ? bad('ENOENT') : good(event.count);
}

function family({ half }: Host, id: number): Charged[] {
  return half.charged.filter((one) => one.client === 'perf' && (one.id === id || one.origin === id));
}

/** R-585; and without a capability the kernel's mode is not for the asking. */
function checkFlags(event: PerfBreakpoint): Errno | null {
  const { sigtrap, removeOnExec, enableOnExec = false, inherit, tid, excludeKernel, privileged, perfmon = privileged } = event;
  if (inherit === 'threads-alone' || (removeOnExec && enableOnExec)) return 'EINVAL';
  if (sigtrap && (!removeOnExec || tid === -1)) return 'EINVAL';
  return excludeKernel || perfmon ? null : 'EACCES';
}

function checkTarget(
  { half, exists }: Host,
  { tid, cpu, privileged, perfmon = privileged, mayTrace = true }: PerfBreakpoint,
): Errno | null {
  if (tid === -1 && cpu === -1) return 'EINVAL';
  if (cpu < -1 || cpu >= half.owners.length) return 'EINVAL';
  if (tid !== -1 && !exists(tid)) return 'ESRCH';
  return tid === -1 ? (perfmon ? null : 'EACCES') : mayTrace ? null : 'EACCES';
}

function checkKind({ kind = 'breakpoint', branchStack = false }: PerfBreakpoint): Errno | null {
  if (kind !== 'breakpoint') return 'ENOENT';
  return branchStack ? 'EOPNOTSUPP' : null;
}

type Bytes = Pick<PerfBreakpoint, 'address' | 'length' | 'type' | 'excludeKernel' | 'privileged'>;

/** Type and length, alignment, and whose half of the address space it is. */
function parse({ rules }: Host, { address, length, type, excludeKernel, privileged }: Bytes): Result<{ access: Access; length: number }> {
  const access = accessOf(type);
  if (access === null) return bad('EINVAL');
  if (access === 'execute' ? length !== LONG : ![1, 2, 4, 8].includes(length)) {
    return bad(access !== 'execute' && isLongRange(length) && address % length === 0 ? 'EOPNOTSUPP' : 'EINVAL');
  }
  const bytes = access === 'execute' ? 1 : length;
  if (!Number.isFinite(address) || address % bytes !== 0) return bad('EINVAL');
  if (!isUserRange(address, bytes, rules.raw.userEnd)) {
    if (excludeKernel) return bad('EINVAL');
    if (!privileged) return bad('EPERM');
    if (address < ENTRY_AREA_END && address + bytes > ENTRY_AREA) return bad('EINVAL');
  }
  return good({ access, length: bytes });
}

/** CPU_ENTRY_AREA_BASE and its end: a breakpoint on the way into the kernel would be hit before it can be handled. */
const ENTRY_AREA: Linear = -0x200_0000_0000;
const ENTRY_AREA_END: Linear = ENTRY_AREA + 0x80_0000_0000;

/** A power of two above 8: an address mask, which only AMD's extension has. */
function isLongRange(length: number): boolean {
  return length > 8 && Number.isInteger(Math.log2(length));
}

function accessOf(type: number): Access | null {
  if (type === TYPE.execute) return 'execute';
  if (type === TYPE.write) return 'write';
  return type === (TYPE.read | TYPE.write) ? 'readwrite' : null;
}
