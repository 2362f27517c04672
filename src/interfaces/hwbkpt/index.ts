// The 2007 API: register_user_hw_breakpoint and its relatives (R-320 to R-330; from memory of the public design).

import type { Notice } from '../../facility/events.js';
import { isKernelAddress, isUserRange, type Linear } from '../../facility/linear.js';
import type { RequestSpec, Scope } from '../../facility/request.js';
import type { Errno } from '../../facility/rules.js';
import { requestOf } from '../../facility/state.js';
import type { Access, Inherit } from '../../model/access.js';
import { bad, good, type Host, outcome, type Result } from '../host.js';

/** A `struct hw_breakpoint`. */
export interface HwBreakpoint {
  /** The client's number for it; 0 or more. */
  readonly id: number;
  readonly address: Linear;
  /** 1, 2, 4 or 8. */
  readonly length: number;
  readonly access: Access;
  /** 0-255. */
  readonly priority: number;
  /** Whether it has `installed` and `uninstalled`; without them it is refused instead of waiting. */
  readonly callbacks: boolean;
  /** What `triggered` answers; null: there is no `triggered`, which is an error. */
  readonly triggered: 'consumed' | 'passed' | null;
  /** What children take along; the design's default is nothing. */
  readonly inherit: Inherit;
}

/** 1: it is in a register now. 0: it is known, and waits. */
export type Registered = Result<0 | 1>;

/** Its `status`: unregistered, registered and waiting, installed. */
export type Status = 0 | 1 | 2;

/** Status of breakpoint `id`. */
export function statusOf({ half }: Host, id: number): Status {
  const request = requestOf(half.broker, id);
  if (request === null) return 0;
  return request.installed ? 2 : 1;
}

/** register_kernel_hw_breakpoint. */
export function registerKernel(host: Host, breakpoint: HwBreakpoint): Registered {
  return register(host, breakpoint, { kind: 'kernel' });
}

/** register_user_hw_breakpoint. */
export function registerUser(host: Host, tid: number, breakpoint: HwBreakpoint): Registered {
  if (!host.exists(tid)) return bad('ESRCH');
  return register(host, breakpoint, { kind: 'thread', pid: host.pidOf(tid), tid });
}

/** unregister_*_hw_breakpoint; of one that is not registered it is nothing. */
export function unregister(host: Host, id: number): Result<null> {
  if (host.half.broker.inCallback) return bad('EBUSY');
  if (knownAs(host, id) !== null) host.feed({ type: 'withdraw', id });
  return good(null);
}

/**
 * modify_user_hw_breakpoint: the old bytes stay when the new ones cannot be had. One that is not registered may be modified too: its
 * owner keeps it, so here its bytes are looked at and no more.
 */
export function modify(host: Host, id: number, wish: Pick<HwBreakpoint, 'address' | 'length' | 'access'>): Result<null> {
  const { broker } = host.half;
  if (broker.inCallback) return bad('EBUSY');
  const known = knownAs(host, id);
  const error = checkBytes(host, known?.scope ?? null, wish);
  if (error !== null || known === null) return outcome(error);
  const piece = { address: wish.address, length: wish.access === 'execute' ? 1 : wish.length };
  return outcome(refusal(host.feed({ type: 'change', id, pieces: [piece], access: wish.access }), id));
}

function register(host: Host, breakpoint: HwBreakpoint, scope: Scope): Registered {
  const { broker } = host.half;
  const { id, address, access, priority, callbacks, inherit, triggered } = breakpoint;
  // A callback may not register anything.
  if (broker.inCallback) return bad('EBUSY');
  if (triggered === null || knownAs(host, id) !== null) return bad('EINVAL');
  const error = checkBytes(host, scope, breakpoint);
  if (error !== null) return bad(error);
  const piece = { address, length: access === 'execute' ? 1 : breakpoint.length };
  const request: RequestSpec = { id, pieces: [piece], access, scope, inherit, priority, callbacks, answer: triggered, inKernel: true };
  const refused = refusal(host.feed({ type: 'request', request }), id);
  if (refused !== null) return bad(refused);
  return good(requestOf(broker, id)?.installed ? 1 : 0);
}

/** Length, alignment, and the half that belongs to the scope. */
function checkBytes(
  { rules }: Host,
  scope: Scope | null,
  { address, length, access }: Pick<HwBreakpoint, 'address' | 'length' | 'access'>,
): Errno | null {
  if (![1, 2, 4, 8].includes(length) || (access === 'execute' && length !== 1)) return 'EINVAL';
  const bytes = access === 'execute' ? 1 : length;
  if (!Number.isInteger(address) || address % bytes !== 0) return 'EINVAL';
  if (scope?.kind === 'kernel') return isKernelAddress(address) ? null : 'EINVAL';
  return isUserRange(address, bytes, rules.raw.userEnd) ? null : 'EINVAL';
}

/** Breakpoint `id` as it is registered, or will be when the change under way is done; null for one that is not. */
function knownAs({ half }: Host, id: number): RequestSpec | null {
  let known: RequestSpec | null = requestOf(half.broker, id);
  for (const event of half.broker.queue) {
    if (event.type === 'request' && event.request.id === id) known = event.request;
    if (event.type === 'withdraw' && event.id === id) known = null;
  }
  return known;
}

function refusal(notices: readonly Notice[], id: number): Errno | null {
  const refused = notices.find((notice) => notice.type === 'refuse' && notice.request === id);
  return refused?.type === 'refuse' ? refused.code : null;
}
