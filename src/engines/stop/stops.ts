// What is done when a traced thread stops or ends: looks at it, tells, and lets it go on or stand.
//
//   status & 0x7f == 0x7f: stopped; signal = status >> 8 & 0xff; event = status >> 16
//     event 0             a signal is about to be delivered: ours is swallowed, others are passed on unless the policy names them
//     FORK, VFORK, CLONE  it has made another, which begins in a stop of its own; either stop may be reported first
//     EXEC                its process runs another program; it has the process's id now, and the other threads are gone
//     STOP                with SIGTRAP: asked for, or it has just begun; else the process is stopped (SIGSTOP and its like)

import { processStatus, threadName } from '../../linux/procfs/process.js';
import { threadState } from '../../linux/procfs/thread-state.js';
import { PTRACE_EVENT, ptraceDetach, ptraceInterrupt } from '../../linux/ptrace.js';
import { ptraceContinue } from '../../linux/ptrace-control.js';
import { listen, readEventMessage, SignalInfo } from '../../linux/ptrace-state.js';
import { signalThread } from '../../linux/tracees.js';
import { decodeWaitStatus, waitForChild } from '../../linux/wait.js';
import type { EngineTarget } from '../contract.js';
import { type ProcessEnd, STOP_ONLY_AT_HITS, type StopCause, type StopPolicy } from '../control.js';
import type { Arming } from './arming.js';
import type { BreakpointMaker } from './breakpoints.js';
import type { Pieces } from './pieces.js';
import { isGone, now, type Recorder } from './recorder.js';
import type { ReportWriter } from './report-writer.js';
import { type Birth, birthOf, SIGTRAP, type PtraceStop as Stop, standingAt } from './stop-kinds.js';
import type { ThreadSteps } from './thread-steps.js';
import type { Standing, TracedProcess, Tracee, TraceeTable } from './tracee.js';

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

/** ms that a thread may take to stop: one that waits for a disk takes its time. */
const PARK_PATIENCE = 1000;

/** si_code of a SIGTRAP that a step ends with: TRAP_BRKPT and TRAP_TRACE, and SIGTRAP itself from ptrace_notify. */
const NOTICES = new Set([1, 2, SIGTRAP]);
const INFO_CODE = 2;
/** A stop that a signal has no part in. */
const AT_EVENT = { at: 'event', canDeliver: false, isInCall: false, passing: 0 } as const;

export class Stops {
  readonly #parts: StopsParts;
  readonly #info = new SignalInfo();
  policy: StopPolicy = STOP_ONLY_AT_HITS;
  /** How processes have ended, by id. */
  readonly ends = new Map<number, ProcessEnd['end']>();
  /** Processes all of whose threads are to stand before that is told. */
  readonly #gathering = new Set<TracedProcess>();
  /** New threads that stand and whose parent's stop is not reported yet. */
  readonly #early = new Set<number>();

  constructor(parts: StopsParts) {
    this.#parts = parts;
  }

  /** Takes in what wait4 has reported of thread `tid`. */
  handle(tid: number, raw: number): void {
    try {
      const status = decodeWaitStatus(raw);
      const tracee = this.#parts.table.get(tid);
      if (status.kind === 'stopped' && tracee !== undefined) this.#stopped(tracee, status);
      else if (status.kind === 'stopped') this.#early.add(tid);
      else if (tracee !== undefined && (status.kind === 'exited' || status.kind === 'killed')) this.end(tracee, status);
      else this.#early.delete(tid);
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
      if (!tracee.parking) this.#goOn(tracee);
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
    const told = birth === null ? null : this.#born(tracee, birth);
    if (hits.length > 0) return { kind: 'hit', cookies: hits };
    if (isStep) return { kind: 'step' };
    if (told !== null) return told;
    if (stop.event === 0 && passing !== 0 && this.policy.signals.has(passing)) return { kind: 'signal', signal: passing };
    if (!tracee.asked && tracee.process.gathering === null) return null;
    return stop.event === PTRACE_EVENT.STOP && stop.signal !== SIGTRAP
      ? { kind: 'group-stop', signal: stop.signal }
      : { kind: 'interrupted' };
  }

  #goOn(tracee: Tracee): void {
    const { tid, parked } = tracee;
    tracee.parked = null;
    if (parked === null) return;
    if (parked.replan !== null) this.#parts.steps.beginAtSignal(tracee, parked.replan);
    else if (parked.at === 'group') listen(tid);
    else ptraceContinue(tid, parked.passing);
  }

