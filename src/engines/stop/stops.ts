// What is done when a traced thread stops or ends: looks at it, tells, and lets it go on or stand.
//
//   status & 0x7f == 0x7f: stopped; signal = status >> 8 & 0xff; event = status >> 16
//     event 0             a signal is about to be delivered: ours is swallowed, others are passed on unless the policy names them
//     FORK, VFORK, CLONE  it has made another, which begins in a stop of its own; either stop may be reported first
//     EXEC                its process runs another program; it has the process's id now, and the other threads are gone
//     STOP                with SIGTRAP: asked for, or it has just begun; else the process is stopped (SIGSTOP and its like)

import { threadName } from '../../linux/procfs/process.js';
import { threadState } from '../../linux/procfs/thread-state.js';
import { PTRACE_EVENT, ptraceInterrupt } from '../../linux/ptrace.js';
import { ptraceContinue } from '../../linux/ptrace-control.js';
import { listen, readEventMessage, readRegisters, SignalInfo } from '../../linux/ptrace-state.js';
import { signalThread } from '../../linux/tracees.js';
import { decodeWaitStatus } from '../../linux/wait.js';
import type { EngineTarget } from '../contract.js';
import { type ProcessEnd, STOP_ONLY_AT_HITS, type StopCause, type StopPolicy, type ThreadStop, USER_REGISTER_WORDS } from '../control.js';
import type { Arming } from './arming.js';
import { Births } from './births.js';
import type { BreakpointMaker } from './breakpoints.js';
import { Parking } from './parking.js';
import type { Pieces } from './pieces.js';
import { isGone, now, type Recorder } from './recorder.js';
import type { ReportWriter } from './report-writer.js';
import { birthOf, SIGTRAP, type PtraceStop as Stop, standingAt } from './stop-kinds.js';
import type { ThreadSteps } from './thread-steps.js';
import type { Standing, TracedProcess, Tracee, TraceeTable } from './tracee.js';
import { unlessGone } from './unless-gone.js';

export interface StopsParts {
  readonly target: EngineTarget;
  readonly table: TraceeTable;
  readonly arming: Arming;
  readonly pieces: Pieces;
  readonly maker: BreakpointMaker;
  readonly steps: ThreadSteps;
  readonly recorder: Recorder;
  readonly reports: ReportWriter;
  /** Takes in what has happened; waits a little where nothing has. */
  takeOne(): void;
}

/** si_code of a SIGTRAP that a step ends with: TRAP_BRKPT and TRAP_TRACE, and SIGTRAP itself from ptrace_notify. */
const NOTICES = new Set([1, 2, SIGTRAP]);
const INFO_CODE = 2;
/** A stop that a signal has no part in. */
const AT_EVENT = { at: 'event', canDeliver: false, isInCall: false, passing: 0 } as const;

export class Stops {
  readonly #parts: StopsParts;
  readonly #info = new SignalInfo();
  readonly #registers = new BigUint64Array(USER_REGISTER_WORDS);
  readonly #registerWords = new Uint32Array(this.#registers.buffer);
  policy: StopPolicy = STOP_ONLY_AT_HITS;
  /** How processes have ended, by id. */
  readonly ends = new Map<number, ProcessEnd['end']>();
  /** Processes all of whose threads are to stand before that is told. */
  readonly #gathering = new Set<TracedProcess>();
  readonly #births: Births;
  readonly parking: Parking;

