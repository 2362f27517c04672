// The thread that traces: carries out what the session asks, and puts its parts together.

import type { HardwareEffect } from '../../facility/index.js';
import type { StoreForm } from '../../instructions/index.js';
import { PTRACE_OPTION, ptraceDetach } from '../../linux/ptrace.js';
import { ptraceSetOptions } from '../../linux/ptrace-control.js';
import { inRealTime } from '../../linux/scheduling.js';
import { signalThread, waitedStatus, waitForTracee } from '../../linux/tracees.js';
import type { Inherit } from '../../model/access.js';
import type { CapacityEvent, EngineTarget, Reconciliation } from '../contract.js';
import type { ControlledThread, ProcessEnd, StepRequest } from '../control.js';
import { pause } from '../events/open-event.js';
import type { Handling, HitCount } from '../handling.js';
import { HeldProcess } from '../host/held-process.js';
import type { StartFailure } from '../host/run-to-exec.js';
import type { StartPlan } from '../host/started-target.js';
import { Arming } from './arming.js';
import { attachAll, TRACE_OPTIONS } from './attach.js';
import type { BreakpointMaker } from './breakpoints.js';
import { TraceeMemory } from './memory.js';
import { Pieces } from './pieces.js';
import { isGone, Recorder } from './recorder.js';
import type { ReportWriter } from './report-writer.js';
import { orGone, StandingThreads } from './standing-threads.js';
import { Stops } from './stops.js';
import { ThreadSteps } from './thread-steps.js';
import { type Tracee, TraceeTable } from './tracee.js';
import type { EffectOutcome, TracerCalls } from './wire.js';

/** ms that a last hit may take to be told: its thread is on its way back from a system call. */
const DRAIN_PATIENCE = 200;
/** Stops taken in at most before an answer. */
const MOST_STOPS = 1000;
/** ms between two looks at threads that are to stop. */
const LOOK_INTERVAL = 0.2;

interface Parts {
  readonly arming: Arming;
  readonly stops: Stops;
  readonly recorder: Recorder;
  readonly steps: ThreadSteps;
}

export class Tracer implements TracerCalls {
  readonly table = new TraceeTable();
  readonly #standing = new StandingThreads(this.table);
  readonly #pieces = new Pieces();
  readonly #reports: ReportWriter;
  readonly #maker: BreakpointMaker;
  #parts: Parts | null = null;
  #held: HeldProcess | null = null;

  constructor(reports: ReportWriter, maker: BreakpointMaker) {
    this.#reports = reports;
    this.#maker = maker;
  }

  get #active(): Parts {
    if (this.#parts === null) throw new Error('attach comes first');
    return this.#parts;
  }

  attach(target: EngineTarget): void {
    this.#prepare(target);
    inRealTime(() => attachAll(target, this.table));
  }

  start({ argv, environment, surroundings }: StartPlan, inherit: Inherit): number | StartFailure {
    const held = HeldProcess.start(argv, environment, surroundings);
    if (!(held instanceof HeldProcess)) return held;
    const { pid } = held;
    ptraceSetOptions(pid, TRACE_OPTIONS | PTRACE_OPTION.TRACESYSGOOD);
    this.#prepare({ pid, tid: null, inherit });
    this.table.add(pid, pid).held = true;
    this.#held = held;
    return pid;
  }

  advance(): boolean {
    const isHeld = this.#held?.advanceOnce() ?? false;
    const tracee = this.#held === null ? undefined : this.table.get(this.#held.pid);
    // What it has hit on its way is told here, as nobody has stopped it there.
    if (isHeld && tracee !== undefined) this.#active.recorder.look(tracee);
    return isHeld;
  }

