// The utrace way of S0: a tracing engine in the kernel whose hits are dealt with in the exception, without a stop, and which may swallow a
// signal without any context switch.

import type { Linear } from '../../facility/linear.js';
import { PRIORITY } from '../../facility/request.js';
import type { Access, Inherit } from '../../model/access.js';
import { bad, type Host, type Result } from '../host.js';
import { type Registered, registerUser, unregister } from '../hwbkpt/index.js';

/** A watch that only logs. */
export interface LogWatch {
  readonly id: number;
  readonly address: Linear;
  readonly length: number;
  readonly access: Access;
  readonly inherit: Inherit;
  /** `consumed`: the thread's virtual DR6 stays clean. */
  readonly answer: 'consumed' | 'passed';
}

/** Watches thread `tid`: hits are told and the thread runs on. */
export function watchThread(host: Host, tid: number, watch: LogWatch): Registered {
  return registerUser(host, tid, { ...watch, priority: PRIORITY.normal, callbacks: true, triggered: watch.answer });
}

/** Ends a watch. */
export function unwatch(host: Host, id: number): Result<null> {
  return unregister(host, id);
}

/** Takes `signal` away from thread `tid` whenever it is to be delivered; or no longer. */
export function swallowSignals(host: Host & SignalSink, tid: number, signal: string, swallow: boolean): Result<null> {
  if (!host.exists(tid)) return bad('ESRCH');
  host.swallow(tid, signal, swallow);
  return { ok: true, value: null };
}

/** A kernel that lets an engine take signals. */
export interface SignalSink {
  swallow(tid: number, signal: string, swallow: boolean): void;
}