  /** Has threads stand for `action`, and lets them go on as if nothing had been. Those that do not stop in time are left out. */
  whileStanding<T>(tracees: () => Iterable<Tracee>, action: (standing: readonly Tracee[]) => T): T {
    const chosen = new Set<Tracee>();
    const deadline = performance.now() + PARK_PATIENCE;
    // Those that are born meanwhile are among them.
    while (this.#parkNew(tracees(), chosen) && performance.now() < deadline) this.#parts.takeOne();
    for (const tracee of chosen) tracee.parking = false;
    try {
      return action(
        [...chosen].filter((tracee) => this.#isThere(tracee) && (tracee.standing !== null || tracee.held || tracee.parked !== null)),
      );
    } finally {
      for (const tracee of chosen) if (this.#isThere(tracee)) unlessGone(() => this.#goOn(tracee));
    }
  }

  /** Parks those that are not yet; false when all stand. */
  #parkNew(tracees: Iterable<Tracee>, chosen: Set<Tracee>): boolean {
    let isAwaited = false;
    for (const tracee of tracees) {
      if (!chosen.has(tracee)) this.#park(tracee);
      chosen.add(tracee);
      isAwaited ||= this.#isAwaited(tracee);
    }
    return isAwaited;
  }

  #park(tracee: Tracee): void {
    if (tracee.standing !== null || tracee.held) return;
    tracee.parking = true;
    unlessGone(() => ptraceInterrupt(tracee.tid));
  }

  #isThere(tracee: Tracee): boolean {
    return this.#parts.table.get(tracee.tid) === tracee;
  }

  #isAwaited(tracee: Tracee): boolean {
    const { parking, parked, standing, inVfork } = tracee;
    return parking && parked === null && standing === null && !inVfork && this.#isThere(tracee) && !this.#noticeEnd(tracee);
  }

  /** A thread has made another. Returns why it is to stand for that. */
  #born(parent: Tracee, birth: Birth): StopCause | null {
    const child = readEventMessage(parent.tid);
    if (birth === 'vfork') parent.inVfork = true;
    // It is traced already and stops before its first instruction. Now, because its parent may end before anybody looks again.
    if (this.#early.delete(child) || waitForChild(child).kind === 'stopped') this.#adopt(child, parent, birth);
    const tells = birth === 'clone' ? this.policy.clones : this.policy.forks;
    return tells ? { kind: birth, child } : null;
  }

  /** A new thread stands before its first instruction: arms it as its parent is, or lets go of it. */
  #adopt(tid: number, parent: Tracee, birth: Birth): void {
    const { table, reports, arming } = this.#parts;
    const pid = birth === 'clone' ? (processStatus(tid)?.tgid ?? parent.process.pid) : tid;
    const how = pid === parent.process.pid ? 'thread' : 'child';
    reports.started({ pid, tid }, { pid: parent.process.pid, tid: parent.tid }, now());
    if (!this.#follows(parent, how)) {
      ptraceDetach(tid, 0);
      return;
    }
    const tracee = table.add(pid, tid);
    // What it does from now on, nobody may see.
    if (!arming.inherit(tracee, parent, how)) reports.lost(1, now());
    const tells = how === 'thread' ? this.policy.clones : this.policy.forks;
    if (tells) this.#stand(tracee, { kind: 'born' }, AT_EVENT);
    else if (tracee.process.gathering !== null) this.#stand(tracee, { kind: 'interrupted' }, AT_EVENT);
    else ptraceContinue(tid, 0);
  }

  #follows(parent: Tracee, how: 'thread' | 'child'): boolean {
    const { inherit, tid } = this.#parts.target;
    if (how === 'thread') return tid === null || inherit !== 'none';
    return inherit === 'children' || parent.pieces.some(({ piece }) => piece.order.inherit === 'children');
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
    this.#parts.steps.cancel(former);
    tracee.owesSignal = false;
    this.#letOrphansGo(process.pid);
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
    if (process.threads.size === 0) this.#letOrphansGo(process.pid);
    this.#tellGathered(process);
  }

  /** What a thread has met while it blocked our signal, or on its last way through the kernel: it has not stopped for that. */
  #lastLook(tracee: Tracee): void {
    if (tracee.pieces.length > 0) unlessGone(() => this.#parts.recorder.look(tracee));
  }

  /**
   * Processes whose parent was killed at their birth, before it could be told: nobody knows what they are to have. Children of `pid`, whose threads
   * but one are gone, and of processes that are gone altogether.
   */
  #letOrphansGo(pid: number): void {
    for (const tid of this.#early) {
      const status = processStatus(tid);
      if (status === null || status.tgid !== tid) continue;
      if (status.parent !== pid && this.#parts.table.process(status.parent) !== undefined) continue;
      this.#early.delete(tid);
      this.#parts.reports.started({ pid: tid, tid }, { pid, tid: pid }, now());
      ptraceDetach(tid, 0);
    }
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
      this.#parts.reports.stopped(stop);
      return;
    }
    this.#tellGathered(process);
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
    for (const stop of gathering) if (threads.has(stop.tid)) this.#parts.reports.stopped(stop);
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

/** Does something to a thread that may have been killed where it stood: its end is reported next. */
function unlessGone(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
