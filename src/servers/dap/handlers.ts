// All requests that a session answers, by name: one file of requests/ for each group.
import type { Handler } from './connection.js';
import type { OpenTarget } from './open-target.js';
import type { Peer } from './peer.js';
import { codeBreakpointRequests } from './requests/code-breakpoints.js';
import { dataBreakpointRequests } from './requests/data-breakpoints.js';
import { executionRequests } from './requests/execution.js';
import { lifecycleRequests } from './requests/lifecycle.js';
import { memoryRequests } from './requests/memory.js';
import { moduleRequests } from './requests/modules.js';
import { stackRequests } from './requests/stack.js';
import { valueRequests } from './requests/values.js';
import { type SendSignal, Session } from './session.js';

/** A new session with its handlers. */
export function newSession(
  peer: Peer,
  openTarget: OpenTarget,
  sendSignal?: SendSignal,
): { readonly session: Session; readonly handlers: ReadonlyMap<string, Handler> } {
  const session = new Session(peer, openTarget, sendSignal);
  const handlers = new Map(
    Object.entries({
      ...lifecycleRequests(session),
      ...executionRequests(session),
      ...stackRequests(session),
      ...valueRequests(session),
      ...memoryRequests(session),
      ...codeBreakpointRequests(session),
      ...dataBreakpointRequests(session),
      ...moduleRequests(session),
    }),
  );
  return { session, handlers };
}