  release(): void {
    if (this.#held?.letGo() !== true) return;
    const tracee = this.table.get(this.#held.pid);
    const end = this.#held.ended;
    if (tracee === undefined) return;
    if (end !== null) this.#active.stops.end(tracee, end);
    else this.#active.stops.release(tracee);
  }

  abandon(): void {
    this.#held?.abandon();
    const tracee = this.#held === null ? undefined : this.table.get(this.#held.pid);
    const end = this.#held?.ended ?? null;
    if (tracee !== undefined && end !== null) this.#active.stops.end(tracee, end);
  }

  ending(pid: number): ProcessEnd['end'] | null {
    return this.#active.stops.ends.get(pid) ?? null;
  }

  #prepare(target: EngineTarget): void {
    const { table } = this;
    const [pieces, reports, maker] = [this.#pieces, this.#reports, this.#maker];
    const arming = new Arming({ target, table, pieces, maker });
    const memory = new TraceeMemory();
    const recorder = new Recorder(reports, memory, maker);
    const steps = new ThreadSteps({ table, maker, memory });
    const stops = new Stops({ target, table, arming, pieces, maker, recorder, reports, steps, takeOne: () => this.#takeOrPause() });
    this.#parts = { arming, stops, recorder, steps };
  }

  /** Waits for one thread to stop or end, and takes that in. Returns what waitForTracee has. */
  takeOne(poll: boolean): number {
    const polls = poll || (this.#parts?.stops.awaitsFirstThread() ?? false);
    const tid = waitForTracee(polls);
    if (tid > 0) this.#parts?.stops.handle(tid, waitedStatus());
    else if (polls && !poll) pause(LOOK_INTERVAL);
    return tid;
  }

  #takeOrPause(): void {
    if (this.takeOne(true) <= 0) pause(LOOK_INTERVAL);
  }

  /** Does something to breakpoints, with threads as the maker of breakpoints needs them. */
  #change<T>(action: (arming: Arming) => T): T {
    const { arming, stops } = this.#active;
    return this.#maker.needsStanding
      ? stops.parking.whileStanding(
          () => this.table.all,
          () => action(arming),
        )
      : action(arming);
  }

  apply(effects: readonly HardwareEffect[]): readonly EffectOutcome[] {
    return this.#change((arming) => inRealTime(() => arming.apply(effects)));
  }

  forget(cookies: readonly number[]): void {
    this.#change((arming) => inRealTime(() => arming.forget(cookies)));
  }

  capacity(): CapacityEvent | null {
    return this.#active.arming.capacity();
  }

  prepare(number: number, handling: Handling): void {
    this.#pieces.prepare(number, handling);
  }

  learnStore(ipLo: number, ipHi: number, form: StoreForm): void {
    this.#active.recorder.stores.learn(ipLo, ipHi, form);
  }

  forgetStores(): void {
    this.#active.recorder.stores.forget();
  }

  counts(): readonly HitCount[] {
    return [];
  }

  pause(cookies: readonly number[], paused: boolean): void {
    this.#change((arming) => arming.pause(cookies, paused));
  }

  settle(final: boolean): void {
    const deadline = performance.now() + DRAIN_PATIENCE;
    for (let taken = 0; taken < MOST_STOPS; ) {
      if (this.takeOne(true) > 0) taken++;
      else if (!final || !this.#active.arming.isDraining || performance.now() > deadline) return;
    }
  }

  oldestAhead(): number {
    return this.#maker.oldestAhead?.() ?? Number.POSITIVE_INFINITY;
  }

  reconcile(): Reconciliation {
    const { counted, filtered } = this.#active.arming;
    const delivered = this.#reports.delivered + this.#active.recorder.filtered + filtered;
    return { counted, delivered, duplicates: 0, missing: Math.max(0, counted - delivered) };
  }

  setPolicy(policy: Parameters<TracerCalls['setPolicy']>[0]): void {
    this.#active.stops.policy = policy;
  }

  threads(): readonly ControlledThread[] {
    const present = [...this.table.all].filter(({ hasEnded }) => !hasEnded);
    return present.map(({ tid, process, standing }) => ({ pid: process.pid, tid, stop: standing?.stop ?? null }));
  }

  stop(tids: readonly number[]): void {
    for (const tid of tids) {
      const tracee = this.table.get(tid);
      if (tracee !== undefined) this.#active.stops.ask(tracee);
    }
  }

  resume(tids: readonly number[], signal: number): void {
    for (const tid of tids) {
      const tracee = this.table.get(tid);
      if (tracee !== undefined) this.#active.stops.resume(tracee, signal);
    }
  }

  step(tid: number, request: StepRequest): void {
    const tracee = this.#standing.get(tid);
    orGone(tid, () => this.#active.steps.begin(tracee, request));
  }

  /** Whether a call can be carried out; else {@link load} comes first. */
  isReadyFor(name: keyof TracerCalls): boolean {
    return name !== 'step' || this.#active.steps.isLoaded;
  }

  load(): Promise<void> {
    return this.#active.steps.load();
  }

  registers(tid: number): BigUint64Array {
    return this.#standing.registers(tid);
  }

  setRegisters(tid: number, registers: BigUint64Array): void {
    this.#standing.setRegisters(tid, registers);
  }

  extendedState(tid: number): Uint8Array {
    return this.#standing.extendedState(tid);
  }

  setExtendedState(tid: number, state: Uint8Array): void {
    this.#standing.setExtendedState(tid, state);
  }

  signalInfo(tid: number): Uint8Array | null {
    return this.#standing.signalInfo(tid);
  }

  setSignalInfo(tid: number, info: Uint8Array): void {
    this.#standing.setSignalInfo(tid, info);
  }

  detach(pid: number, signal: number): void {
    this.#letGoOf(() => this.table.process(pid)?.threads.values() ?? [], signal);
  }

  #letGoOf(threads: () => Iterable<Tracee>, signal: number): void {
    this.#active.stops.parking.whileStanding(threads, (standing) => {
      for (const tracee of standing) this.#letGo(tracee, signal);
    });
  }

  #letGo(tracee: Tracee, signal: number): void {
    const { arming, steps } = this.#active;
    const { tid, process, standing, parked } = tracee;
    steps.cancel(tid);
    arming.closeAll(tracee);
    this.table.remove(tracee);
    if (tracee.held) this.#held?.letGo();
    const { at, passing } = standing ?? parked ?? { at: 'event', passing: 0 };
    // Only who was stopped for all to see gets it.
    const wanted = standing === null ? 0 : signal;
    const taken = at === 'signal' ? wanted || passing : 0;
    try {
      for (const one of [wanted, passing]) if (one !== 0 && one !== taken) signalThread(process.pid, tid, one);
      ptraceDetach(tid, taken);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  close(): void {
    if (this.#parts === null) return;
    // Those that run are let go of when this thread ends, without being stopped.
    if (this.#maker.needsStanding) this.#letGoOf(() => this.table.all, 0);
    inRealTime(() => this.#closeAll());
  }

  #closeAll(): void {
    for (const tracee of [...this.table.all]) {
      if (tracee.standing === null) this.#active.arming.closeAll(tracee);
      else this.#letGo(tracee, 0);
    }
  }
}
