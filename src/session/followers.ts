// The watches of one target that follow their names: when each looks again, and what comes of it.
import { HwbkptError } from '../base/errors.js';
import type { NotCovered } from '../model/coverage.js';
import { type Aim, type FollowerWatch, WatchOver } from './follower-watch.js';

/** How often (ns) it is looked whether libraries were loaded, or memory was mapped that pointers lead to: nobody tells. */
const POLL = 100_000_000;

/** What is done with a watch. */
export interface FollowHooks<W> {
  /** Looks whether other libraries are loaded. */
  refresh(): boolean;
  /** Disarms it: from `until` on (ns of CLOCK_MONOTONIC) its hits are not hits of what it names. */
  release(watch: W, until: number): void;
  /** Takes what is armed for it, or that it waits. */
  aimed(watch: W, aim: Aim): void;
  /** Something was not seen though it stays armed as it is. */
  missed(code: NotCovered): void;
  /** Its name means nothing any more. */
  giveUp(watch: W, error: unknown): void;
}

export class Followers<W> {
  readonly #hooks: FollowHooks<W>;
  readonly #all = new Map<W, FollowerWatch>();
  #lastPoll = Number.NEGATIVE_INFINITY;

  constructor(hooks: FollowHooks<W>) {
    this.#hooks = hooks;
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  add(watch: W, following: FollowerWatch): void {
    this.#all.set(watch, following);
  }

  /** Null for a watch that does not follow its name. */
  of(watch: W): FollowerWatch | null {
    return this.#all.get(watch) ?? null;
  }

  /** Nobody wants it any more. */
  drop(watch: W): void {
    this.#all.get(watch)?.release();
    this.#all.delete(watch);
  }

  /** All are disarmed, and no more is armed. */
  disarm(): void {
    for (const following of this.#all.values()) following.release();
  }

  /** After {@link disarm}, when all reports are in. */
  end(): void {
    for (const [watch, following] of this.#all) {
      const until = following.changedAtLast();
      if (until === null) continue;
      this.#hooks.release(watch, until);
      this.#hooks.missed('re-aiming');
    }
  }

  /** Those that have something new look where they lead. `now`: ns of CLOCK_MONOTONIC. */
  round(now: number): void {
    if (this.isEmpty) return;
    const polled = now - this.#lastPoll >= POLL;
    if (polled) this.#lastPoll = now;
    const loaded = polled && this.#hooks.refresh();
    for (const [watch, following] of [...this.#all]) if (following.isDue(now, { loaded, polled })) this.#look(watch, following);
  }

  #look(watch: W, following: FollowerWatch): void {
    try {
      const aim = following.next(
        (until) => this.#hooks.release(watch, until),
        (code) => this.#hooks.missed(code),
      );
      if (aim !== null) this.#hooks.aimed(watch, aim);
    } catch (error) {
      if (!(error instanceof WatchOver || error instanceof HwbkptError)) throw error;
      this.drop(watch);
      this.#hooks.giveUp(watch, error);
    }
  }
}
