// What the watches that move share, whatever moves them: pointers that change, libraries that come, calls that begin and end.
import type { NotCovered } from '../model/coverage.js';
import type { TargetEvent, WatchInfo } from '../model/hit.js';
import type { Ordered } from './fulfilment.js';
import type { WatchArming } from './watch.js';

/** What came of looking. */
export interface Aim {
  readonly info: WatchInfo;
  readonly arming: WatchArming;
  /** Null: it waits. */
  readonly ordered: Ordered | null;
  /** Whether just now, in the order of reports, what is armed is not what is named. */
  isAstray(time: number): boolean;
  /** What there is to tell of it; nothing where it is armed for the first time. */
  readonly events: readonly TargetEvent[];
}

/** Why what was armed is disarmed: from `until` on (ns of CLOCK_MONOTONIC) its hits are not the watch's. */
export type Release = (until: number) => void;

/** Nothing is wrong: what was named is gone for good. The message says what that was. */
export class WatchOver extends Error {}

/** When to look, as far as it does not depend on the watch. `loaded`: other libraries are there; `polled`: it is time for what nobody tells. */
export interface Occasion {
  readonly loaded: boolean;
  readonly polled: boolean;
}

export interface FollowerWatch {
  /** The first time. Throws what Target.watch documents, unless it is worth waiting; nothing is armed then. */
  first(): Aim;
  /** In the program that an exec has brought. Throws as {@link first}. */
  again(): Aim;
  /** Whether it is time to look again; `at`: ns of CLOCK_MONOTONIC. */
  isDue(at: number, occasion: Occasion): boolean;
  /**
   * Looks, and arms what is named now; null where that is the same, or it is too soon. Once it is something else, `release` is called.
   * `missed` is told what was not covered though the watch stays. Throws WatchOver, or the error of the name, where there is nothing to wait for any more.
   */
  next(release: Release, missed: (code: NotCovered) => void): Aim | null;
  /** Nothing of it is armed any more, and nobody looks. */
  release(): void;
  /** After {@link release}, when all is in: since when (ns) what was armed was perhaps not what is named; null: it was to the end. */
  changedAtLast(): number | null;
}
