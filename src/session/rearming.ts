// Arms watches again after an exec: names mean other addresses in the new program, or nothing.
//
// The new program is found while it starts: names of its libraries come to mean something only once they are loaded, so a name that is not
// known is looked for again for a while.
import { HwbkptError } from '../base/errors.js';

/** How long (ns) a new program gets to load its libraries. */
const PATIENCE = 1_000_000_000;

/** What arming again takes. */
export interface RearmingHooks<W> {
  /** Looks at the program that runs now; throws where that cannot be watched. */
  reopen(): void;
  /** Looks whether libraries were loaded since the last look. */
  refresh(): boolean;
  /** Resolves and arms; throws. */
  arm(watch: W): void;
  /** `missed`: the new program may know the name, and nobody looks at what it does. */
  giveUp(watch: W, reason: string, missed: boolean): void;
}

interface Waiting {
  readonly comm: string;
  /** When to give up. */
  readonly deadline: number;
  error: unknown;
}

/** The watches that look for their names in a new program. Times in ns of CLOCK_MONOTONIC. */
export class Rearming<W> {
  readonly #hooks: RearmingHooks<W>;
  readonly #waiting = new Map<W, Waiting>();

  constructor(hooks: RearmingHooks<W>) {
    this.#hooks = hooks;
  }

  /** Whether any watch may still be armed again. */
  get isUnderWay(): boolean {
    return this.#waiting.size > 0;
  }

  /** The process runs another program, called `comm`, since just before `now`; nothing of `watches` is armed. */
  begin(watches: Iterable<W>, comm: string, now: number): void {
    const all = [...this.#waiting.keys(), ...watches];
    this.#waiting.clear();
    try {
      this.#hooks.reopen();
    } catch (error) {
      for (const watch of all) this.#hooks.giveUp(watch, reasonOf(comm, error), true);
      return;
    }
    for (const watch of all) this.#try(watch, { comm, deadline: now + PATIENCE, error: null });
  }

  /** Looks again, if anything was loaded. */
  retry(now: number): void {
    if (!this.isUnderWay) return;
    const loaded = this.#hooks.refresh();
    for (const [watch, waiting] of [...this.#waiting]) {
      if (loaded) this.#try(watch, waiting);
      if (this.#waiting.has(watch) && now > waiting.deadline) this.#giveUp(watch, waiting, false);
    }
  }

  /** Nobody wants `watch` any more. */
  drop(watch: W): void {
    this.#waiting.delete(watch);
  }

  #try(watch: W, waiting: Waiting): void {
    try {
      this.#hooks.arm(watch);
      this.#waiting.delete(watch);
    } catch (error) {
      waiting.error = error;
      if (isUnknownName(error)) this.#waiting.set(watch, waiting);
      else this.#giveUp(watch, waiting, true);
    }
  }

  /** There will be no more time to look. */
  end(): void {
    for (const [watch, waiting] of [...this.#waiting]) this.#giveUp(watch, waiting, true);
  }

  #giveUp(watch: W, { comm, error }: Waiting, missed: boolean): void {
    this.#waiting.delete(watch);
    this.#hooks.giveUp(watch, reasonOf(comm, error), missed);
  }
}

/** Why a watch ends that is not armed in the new program called `comm`. */
export function reasonOf(comm: string, error: unknown): string {
  return `the process runs another program now (${comm}): ${error instanceof Error ? error.message : String(error)}`;
}

/** Whether loading more libraries may give the name a meaning. */
export function isUnknownName(error: unknown): boolean {
  return isUnsetPointer(error) || hasCode(error, ['unknown-symbol', 'unknown-module', 'no-symbols']);
}

/** Whether a pointer on the way leads nowhere yet, or a thread has nothing of its own yet: the loader sets those that the linker has left to it. */
export function isUnsetPointer(error: unknown): boolean {
  return hasCode(error, ['null-pointer', 'unreadable-pointer', 'thread-local-not-yet']);
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof HwbkptError && codes.includes(error.code);
}
