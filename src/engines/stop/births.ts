// Threads and processes that traced threads make: each stands before its first instruction, is armed as its parent is, or let go of.
import { processStatus } from '../../linux/procfs/process.js';
import { ptraceDetach } from '../../linux/ptrace.js';
import { ptraceContinue } from '../../linux/ptrace-control.js';
import { readEventMessage } from '../../linux/ptrace-state.js';
import { waitForChild } from '../../linux/wait.js';
import type { EngineTarget } from '../contract.js';
import type { StopCause, StopPolicy } from '../control.js';
import type { Arming } from './arming.js';
import { now } from './recorder.js';
import type { ReportWriter } from './report-writer.js';
import type { Birth } from './stop-kinds.js';
import type { Tracee, TraceeTable } from './tracee.js';

export interface BirthsParts {
  readonly target: EngineTarget;
  readonly table: TraceeTable;
  readonly arming: Arming;
  readonly reports: ReportWriter;
  policy(): StopPolicy;
  /** The new thread stands from now on, for all to see. */
  stand(tracee: Tracee, cause: StopCause): void;
}

export class Births {
  readonly #parts: BirthsParts;
  /** New threads that stand and whose parent's stop is not reported yet. */
  readonly #early = new Set<number>();

  constructor(parts: BirthsParts) {
    this.#parts = parts;
  }

  /** Thread `tid`, whom nobody knows yet, stands. */
  met(tid: number): void {
    this.#early.add(tid);
  }

  /** Thread `tid`, whom nobody knows, has ended. */
  forget(tid: number): void {
    this.#early.delete(tid);
  }

  /** A thread has made another. Returns why it is to stand for that. */
  born(parent: Tracee, birth: Birth): StopCause | null {
    const policy = this.#parts.policy();
    const child = readEventMessage(parent.tid);
    if (birth === 'vfork') parent.inVfork = true;
    // It is traced already and stops before its first instruction. Now, because its parent may end before anybody looks again.
    if (this.#early.delete(child) || waitForChild(child).kind === 'stopped') this.#adopt(child, parent, birth);
    const tells = birth === 'clone' ? policy.clones : policy.forks;
    return tells ? { kind: birth, child } : null;
  }

  /** A new thread stands before its first instruction: arms it as its parent is, or lets go of it. */
  #adopt(tid: number, parent: Tracee, birth: Birth): void {
    const { table, reports, arming } = this.#parts;
    const policy = this.#parts.policy();
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
    const tells = how === 'thread' ? policy.clones : policy.forks;
    if (tells) this.#parts.stand(tracee, { kind: 'born' });
    else if (tracee.process.gathering !== null) this.#parts.stand(tracee, { kind: 'interrupted' });
    else ptraceContinue(tid, 0);
  }

  #follows(parent: Tracee, how: 'thread' | 'child'): boolean {
    const { inherit, tid } = this.#parts.target;
    if (how === 'thread') return tid === null || inherit !== 'none';
    return inherit === 'children' || parent.pieces.some(({ piece }) => piece.order.inherit === 'children');
  }

  /**
   * Processes whose parent was killed at their birth, before it could be told: nobody knows what they are to have. Children of `pid`, whose threads
   * but one are gone, and of processes that are gone altogether.
   */
  letOrphansGo(pid: number): void {
    for (const tid of this.#early) {
      const status = processStatus(tid);
      if (status === null || status.tgid !== tid) continue;
      if (status.parent !== pid && this.#parts.table.process(status.parent) !== undefined) continue;
      this.#early.delete(tid);
      this.#parts.reports.started({ pid: tid, tid }, { pid, tid: pid }, now());
      ptraceDetach(tid, 0);
    }
  }
}
