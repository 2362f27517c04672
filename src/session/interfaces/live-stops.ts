// Stops of real threads: each is reported to the thread's tracer as its kernel would, or passed over as if nobody looked.
import { assertNever } from '../../base/assert.js';
import type { StopCause, ThreadStop } from '../../engines/control.js';
import { registersOf } from '../../facility/virtual/half.js';
import type { StopView } from '../../interfaces/host.js';
import { goesOn, ipOf, type LiveContext } from './live-context.js';
import { sortHits } from './live-hits.js';
import type { LiveThread, TraceOption } from './live-thread.js';
import { letGo, unlessGone } from './live-tracing.js';
import { codeOf, signalName, signalNumber } from './signal-words.js';

const SIGTRAP = 'SIGTRAP';

/** Takes in that a thread has stopped. One that was killed since is passed over: its end is told next. */
export function takeStop(context: LiveContext, { tid, cause }: ThreadStop): void {
  const thread = context.threads.get(tid);
  if (thread !== undefined) unlessGone(() => takeCause(context, thread, cause));
}

function takeCause(context: LiveContext, thread: LiveThread, cause: StopCause): void {
  switch (cause.kind) {
    case 'hit':
    case 'step':
      exception(context, thread, cause.kind === 'step');
      return;
    case 'signal':
      signalled(context, thread, cause.signal);
      return;
    case 'interrupted':
    case 'group-stop':
      goOnSilently(context, thread, true);
      return;
    case 'born':
      born(context, thread);
      return;
    case 'clone':
    case 'fork':
    case 'vfork':
      bore(context, thread, cause.kind, cause.child);
      return;
    case 'exec':
      executed(context, thread);
      return;
    default:
      assertNever(cause);
  }
}

/** All that a thread has met since its last stop is one report. */
function exception(context: LiveContext, thread: LiveThread, stepDone: boolean): void {
  const ip = ipOf(context, thread.tid);
  // A step that ends where a breakpoint is hit has come to its end too, unless it has not left its instruction.
  const stepped = stepDone || (thread.stepFrom !== null && thread.stepFrom !== ip);
  const { owes, reasons } = sortHits(context, thread, thread.pending.splice(0), stepped);
  if (owes === null) {
    goOnSilently(context, thread, stepped);
    return;
  }
  const { codes, trap } = context.rules;
  thread.meetsAgain = owes === 'execute' && !trap.executeSetsRf;
  report(context, thread, { why: 'signal', signal: SIGTRAP, code: codes[owes], address: Number(ip), reasons });
}

/** Nobody is to know, unless the thread was to stop anyway. A step that has not come to its end goes on. */
function goOnSilently(context: LiveContext, thread: LiveThread, stepDone: boolean): void {
  const { control, stepBy } = context.traced;
  if (thread.wantsStop) stand(context, thread, { why: 'attach', signal: 'SIGSTOP', code: null, address: addressOf(context, thread) });
  else if (thread.stepFrom !== null && !stepDone) control.step(thread.tid, { signal: 0, by: stepBy });
  else letGo(context.traced, thread, 0);
}

function signalled(context: LiveContext, thread: LiveThread, number: number): void {
  const { code, address } = codeOf(context.rules, context.sessions.control.signalInfo(thread.tid));
  report(context, thread, { why: 'signal', signal: signalName(number), code, address }, number);
}

/** To its tracer, if it has one; else the thread gets the signal, unless somebody takes it away. */
function report(context: LiveContext, thread: LiveThread, stop: StopView, number = signalNumber(SIGTRAP)): void {
  const { tid, tracer, swallowed } = thread;
  if (stop.signal === SIGTRAP) registersOf(context.half, context.rules, tid).reported = true;
  if (stop.signal !== null && swallowed.has(stop.signal)) {
    context.emit({ type: 'swallowed', tid, signal: stop.signal });
    goOnSilently(context, thread, true);
  } else if (tracer !== -1) stand(context, thread, stop);
  else {
    goesOn(context, thread, false);
    letGo(context.traced, thread, number);
  }
}

function stand(context: LiveContext, thread: LiveThread, stop: StopView): void {
  thread.wantsStop = false;
  thread.stepFrom = null;
  thread.stop = stop;
  context.emit({ type: 'stop', tid: thread.tid, stop });
}

/** A child of a traced parent is traced too, where its tracer asked for it. */
function born(context: LiveContext, thread: LiveThread): void {
  const parent = context.threads.get(thread.parent);
  const kinds: readonly TraceOption[] = parent?.pid === thread.pid ? ['clone'] : ['fork', 'vfork'];
  if (parent === undefined || parent.tracer === -1 || !kinds.some((kind) => parent.options.includes(kind))) {
    letGo(context.traced, thread, 0);
    return;
  }
  thread.tracer = parent.tracer;
  thread.options = parent.options;
  stand(context, thread, { why: 'signal', signal: 'SIGSTOP', code: null, address: addressOf(context, thread) });
}

/** A thread has made another. Its tracer is told of it when that is a thread that one can ask about. */
function bore(context: LiveContext, thread: LiveThread, why: 'clone' | 'fork' | 'vfork', child: number): void {
  thread.eventMessage = child;
  if (thread.tracer === -1 || !thread.options.includes(why)) letGo(context.traced, thread, 0);
  else if (!context.threads.has(child)) thread.bears = { why, child };
  else stand(context, thread, { why, signal: null, code: null, address: addressOf(context, thread) });
}

/** Thread `child` is known from now on: who stands for having made it is told of. */
export function tellOfBirth(context: LiveContext, child: number): void {
  for (const thread of context.threads.values()) {
    if (thread.bears?.child !== child) continue;
    const { why } = thread.bears;
    thread.bears = null;
    stand(context, thread, { why, signal: null, code: null, address: addressOf(context, thread) });
  }
}

/** A tracer that did not ask to be told of an exec sees a SIGTRAP there. */
function executed(context: LiveContext, thread: LiveThread): void {
  if (thread.tracer === -1) {
    letGo(context.traced, thread, 0);
    return;
  }
  const address = addressOf(context, thread);
  if (thread.options.includes('exec')) stand(context, thread, { why: 'exec', signal: null, code: null, address });
  else stand(context, thread, { why: 'signal', signal: SIGTRAP, code: context.rules.codes.exec, address });
}

function addressOf(context: LiveContext, { tid }: LiveThread): number {
  return Number(ipOf(context, tid));
}
