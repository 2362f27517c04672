// What the parts of a live kernel share.
import { type FacilityEvent, type Rules, requestOf } from '../../facility/index.js';
import { type RegisterHalf, registersOf } from '../../facility/virtual/half.js';
import type { BrokerArming } from './broker-arming.js';
import type { LiveEvent } from './live-event.js';
import type { LiveThread } from './live-thread.js';
import { RIP, type Traced } from './live-tracing.js';
import type { Sessions } from './sessions.js';
import type { WordArming } from './word-arming.js';

/** One live kernel. */
export interface LiveContext {
  readonly rules: Rules;
  readonly half: RegisterHalf;
  readonly sessions: Sessions;
  readonly threads: Map<number, LiveThread>;
  readonly broker: BrokerArming;
  /** Null where registers are requests of the broker's. */
  readonly words: WordArming | null;
  readonly traced: Traced;
  emit(event: LiveEvent): void;
  /** An event of the target's own, taken in at once. */
  takeIn(event: FacilityEvent): void;
}

/** Where a stopped thread stands. */
export function ipOf({ sessions }: Pick<LiveContext, 'sessions'>, tid: number): bigint {
  return sessions.control.registers(tid)[RIP] ?? 0n;
}

/** The thread goes on: from a report some kernels clear DR6, and words are loaded on the way back to user mode. */
export function goesOn(context: LiveContext, thread: LiveThread, stepping: boolean): void {
  const { half, rules, words } = context;
  const own = registersOf(half, rules, thread.tid);
  if (rules.trap.clearsDr6AfterReport && own.reported) {
    own.dr6Lo = 0xffff_0ff0;
    own.dr6Hi = 0;
  }
  for (const failed of words?.load({ tid: thread.tid, pid: thread.pid, stepping }) ?? [])
    context.emit({ type: 'not-loaded', tid: thread.tid, ...failed });
}

/** Whether request `id` is one of the kernel's own, which all threads of the system may hit. */
export function isOfKernel({ half }: Pick<LiveContext, 'half'>, id: number): boolean {
  return requestOf(half.broker, id)?.scope.kind === 'kernel';
}
