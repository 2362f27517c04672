// One process tracing another, as the interfaces see it.
import type { Errno } from '../../facility/rules.js';
import type { StopView, Tracing } from '../../interfaces/host.js';
import { instructionAt, type SignalName } from '../program.js';
import { SIGNALS, type Thread } from '../state.js';
import { cpuOf, type Kernel, threadOf } from './context.js';
import { returnToUser } from './run.js';
import { endReport, endStep, stopThread } from './signals.js';
import { switchTo } from './switch.js';

/** Tracing of `kernel`'s threads. */
export function tracingOf(kernel: Kernel): Tracing {
  return {
    tracerOf: (tid) => threadOf(kernel, tid).trace.tracer,
    isStopped: (tid) => threadOf(kernel, tid).trace.stop !== null,
    stopOf: (tid) => stopView(kernel, tid),
    attach: (tracer, tid) => attach(kernel, tracer, tid),
    interrupt: (tid) => {
      if (threadOf(kernel, tid).trace.stop === null) stopThread(kernel, tid, { why: 'attach' });
    },
    detach: (tid, signal) => detach(kernel, tid, signal),
    resume: (tid, how, signal) => resume(kernel, tid, how, signal),
    setOptions: (tid, options) => {
      threadOf(kernel, tid).trace.options = options;
    },
    eventMessage: (tid) => threadOf(kernel, tid).trace.eventMessage,
    setRf: (tid, rf) => {
      threadOf(kernel, tid).context.rf = rf;
    },
  };
}

function stopView(kernel: Kernel, tid: number): StopView | null {
  const { stop } = threadOf(kernel, tid).trace;
  if (stop === null) return null;
  if (stop.why === 'signal') return stop;
  return { why: stop.why, signal: stop.why === 'attach' ? 'SIGSTOP' : null, code: null, address: threadOf(kernel, tid).context.pc };
}

function attach(kernel: Kernel, tracer: number, tid: number): Errno | null {
  const { trace } = threadOf(kernel, tid);
  if (trace.tracer !== -1) return 'EPERM';
  trace.tracer = tracer;
  stopThread(kernel, tid, { why: 'attach' });
  return null;
}

function detach(kernel: Kernel, tid: number, signal: string | null): void {
  const { trace } = threadOf(kernel, tid);
  trace.tracer = -1;
  trace.options = [];
  goOn(kernel, tid, { how: 'detach', signal });
}

function resume(kernel: Kernel, tid: number, how: 'cont' | 'step', signal: string | null): void {
  goOn(kernel, tid, { how, signal });
}

/** The thread is ready again, and has its CPU back where that is free. */
function goOn(
  kernel: Kernel,
  tid: number,
  { how, signal }: { readonly how: 'cont' | 'step' | 'detach'; readonly signal: string | null },
): void {
  const thread = threadOf(kernel, tid);
  const { stop } = thread.trace;
  if (stop?.why === 'signal' && (stop.reasons ?? 0) !== 0) endReport(kernel, tid);
  thread.status = 'ready';
  thread.trace.stop = null;
  thread.trace.inject = isSignal(signal) ? signal : null;
  if (how === 'step') beginStep(kernel, thread);
  else endStep(thread);
  kernel.emit({ type: 'resume', tid, how });
  if (cpuOf(kernel, thread.cpu).thread !== -1) return;
  switchTo(kernel, thread.cpu, tid);
  if (thread.call === null) returnToUser(kernel, thread.cpu, tid);
}

/**
 * Sets TF. What the thread has set itself stays when the step is over, also where its next instruction is the one that does so. Linux gives
 * TF back before it looks, where the step before has just ended: if that went over a POPF, nobody knows any more whose it was.
 */
function beginStep({ setup }: Kernel, { context, trace }: Thread): void {
  const isSet = context.tf || (trace.stepping && setup.rules.trap.mistakesTf);
  if (instructionAt(setup.programs, context.pc)?.op === 'popf') trace.forcedTf = false;
  else if (!isSet) trace.forcedTf = true;
  trace.stepping = true;
  context.tf = true;
}

function isSignal(name: string | null): name is SignalName {
  return SIGNALS.some((signal) => signal === name);
}