  constructor(parts: StopsParts) {
    this.#parts = parts;
    const { target, table, arming, reports, steps } = parts;
    this.#births = new Births({
      ...{ target, table, arming, reports },
      policy: () => this.policy,
      stand: (tracee, cause) => this.#stand(tracee, cause, AT_EVENT),
    });
    this.parking = new Parking({ table, steps, takeOne: () => parts.takeOne(), hasEnded: (tracee) => this.#noticeEnd(tracee) });
  }

  /** Takes in what wait4 has reported of thread `tid`. */
  handle(tid: number, raw: number): void {
    try {
      const status = decodeWaitStatus(raw);
      const tracee = this.#parts.table.get(tid);
      if (status.kind === 'stopped' && tracee !== undefined) this.#stopped(tracee, status);
      else if (status.kind === 'stopped') this.#births.met(tid);
      else if (tracee !== undefined && (status.kind === 'exited' || status.kind === 'killed')) this.end(tracee, status);
      else {
        this.#births.forget(tid);
        // Started here, and let go of since: still our child.
        if (tid === this.#parts.target.pid && (status.kind === 'exited' || status.kind === 'killed')) this.ends.set(tid, status);
      }
    } catch (error) {
      // Killed where it stood: its end is reported next.
      if (!isGone(error)) throw error;
    }
  }

  #stopped(tracee: Tracee, stop: Stop): void {
    tracee.inVfork = false;
    if (stop.event === PTRACE_EVENT.EXEC) {
      this.#executed(tracee);
      return;
    }
    if (stop.event !== 0 && birthOf(stop.event) === null && this.#parts.maker.owes(tracee)) {
      this.#takeSignalFirst(tracee, stop);
      return;
    }
    const hits = tracee.pieces.length === 0 ? [] : this.#parts.recorder.look(tracee);
    const isNotice = this.#isNotice(tracee, stop);
    const passing = isNotice ? 0 : this.#passing(tracee, stop);
    this.#parts.arming.sweep(tracee);
    const step = this.#parts.steps.has(tracee.tid) ? this.#parts.steps.stopped(tracee.tid, passing, isNotice) : 'not-yet';
    // The step's own signal is still on its way where another came first.
    if (step === 'done' && (passing !== 0 || stop.event !== 0)) tracee.owesSignal = true;
    const cause = this.#cause(tracee, stop, { hits, passing, isStep: step === 'done' });
    const at = isNotice ? 'event' : standingAt(stop);
    if (cause === null) {
      tracee.parked = { at, passing, replan: typeof step === 'object' ? step.replan : null };
      if (!tracee.parking) this.parking.goOn(tracee);
    } else {
      const isInCall = birthOf(stop.event) !== null;
      this.#stand(tracee, cause, { at, canDeliver: at === 'signal', isInCall, passing: cause.kind === 'signal' ? 0 : passing });
    }
  }

  /** What it was to stop for is not forgotten, but for a stop of the whole process, into which it must be told to go back. */
  #takeSignalFirst({ tid }: Tracee, stop: Stop): void {
    ptraceContinue(tid, 0);
    if (standingAt(stop) === 'group') ptraceInterrupt(tid);
  }

  /** The kernel's own word that a signal's handler is about to begin (ptrace_notify); only a step asks for it. */
  #isNotice({ tid }: Tracee, { signal, event }: Stop): boolean {
    if (event !== 0 || signal !== SIGTRAP || !this.#parts.steps.has(tid)) return false;
    return this.#info.read(tid) && NOTICES.has(this.#info.words[INFO_CODE] ?? 0);
  }

  /** The signal that the thread is to get; 0 where there is none, or it was ours. */
  #passing(tracee: Tracee, { signal, event }: Stop): number {
    if (event !== 0) return 0;
    return signal === tracee.signal && this.#isOurs(tracee) ? 0 : signal;
  }

  #isOurs(tracee: Tracee): boolean {
    if (!this.#info.read(tracee.tid)) return false;
    const isOwn = this.#parts.maker.isOwn(this.#info.words, tracee);
    if (isOwn) tracee.owesSignal = false;
    return isOwn;
  }

  #cause(
    tracee: Tracee,
    stop: Stop,
    { hits, passing, isStep }: { readonly hits: readonly number[]; readonly passing: number; readonly isStep: boolean },
  ): StopCause | null {
    const birth = birthOf(stop.event);
    const told = birth === null ? null : this.#births.born(tracee, birth);
    if (hits.length > 0) return { kind: 'hit', cookies: hits };
    if (isStep) return { kind: 'step' };
    if (told !== null) return told;
    if (stop.event === 0 && passing !== 0 && this.policy.signals.has(passing)) return { kind: 'signal', signal: passing };
    if (!tracee.asked && tracee.process.gathering === null) return null;
    return stop.event === PTRACE_EVENT.STOP && stop.signal !== SIGTRAP
      ? { kind: 'group-stop', signal: stop.signal }
      : { kind: 'interrupted' };
  }

  #executed(tracee: Tracee): void {
    const { table, reports, arming, pieces } = this.#parts;
    const { process, tid } = tracee;
    const former = readEventMessage(tid);
    for (const other of [...process.threads.values()]) {
      arming.closeAll(other);
      if (other.tid === tid) continue;
      table.remove(other);
      if (other.tid !== former) reports.ended(process.pid, other.tid, now());
    }
    pieces.forgetProcess(process.pid);
    this.#parts.recorder.stores.forget();
    this.#parts.steps.cancel(former);
    tracee.owesSignal = false;
    this.#births.letOrphansGo(process.pid);
    reports.executed(process.pid, threadName(process.pid, tid) ?? '', now());
    const isWanted = this.policy.execs || tracee.asked || process.gathering !== null;
    if (isWanted) this.#stand(tracee, { kind: 'exec' }, AT_EVENT);
    else ptraceContinue(tid, 0);
  }

  /** The thread has ended: it has been reaped. */
  end(tracee: Tracee, end: ProcessEnd['end']): void {
    const { table, arming, reports } = this.#parts;
    const { process, tid } = tracee;
    this.#lastLook(tracee);
    arming.closeAll(tracee);
    this.#parts.steps.cancel(tid);
    table.remove(tracee);
    if (!tracee.hasEnded) reports.ended(process.pid, tid, now());
    if (process.threads.size === 0) this.#gathering.delete(process);
    if (tid === process.pid) {
      this.ends.set(process.pid, end);
      reports.processEnded({ pid: process.pid, end }, now());
    }
    if (process.threads.size === 0) this.#births.letOrphansGo(process.pid);
    this.#tellGathered(process);
  }

  /** What a thread has met while it blocked our signal, or on its last way through the kernel: it has not stopped for that. */
  #lastLook(tracee: Tracee): void {
    if (tracee.pieces.length > 0) unlessGone(() => this.#parts.recorder.look(tracee));
  }

  /** The thread stands from now on, until {@link resume}. */
  #stand(tracee: Tracee, cause: StopCause, how: Omit<Standing, 'stop'>): void {
    const { process, tid } = tracee;
    this.#parts.steps.cancel(tid);
    const stop = { pid: process.pid, tid, cause, time: BigInt(now()) };
    tracee.asked = false;
    tracee.standing = { stop, ...how };
    if (process.gathering !== null) process.gathering.push(stop);
    else if (this.policy.wholeProcess) this.#gather(process, stop);
    else {
      this.#tell(stop);
      return;
    }
    this.#tellGathered(process);
  }

  #tell(stop: ThreadStop): void {
    const isThere = unlessGone(() => readRegisters(stop.tid, this.#registers));
    this.#parts.reports.stopped(stop, isThere ? this.#registerWords : null);
  }

  #gather(process: TracedProcess, stop: NonNullable<Tracee['standing']>['stop']): void {
    process.gathering = [stop];
    this.#gathering.add(process);
    for (const other of process.threads.values()) this.ask(other);
  }

  #tellGathered(process: TracedProcess): void {
    const { gathering, threads } = process;
    if (gathering === null) return;
    for (const { standing, inVfork, held, hasEnded } of threads.values()) if (standing === null && !inVfork && !held && !hasEnded) return;
    process.gathering = null;
    this.#gathering.delete(process);
    for (const stop of gathering) if (threads.has(stop.tid)) this.#tell(stop);
  }

  /** Whether a first thread has ended whose end is not reported. */
  #noticeEnd(tracee: Tracee): boolean {
    const { tid, process } = tracee;
    if (tracee.hasEnded || tid !== process.pid || threadState(tid, tid) !== 'Z') return tracee.hasEnded;
    tracee.hasEnded = true;
    this.#parts.reports.ended(tid, tid, now());
    return true;
  }

  /** Looks whether a process that is to stand waits for a first thread that has ended; true while it may be so, and nothing will be reported of it. */
  awaitsFirstThread(): boolean {
    let awaits = false;
    for (const process of this.#gathering) {
      const first = process.threads.get(process.pid);
      if (first === undefined || first.standing !== null || first.hasEnded) continue;
      if (this.#noticeEnd(first)) this.#tellGathered(process);
      else awaits = true;
    }
    return awaits;
  }

  /** Has a running thread stop. */
  ask(tracee: Tracee): void {
    if (tracee.standing !== null || tracee.asked || tracee.hasEnded) return;
    tracee.asked = true;
    if (tracee.held) return;
    unlessGone(() => ptraceInterrupt(tracee.tid));
  }

  /** Lets a thread go that has been held since its exec: it runs, or stands for all to see. */
  release(tracee: Tracee): void {
    tracee.held = false;
    if (tracee.asked) this.#stand(tracee, { kind: 'exec' }, AT_EVENT);
    else ptraceContinue(tracee.tid, 0);
  }

  /** Lets a standing thread go on, with `signal` (0: none) and what it would have got anyway. */
  resume(tracee: Tracee, signal: number): void {
    const { standing, tid, process } = tracee;
    if (standing === null) return;
    tracee.standing = null;
    const { at, passing } = standing;
    const taken = at === 'signal' ? signal || passing : 0;
    try {
      // What the stop cannot take along comes as a signal of its own.
      for (const one of [signal, passing]) if (one !== 0 && one !== taken) signalThread(process.pid, tid, one);
      if (at === 'group') listen(tid);
      else ptraceContinue(tid, taken);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}
