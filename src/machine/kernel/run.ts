// One step of one CPU: an instruction of its thread, or one action of the kernel for it.
import type { Outcome } from '../cpu-state.js';
import { execute } from '../execute.js';
import { instructionAt, type KernelAction, type SystemCall } from '../program.js';
import { SIGNALS, signalBit, type Thread } from '../state.js';
import { cpuOf, type Kernel, spaceOf, threadOf } from './context.js';
import { debugException } from './exception.js';
import { kernelAction } from './kernel-action.js';
import { type Birth, endThread, execThread, makeChild } from './life.js';
import { loadCpu } from './load.js';
import { deliverPending, owe, stopThread } from './signals.js';
import { switchTo } from './switch.js';

/** Lets `cpu` do one step. False when it has nothing to do. */
export function stepCpu(kernel: Kernel, cpu: number): boolean {
  const { thread: tid } = cpuOf(kernel, cpu);
  if (tid === -1) return false;
  const thread = threadOf(kernel, tid);
  if (thread.status !== 'ready') return false;
  if (thread.call === null) stepUser(kernel, cpu, thread);
  else stepKernel(kernel, cpu, thread, thread.call);
  return true;
}

function stepUser(kernel: Kernel, cpu: number, thread: Thread): void {
  const instruction = instructionAt(kernel.setup.programs, thread.context.pc);
  if (instruction === null) {
    owe(kernel, thread.tid, 'SIGSEGV', 'SEGV_MAPERR');
  } else {
    const place = { memory: spaceOf(kernel, thread.pid), layout: kernel.setup.layout, model: kernel.setup.model };
    const outcome = execute(cpuOf(kernel, cpu), thread.context, place, instruction);
    afterInstruction(kernel, cpu, thread, outcome);
    if (thread.call !== null) return;
  }
  returnToUser(kernel, cpu, thread.tid);
}

function afterInstruction(kernel: Kernel, cpu: number, thread: Thread, outcome: Outcome): void {
  const { tid } = thread;
  switch (outcome.kind) {
    case 'done':
    case 'repeating':
      if (outcome.dr6 !== 0) taken(kernel, cpu, outcome.dr6, true);
      break;
    case 'fault':
    case 'icebp':
      taken(kernel, cpu, outcome.dr6, true);
      break;
    case 'exception':
      owe(kernel, tid, 'SIGSEGV', outcome.vector === 'pf' ? 'SEGV_MAPERR' : 'SI_KERNEL');
      break;
    case 'interrupt':
      // What a shadow held back arrives at the handler's first instruction, in the kernel.
      if (outcome.dr6 !== 0) taken(kernel, cpu, outcome.dr6, false);
      if (outcome.vector === 3) owe(kernel, tid, 'SIGTRAP', kernel.setup.rules.codes.int3);
      else if (outcome.vector !== 0x80) owe(kernel, tid, 'SIGSEGV', 'SI_KERNEL');
      else reportStep(kernel, thread);
      break;
    case 'syscall':
      enterSystemCall(kernel, thread);
      if (outcome.dr6 !== 0) taken(kernel, cpu, outcome.dr6, false);
      break;
  }
}

function taken(kernel: Kernel, cpu: number, raised: number, user: boolean): void {
  debugException(kernel, cpu, { raised, user, kprobe: false });
}

function enterSystemCall(kernel: Kernel, thread: Thread): void {
  // The context points behind the instruction by now.
  const instruction = instructionAt(kernel.setup.programs, thread.context.pc - 4);
  if (instruction?.op !== 'syscall') return;
  thread.call = instruction.call;
  thread.action = 0;
  kernel.emit({ type: 'syscall', tid: thread.tid, name: instruction.call.name, phase: 'enter' });
}

