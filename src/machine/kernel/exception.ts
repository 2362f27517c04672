// The #DB handler: reads DR6, lets the facility sort it out, and owes the thread what is left.

import { present } from '../../base/assert.js';
import { type Finding, sortOut, type Told } from '../../facility/virtual/debug-exception.js';
import { ownBroker } from '../../facility/virtual/half.js';
import { REASON_BITS, STEP_BIT } from '../../facility/virtual/registers.js';
import { moveToDr, raise } from '../cpu.js';
import { NO_INFO, signalBit } from '../state.js';
import { cpuOf, type Kernel, threadOf } from './context.js';
import { disown, keepOnly } from './load.js';
import { owe, send } from './signals.js';

/** DR6 with no reason. */
const DR6_RESET = 0xffff_0ff0 | 0;
/** DR7 with nothing enabled. */
const DR7_OFF = 0x400;

/** How a #DB was taken. */
export interface Taken {
  /** Positive bits that the processor raises now. */
  readonly raised: number;
  readonly user: boolean;
  /** A kprobe's step: it eats BS and leaves the rest. */
  readonly kprobe: boolean;
}

/** Handles a #DB on `cpu`. What is owed to the thread is delivered on its way back to user mode. */
export function debugException(kernel: Kernel, cpu: number, { raised, user, kprobe }: Taken): void {
  const { setup, state } = kernel;
  const registers = cpuOf(kernel, cpu);
  const thread = threadOf(kernel, registers.thread);
  raise(registers, setup.model, raised);
  const found = (registers.dr6 ^ DR6_RESET) & REASON_BITS;
  if (setup.rules.trap.resetsDr6) registers.dr6 = DR6_RESET;
  const { tid } = thread;
  kernel.emit({ type: 'exception', cpu, tid, reasons: found, user, pc: thread.context.pc });
  const reasons = kprobe ? found & ~STEP_BIT : found;
  if (kprobe && reasons === 0) return;
  const finding = sortOut(state.half, setup.rules, { cpu, tid, reasons, dr7: registers.dr7, user });
  if (finding.told.length > 0) tellAll(kernel, cpu, finding);
  if (finding.stale) {
    keepOnly(kernel, cpu, 'exception', (slot) => state.half.kwatch[slot] !== null);
    disown(kernel, cpu);
    kernel.emit({ type: 'stale', cpu, tid });
    return;
  }
  if (finding.setsRf && user) thread.context.rf = true;
  if (thread.vm86 && user) {
    // Back to the monitor, which is told by a return value and not by a signal.
    thread.vm86 = false;
    kernel.emit({ type: 'vm86', tid });
  } else oweFinding(kernel, cpu, finding);
  for (const event of finding.overflows) overflow(kernel, cpu, event);
}

/** A full period: a sample, and the signals that the event was asked to send. What the debug registers report came first. */
function overflow(kernel: Kernel, cpu: number, id: number): void {
  const { state } = kernel;
  const { tid, context, signals } = threadOf(kernel, cpuOf(kernel, cpu).thread);
  const event = present(
    state.half.charged.find((one) => one.id === id),
    `perf event ${id}`,
  );
  kernel.emit({ type: 'sample', cpu, tid, event: id, pc: context.pc, address: event.address });
  if (event.sigtrap) {
    const late = (signals.blocked & signalBit('SIGTRAP')) !== 0;
    send(kernel, tid, 'SIGTRAP', { code: 'TRAP_PERF', address: event.address, event: id, late });
  }
  if (event.notify !== null) send(kernel, event.notify.tid, event.notify.signal, { ...NO_INFO, code: 'POLL_IN', event: id });
}

function oweFinding(kernel: Kernel, cpu: number, finding: Finding): void {
  if (finding.owes === null) return;
  const { rules } = kernel.setup;
  const { tid } = threadOf(kernel, cpuOf(kernel, cpu).thread);
  owe(kernel, tid, 'SIGTRAP', rules.codes[finding.owes]);
  const thread = threadOf(kernel, tid);
  thread.signals.reasons |= finding.reasons;
  switch (rules.trap.dr7) {
    case 'kept':
      return;
    case 'until-signal':
      keepOnly(kernel, cpu, 'exception', (slot) => kernel.state.half.kwatch[slot] !== null);
      thread.dr7Off = true;
      return;
    case 'each-until-signal':
      keepOnly(kernel, cpu, 'exception', (slot) => ((finding.threadSlots >>> slot) & 1) === 0);
      thread.dr7Off = true;
  }
}

/** Callbacks, with the registers as the rules want them meanwhile. */
function tellAll(kernel: Kernel, cpu: number, { told, kwatchSlot }: Finding): void {
  const registers = cpuOf(kernel, cpu);
  const { half } = kernel.state;
  const { dr7 } = registers;
  const { callbacks } = kernel.setup.rules.trap;
  const busy = half.kwatchBusy;
  if (callbacks === 'registers-off') moveToDr(registers, 7, DR7_OFF, 0);
  if (callbacks === 'once-at-a-time' && kwatchSlot !== -1) half.kwatchBusy |= 1 << kwatchSlot;
  for (const one of told) tell(kernel, cpu, one);
  half.kwatchBusy = busy;
  if (callbacks === 'registers-off') moveToDr(registers, 7, dr7 >>> 0, 0);
}

function tell(kernel: Kernel, cpu: number, told: Told): void {
  const { thread: tid } = cpuOf(kernel, cpu);
  kernel.emit({ type: 'triggered', cpu, tid, told });
  const { triggered } = kernel.script;
  if (triggered === null) return;
  const broker = ownBroker(kernel.state.half);
  broker.inCallback = true;
  try {
    triggered(told, tid);
  } finally {
    broker.inCallback = false;
  }
}
