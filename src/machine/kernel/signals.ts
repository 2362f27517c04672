// Signals: what is owed to a thread, and its delivery at the one safe point, just before it returns to user mode.

import type { SigCode } from '../../facility/rules.js';
import { registersOf } from '../../facility/virtual/half.js';
import type { Stop } from '../events.js';
import type { SignalName } from '../program.js';
import { copyContext, NO_INFO, SIGNALS, type SignalInfo, signalBit, type Thread } from '../state.js';
import { type Kernel, runningOn, threadOf } from './context.js';
import { endThread } from './life.js';
import { loadCpu } from './load.js';
import { switchTo } from './switch.js';

/** A signal is pending for thread `tid` from now on. One that is pending already does not queue. */
export function owe(kernel: Kernel, tid: number, signal: SignalName, code: SigCode | null): void {
  // Only what a debug exception reports has an address: where the thread is.
  const address = code === null || NO_ADDRESS.includes(code) ? 0 : threadOf(kernel, tid).context.pc;
  send(kernel, tid, signal, { ...NO_INFO, code, address });
}

/** As {@link owe}, with all that siginfo says. */
export function send(kernel: Kernel, tid: number, signal: SignalName, info: SignalInfo): void {
  const { signals } = threadOf(kernel, tid);
  const bit = signalBit(signal);
  const merged = (signals.pending & bit) !== 0;
  signals.pending |= bit;
  if (!merged) signals.infos = signals.infos.with(SIGNALS.indexOf(signal), info);
  kernel.emit({ type: 'signal', tid, signal, code: info.code, how: merged ? 'merged' : 'owed' });
}

/** Codes whose si_addr is 0; the machine's only page fault is at address 0. */
const NO_ADDRESS: readonly SigCode[] = ['SI_KERNEL', 'SEGV_MAPERR'];

/** Delivers what is pending. False when the thread does not go on: it has stopped or ended. */
export function deliverPending(kernel: Kernel, tid: number): boolean {
  const thread = threadOf(kernel, tid);
  const injected = thread.trace.inject;
  thread.trace.inject = null;
  if (injected !== null && !act(kernel, thread, injected)) return false;
  for (let signal = next(thread); signal !== null; signal = next(thread)) {
    thread.signals.pending &= ~signalBit(signal);
    if (!deliver(kernel, thread, signal)) return false;
  }
  return true;
}

/** The pending signal that comes first: one that is forced may be blocked. */
function next(thread: Thread): SignalName | null {
  const { pending, blocked } = thread.signals;
  for (const signal of IN_ORDER) {
    const bit = signalBit(signal);
    if ((pending & bit) === 0) continue;
    if ((blocked & bit) === 0 || isForced(thread, signal)) return signal;
  }
  return null;
}

/** What the thread has brought on itself comes before what others send; among those the lowest number is first. */
const IN_ORDER: readonly SignalName[] = ['SIGKILL', 'SIGSEGV', 'SIGTRAP', 'SIGUSR1', 'SIGTERM', 'SIGSTOP', 'SIGIO'];

/** SIGTRAP of a #DB and SIGSEGV come by force_sig: blocking and ignoring them is moot. What perf and threads send is not forced. */
function isForced(thread: Thread, signal: SignalName): boolean {
  if (signal === 'SIGKILL') return true;
  const { code } = infoOf(thread, signal);
  return (signal === 'SIGTRAP' || signal === 'SIGSEGV') && code !== null && code !== 'TRAP_PERF';
}

function deliver(kernel: Kernel, thread: Thread, signal: SignalName): boolean {
  const { tid } = thread;
  const { code, address } = infoOf(thread, signal);
  if (signal === 'SIGTRAP') registersOf(kernel.state.half, kernel.setup.rules, tid).reported = true;
  if ((thread.signals.swallowed & signalBit(signal)) !== 0) {
    // By utrace, without a switch to anybody else: nothing here gives back what the exception took.
    thread.signals.reasons = 0;
    kernel.emit({ type: 'signal', tid, signal, code, how: 'swallowed' });
    return true;
  }
  if (thread.trace.tracer !== -1 && signal !== 'SIGKILL') {
    stopThread(kernel, tid, { why: 'signal', signal, code, address, ...(signal === 'SIGTRAP' ? { reasons: takeReasons(thread) } : {}) });
    return false;
  }
  if (signal === 'SIGTRAP' && takeReasons(thread) !== 0) endReport(kernel, tid);
  return act(kernel, thread, signal);
}