function stepKernel(kernel: Kernel, cpu: number, thread: Thread, call: SystemCall): void {
  if (call.name === 'work') {
    const action: KernelAction | undefined = call.actions[thread.action];
    if (action !== undefined) {
      thread.action++;
      kernelAction(kernel, cpu, action);
      if (thread.action < call.actions.length) return;
    }
  } else {
    perform(kernel, cpu, thread, call);
  }
  if (thread.status === 'exited') return;
  leaveSystemCall(kernel, cpu, thread, call);
}

function leaveSystemCall(kernel: Kernel, cpu: number, thread: Thread, call: SystemCall): void {
  thread.call = null;
  kernel.emit({ type: 'syscall', tid: thread.tid, name: call.name, phase: 'leave' });
  reportStep(kernel, thread);
  returnToUser(kernel, cpu, thread.tid);
}

/** The way into the kernel clears TF, so a thread's own TF traps nothing here; a tracer's step is told without a debug exception. */
function reportStep(kernel: Kernel, { tid, status, trace }: Thread): void {
  if (status === 'ready' && trace.stepping) owe(kernel, tid, 'SIGTRAP', kernel.setup.rules.codes.callStep);
}

/** The way back to user mode: the one place where signals are delivered, and where some kernels load the registers. */
export function returnToUser(kernel: Kernel, cpu: number, tid: number): void {
  const thread = threadOf(kernel, tid);
  if (thread.status !== 'ready' || !deliverPending(kernel, tid)) return;
  if (kernel.setup.rules.loading === 'return-to-user' && cpuOf(kernel, cpu).thread === tid) loadCpu(kernel, cpu, 'return-to-user');
}

function perform(kernel: Kernel, cpu: number, thread: Thread, call: SystemCall): void {
  const { signals } = thread;
  switch (call.name) {
    case 'fork':
    case 'vfork':
    case 'clone':
      born(kernel, thread, call);
      break;
    case 'exec':
      execThread(kernel, thread, call.to);
      if (thread.trace.tracer !== -1) execStop(kernel, thread);
      break;
    case 'exit':
      endThread(kernel, thread.tid, { status: call.status, signal: null });
      break;
    case 'yield':
      switchTo(kernel, cpu, -1);
      break;
    case 'raise':
      owe(kernel, thread.tid, call.signal, null);
      break;
    case 'sigaction': {
      const bit = signalBit(call.signal);
      signals.ignored = call.action === 'ignore' ? signals.ignored | bit : signals.ignored & ~bit;
      signals.handlers = signals.handlers.with(SIGNALS.indexOf(call.signal), call.action === 'handler' ? call.handler : -1);
      break;
    }
    case 'sigmask':
      signals.blocked = call.blocked ? signals.blocked | signalBit(call.signal) : signals.blocked & ~signalBit(call.signal);
      break;
    case 'sigreturn': {
      // Flags come back with the frame, RF included, and the mask.
      const frame = signals.frames.at(-1);
      if (frame === undefined) break;
      signals.frames = signals.frames.slice(0, -1);
      Object.assign(thread.context, frame.context);
      signals.blocked = frame.blocked;
      break;
    }
    case 'vm86':
      thread.vm86 = true;
      break;
    case 'work':
      break;
  }
}

/** A child of a traced parent is traced too, where its tracer asked for it, and both stop. */
function born(kernel: Kernel, thread: Thread, call: Birth): void {
  const { name: how, child: pc } = call;
  const child = makeChild(kernel, thread, call);
  const { trace } = thread;
  if (trace.tracer === -1 || !trace.options.includes(how)) return;
  const own = threadOf(kernel, child);
  own.trace.tracer = trace.tracer;
  own.trace.options = trace.options;
  own.status = 'stopped';
  own.trace.stop = { why: 'signal', signal: 'SIGSTOP', code: null, address: pc };
  trace.eventMessage = child;
  stopThread(kernel, thread.tid, { why: how, child });
}

function execStop(kernel: Kernel, thread: Thread): void {
  if (thread.trace.options.includes('exec')) stopThread(kernel, thread.tid, { why: 'exec' });
  else owe(kernel, thread.tid, 'SIGTRAP', kernel.setup.rules.codes.exec);
}
