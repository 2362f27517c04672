// Lets all threads go that are wanted to run and have nothing to tell.
import type { DueReports } from './due-reports.js';
import type { Motion } from './motion.js';
import { refusalOf } from './refusals.js';
import type { Thread } from './threads.js';

export interface DepartureParts {
  readonly motion: Motion;
  readonly due: DueReports;
  /** A step could not be made, after gdb had been told that all go. */
  refused(thread: Thread, why: string): void;
  failed(error: unknown): void;
}

export class Departures {
  readonly #parts: DepartureParts;

  constructor(parts: DepartureParts) {
    this.#parts = parts;
  }

  /** Steps come first: one that has no slot has to be refused before others have moved. Throws RefusedError: nobody goes then. */
  async begin(): Promise<void> {
    const { motion, due } = this.#parts;
    const ready = due.ready();
    for (const thread of ready.filter(isToStep)) {
      try {
        await motion.step(thread);
      } catch (error) {
        for (const other of ready) other.action = null;
        throw refusalOf(error);
      }
    }
    await motion.continue(due.ready());
  }

  /** Threads that stand for nothing go on. */
  goOn(): void {
    const { motion, due, refused, failed } = this.#parts;
    for (const thread of due.ready().filter(isToStep))
      void motion.step(thread).catch((error: unknown) => refused(thread, refusalOf(error).message));
    const ready = due.ready();
    if (ready.length > 0) void motion.continue(ready).catch(failed);
  }
}

function isToStep({ action }: Thread): boolean {
  return action?.kind === 'step';
}