function takeReasons({ signals }: Thread): number {
  const { reasons } = signals;
  signals.reasons = 0;
  return reasons;
}

/** The thread goes on from a report of a debug exception: some kernels clear DR6 now. */
export function endReport({ state, setup }: Kernel, tid: number): void {
  if (!setup.rules.trap.clearsDr6AfterReport) return;
  const own = registersOf(state.half, setup.rules, tid);
  own.dr6Lo = 0xffff_0ff0;
  own.dr6Hi = 0;
}

function infoOf({ signals }: Thread, signal: SignalName): SignalInfo {
  return signals.infos[SIGNALS.indexOf(signal)] ?? NO_INFO;
}

/** What the thread itself does with a signal. False when it ends or stops. */
function act(kernel: Kernel, thread: Thread, signal: SignalName): boolean {
  restoreDr7(kernel, thread);
  const bit = signalBit(signal);
  const handler = thread.signals.handlers[SIGNALS.indexOf(signal)] ?? -1;
  const { code } = infoOf(thread, signal);
  const overridden = ((thread.signals.blocked | thread.signals.ignored) & bit) !== 0 && isForced(thread, signal);
  if (overridden && kernel.setup.rules.trap.forcesSignal) {
    kernel.emit({ type: 'signal', tid: thread.tid, signal, code, how: 'killed' });
    endThread(kernel, thread.tid, { status: 0, signal });
    return false;
  }
  if (((thread.signals.blocked | thread.signals.ignored) & bit) !== 0) {
    kernel.emit({ type: 'signal', tid: thread.tid, signal, code, how: 'ignored' });
    return true;
  }
  if (handler !== -1) {
    return runHandler(kernel, thread, signal, handler);
  }
  if (signal === 'SIGSTOP') {
    thread.status = 'stopped';
    return false;
  }
  kernel.emit({ type: 'signal', tid: thread.tid, signal, code, how: 'killed' });
  endThread(kernel, thread.tid, { status: 0, signal });
  return false;
}

/** False where its tracer steps it, and it stops before the handler's first instruction. */
function runHandler(kernel: Kernel, thread: Thread, signal: SignalName, handler: number): boolean {
  const { tid, trace } = thread;
  const { stepping } = trace;
  endStep(thread);
  enterHandler(thread, signal, handler);
  kernel.emit({ type: 'signal', tid, signal, code: infoOf(thread, signal).code, how: 'handler' });
  if (!stepping || !kernel.setup.rules.trap.stopsAtHandler) return true;
  stopThread(kernel, tid, { why: 'signal', signal: 'SIGTRAP', code: null, address: handler });
  return false;
}

/** A handler starts with RF and TF clear, always, and with its own signal blocked. */
function enterHandler(thread: Thread, signal: SignalName, handler: number): void {
  const { context, signals } = thread;
  const frame = { context: copyContext(context), blocked: signals.blocked, signal, info: infoOf(thread, signal) };
  signals.frames = [...signals.frames, frame];
  signals.blocked |= signalBit(signal);
  Object.assign(context, { pc: handler, tf: false, rf: false, shadow: false, held: 0, rep: 0, passes: 0 });
}

/** The registers that the exception switched off come back when a signal is delivered. */
function restoreDr7(kernel: Kernel, thread: Thread): void {
  if (!thread.dr7Off) return;
  thread.dr7Off = false;
  const cpu = runningOn(kernel, thread.tid);
  if (cpu !== -1) loadCpu(kernel, cpu, 'signal');
}

/** The thread is not stepped any more: TF is its own again. */
export function endStep({ context, trace }: Thread): void {
  if (trace.forcedTf) context.tf = false;
  trace.stepping = false;
  trace.forcedTf = false;
}

/** Stops a thread for its tracer. That switches its CPU to something else, and back only when it goes on. */
export function stopThread(kernel: Kernel, tid: number, stop: Stop): void {
  const thread = threadOf(kernel, tid);
  thread.status = 'stopped';
  thread.trace.stop = stop;
  // A tracer's TF is not seen. That the thread was stepped is known until it goes on.
  if (thread.trace.forcedTf) thread.context.tf = false;
  kernel.emit({ type: 'stop', tid, stop });
  const cpu = runningOn(kernel, tid);
  if (cpu !== -1) switchTo(kernel, cpu, -1);
}
