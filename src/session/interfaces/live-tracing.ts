// Tracing of real threads, as the interfaces see it: who traces whom, and how a traced thread goes on.
import type { Control } from '../../engines/control.js';
import { STOP_ONLY_AT_HITS } from '../../engines/control.js';
import { ControlError } from '../../engines/errors.js';
import type { Errno } from '../../facility/index.js';
import type { Tracing } from '../../interfaces/host.js';
import type { LiveThread } from './live-thread.js';
import { NAMED_SIGNALS, signalNumber } from './signal-words.js';

/** Indices in struct user_regs_struct. */
export const RIP = 16;
const EFLAGS = 18;
const RF = 0x1_0000n;

/** What tracing needs of the kernel around it. */
export interface Traced {
  readonly control: Control;
  readonly threads: ReadonlyMap<number, LiveThread>;
  /** How a step is made: by a breakpoint, which takes a slot, or by the trap flag (contract of engines: control.ts). */
  readonly stepBy: 'breakpoint' | 'trap-flag';
  /** The thread goes on from its stop: its registers are loaded, and what its report showed is reported. */
  goesOn(thread: LiveThread, stepping: boolean): void;
}

/** Tracing of the target's threads. Callers have looked whether they may (host.ts: checkTraced). */
export function liveTracing(traced: Traced): Tracing {
  const { threads } = traced;
  return {
    tracerOf: (tid) => threads.get(tid)?.tracer ?? -1,
    isStopped: (tid) => (threads.get(tid)?.stop ?? null) !== null,
    stopOf: (tid) => threads.get(tid)?.stop ?? null,
    attach: (tracer, tid) => attach(traced, tracer, tid),
    interrupt: (tid) => interrupt(traced, tid),
    detach: (tid, signal) => detach(traced, tid, signal),
    resume: (tid, how, signal) => resume(traced, tid, how, signal),
    setOptions: (tid, options) => {
      const thread = threads.get(tid);
      if (thread !== undefined) thread.options = options;
      applyPolicy(traced);
    },
    eventMessage: (tid) => threads.get(tid)?.eventMessage ?? 0,
    setRf: (tid, rf) => setRf(traced.control, tid, rf),
  };
}

/** What has to stop threads now: for tracers all signals and what they asked for, for those that swallow signals these. */
export function applyPolicy({ control, threads }: Traced): void {
  const all = [...threads.values()];
  const traced = all.filter(({ tracer }) => tracer !== -1);
  const options = new Set(traced.flatMap((thread) => thread.options));
  const swallowed = all.flatMap((thread) => [...thread.swallowed].map(signalNumber));
  control.setPolicy({
    ...STOP_ONLY_AT_HITS,
    signals: new Set([...(traced.length > 0 ? NAMED_SIGNALS : []), ...swallowed]),
    clones: options.has('clone'),
    forks: options.has('fork') || options.has('vfork'),
    execs: traced.length > 0,
  });
}

/** Lets a thread go on that nobody traces, or whose stop is nobody's business. */
export function letGo({ control }: Pick<Traced, 'control'>, { tid }: LiveThread, signal: number): void {
  control.resume([tid], signal);
}

/** Whether the saved flags are to say that the next instruction's breakpoint is passed over. */
function setRf(control: Control, tid: number, rf: boolean): void {
  const registers = control.registers(tid);
  const flags = registers[EFLAGS] ?? 0n;
  const wanted = rf ? flags | RF : flags & ~RF;
  if (wanted === flags) return;
  registers[EFLAGS] = wanted;
  control.setRegisters(tid, registers);
}

function attach(traced: Traced, tracer: number, tid: number): Errno | null {
  const thread = traced.threads.get(tid);
  if (thread === undefined) return 'ESRCH';
  if (thread.tracer !== -1) return 'EPERM';
  thread.tracer = tracer;
  applyPolicy(traced);
  interrupt(traced, tid);
  return null;
}

function interrupt({ control, threads }: Traced, tid: number): void {
  const thread = threads.get(tid);
  if (thread === undefined || thread.stop !== null) return;
  thread.wantsStop = true;
  control.stop([tid]);
}

function detach(traced: Traced, tid: number, signal: string | null): void {
  const thread = traced.threads.get(tid);
  if (thread === undefined) return;
  thread.tracer = -1;
  thread.options = [];
  applyPolicy(traced);
  resume(traced, tid, 'cont', signal);
}

function resume(traced: Traced, tid: number, how: 'cont' | 'step', signal: string | null): void {
  const thread = traced.threads.get(tid);
  if (thread === undefined) return;
  thread.stop = null;
  unlessGone(() => {
    traced.goesOn(thread, how === 'step');
    if (thread.meetsAgain) setRf(traced.control, tid, false);
    thread.meetsAgain = false;
    if (how === 'step') step(traced, thread, signalNumber(signal));
    else letGo(traced, thread, signalNumber(signal));
  });
}

/** A thread that stands may be killed at any moment: whoever steers it then is told of its end, and of no error. */
export function unlessGone(steer: () => void): void {
  try {
    steer();
  } catch (error) {
    if (!(error instanceof ControlError) || error.failure !== 'no-such-thread') throw error;
  }
}

function step({ control, stepBy }: Traced, thread: LiveThread, signal: number): void {
  thread.stepFrom = control.registers(thread.tid)[RIP] ?? 0n;
  control.step(thread.tid, { signal, by: stepBy });
}
