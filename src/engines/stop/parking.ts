// Has threads stand for a moment that nobody is told of, and lets them go on as if nothing had been.
import { ptraceInterrupt } from '../../linux/ptrace.js';
import { ptraceContinue } from '../../linux/ptrace-control.js';
import { listen } from '../../linux/ptrace-state.js';
import type { ThreadSteps } from './thread-steps.js';
import type { Tracee, TraceeTable } from './tracee.js';
import { unlessGone } from './unless-gone.js';

export interface ParkingParts {
  readonly table: TraceeTable;
  readonly steps: ThreadSteps;
  /** Takes in what has happened; waits a little where nothing has. */
  takeOne(): void;
  /** Whether this thread has ended, though that is not reported. */
  hasEnded(tracee: Tracee): boolean;
}

/** ms that a thread may take to stop: one that waits for a disk takes its time. */
const PARK_PATIENCE = 1000;

export class Parking {
  readonly #parts: ParkingParts;

  constructor(parts: ParkingParts) {
    this.#parts = parts;
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
      for (const tracee of chosen) if (this.#isThere(tracee)) unlessGone(() => this.goOn(tracee));
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
    return parking && parked === null && standing === null && !inVfork && this.#isThere(tracee) && !this.#parts.hasEnded(tracee);
  }

  /** A parked thread goes on as it would have. */
  goOn(tracee: Tracee): void {
    const { tid, parked } = tracee;
    tracee.parked = null;
    if (parked === null) return;
    if (parked.replan !== null) this.#parts.steps.beginAtSignal(tracee, parked.replan);
    else if (parked.at === 'group') listen(tid);
    else ptraceContinue(tid, parked.passing);
  }
}
