// perf_event_open of PERF_TYPE_BREAKPOINT and its ioctls.

import { isUserRange, type Linear } from '../../facility/linear.js';
import type { Errno } from '../../facility/rules.js';
import { type Charged, hasRoom } from '../../facility/virtual/charges.js';
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
  readonly inherit: 'none' | 'threads' | 'children';
  readonly sigtrap: boolean;
  readonly removeOnExec: boolean;
  /** CAP_SYS_ADMIN and CAP_PERFMON. */
  readonly privileged: boolean;
}

/** perf_event_open: the event's number. */
export function openEvent(host: Host, event: PerfBreakpoint): Result<number> {
  const error = checkTarget(host, event) ?? checkSignals(event);
  if (error !== null) return bad(error);
  // Reserved first, then looked at: with a full pool a bad request is ENOSPC.
  if (event.type === 0 || event.type === 7 || event.type > 7) return bad('EINVAL');
  if (!hasRoom(host.half.charged, event.tid, event.cpu, host.half.owners.length)) return bad('ENOSPC');
  const parsed = parse(host, event);
  if (!parsed.ok) return parsed;
  const { tid, cpu, address, inherit, sigtrap, removeOnExec } = event;
  const made: Charged = {
    ...{ id: host.half.nextCharged++, client: 'perf', tid, cpu, index: -1, address },
    ...{ ...parsed.value, enabled: !event.disabled, inKernel: !event.excludeKernel },
    ...{ sigtrap, inherit, removeOnExec, count: 0, origin: -1 },
  };
  host.half.charged.push(made);
  host.changed(tid);
  return good(made.id);
}

/** close(2): the charge is given back, and what children inherited goes too. */
export function closeEvent(host: Host, id: number): void {
  const { half } = host;
  half.charged = half.charged.filter((event) => event.id !== id && event.origin !== id);
  host.changed(-1);
}

/** PERF_EVENT_IOC_ENABLE and _DISABLE, for the event and its inherited copies. */
export function enableEvent(host: Host, id: number, enabled: boolean): Result<null> {
  const events = family(host, id);
  if (events.length === 0) return bad('ENOENT');
  for (const event of events) event.enabled = enabled;
  host.changed(-1);
  return good(null);
}

/** PERF_EVENT_IOC_MODIFY_ATTRIBUTES: address, length, type and `disabled`; checked also when disabled. */
export function modifyEvent(host: Host, id: number, wish: Pick<PerfBreakpoint, 'address' | 'length' | 'type' | 'disabled'>): Result<null> {
  const [event] = family(host, id);
  if (event === undefined) return bad('ENOENT');
  const parsed = parse(host, { ...wish, excludeKernel: !event.inKernel, privileged: true });
  if (!parsed.ok) return parsed;
  for (const one of family(host, id)) Object.assign(one, { ...parsed.value, address: wish.address, enabled: !wish.disabled });
  host.changed(-1);
  return good(null);
}

/** read(2): hits of the event and its copies. */
export function readCount(host: Host, id: number): Result<number> {
  const event = host.half.charged.find((one) => one.id === id);
  return event === undefined ? bad('ENOENT') : good(event.count);
}

function family({ half }: Host, id: number): Charged[] {
  return half.charged.filter((one) => one.client === 'perf' && (one.id === id || one.origin === id));
}

function checkTarget({ half, exists }: Host, { tid, cpu, privileged }: PerfBreakpoint): Errno | null {
  if (tid === -1 && cpu === -1) return 'EINVAL';
  if (cpu < -1 || cpu >= half.owners.length) return 'EINVAL';
  if (tid !== -1 && !exists(tid)) return 'ESRCH';
  return tid === -1 && !privileged ? 'EACCES' : null;
}

/** */
function checkSignals({ sigtrap, removeOnExec, tid }: PerfBreakpoint): Errno | null {
  return sigtrap && (!removeOnExec || tid === -1) ? 'EINVAL' : null;
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
  }
  return good({ access, length: bytes });
}

/** A power of two above 8: an address mask, which only AMD's extension has. */
function isLongRange(length: number): boolean {
  return length > 8 && Number.isInteger(Math.log2(length));
}

function accessOf(type: number): Access | null {
  if (type === TYPE.execute) return 'execute';
  if (type === TYPE.write) return 'write';
  return type === (TYPE.read | TYPE.write) ? 'readwrite' : null;
}
