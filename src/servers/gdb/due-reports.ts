// What gdb is told next of the threads that it knows, and who may run because there is nothing to tell.
import type { Points } from './points.js';
import type { Settings } from './settings.js';
import { type StopReason, stillHolds } from './stop-reasons.js';
import type { Report } from './stop-reply.js';
import type { Thread, Threads } from './threads.js';

export interface DueParts {
  readonly settings: Settings;
  readonly points: Points;
  readonly threads: Threads;
}

export class DueReports {
  readonly #parts: DueParts;
  readonly #known: () => readonly Thread[];

  constructor(parts: DueParts, known: () => readonly Thread[]) {
    this.#parts = parts;
    this.#known = known;
  }

  /**
   * What is told next. What is not true at the moment waits as long as its thread stands: gdb takes a breakpoint away while it steps one of several
   * threads over it, and sets it again. In all-stop mode gdb expects nothing (and ends by an internal error) of threads that it has not let go.
   */
  next(): Report | null {
    const { settings, points } = this.#parts;
    for (const thread of this.#known()) {
      const reason = thread.reasons.find((candidate) => stillHolds(candidate, points));
      const isDue = settings.nonStop ? !thread.isTold : thread.isLetGo;
      if (reason !== undefined && thread.stop !== null && isDue) return { thread, reason };
    }
    return null;
  }

  /** It is told now. */
  take({ thread, reason }: Report): StopReason {
    thread.reasons.splice(thread.reasons.indexOf(reason), 1);
    return reason;
  }

  /** Those that stand, have nothing to tell and are wanted to run: what was not true any more is forgotten. */
  ready(): Thread[] {
    const { threads, points } = this.#parts;
    const ready = [...threads].filter(
      ({ stop, action, reasons }) => stop !== null && action !== null && !reasons.some((reason) => stillHolds(reason, points)),
    );
    for (const { reasons } of ready) reasons.length = 0;
    return ready;
  }
}
