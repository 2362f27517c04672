// How the watched process ended: looked for now and then, and taken from whoever knows.
import type { Ending, Lifecycle } from '../engines/host/lifecycle.js';
import { outlivesItsLeader } from './process-state.js';

/** How often (ms) it is looked whether the process has ended, where no record says so. */
const INTERVAL = 50;

export class EndingLook {
  readonly #pid: number | null;
  readonly #lifecycle: Lifecycle;
  #last = 0;
  #ending: Ending | null = null;

  /** `pid` null: the kernel, which does not end. */
  constructor(pid: number | null, lifecycle: Lifecycle) {
    this.#pid = pid;
    this.#lifecycle = lifecycle;
  }

  /** How it ended, once that is known; null before. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Its tracer was told. */
  told(ending: Ending): void {
    this.#ending ??= ending;
  }

  /** Looks now. */
  poll(): Ending | null {
    if (this.#ending !== null || this.#lifecycle.held) return this.#ending;
    const ending = this.#lifecycle.poll();
    if (ending?.kind !== 'gone' || this.#pid === null || !outlivesItsLeader(this.#pid)) this.#ending = ending;
    return this.#ending;
  }

  /** Looks if the last look was long ago, or at once where `hasThreads` says that none is known to be left. `now` in ms. */
  look(now: number, hasThreads: boolean): void {
    if (hasThreads && now - this.#last < INTERVAL) return;
    this.#last = now;
    this.poll();
  }
}
