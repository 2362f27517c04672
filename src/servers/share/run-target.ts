// What a command needs of a target, whoever has it: a Target of its own is one, and so is what it has joined.
import type { NotCovered } from '../../model/coverage.js';
import type { TargetEvent, WatchInfo } from '../../model/hit.js';
import type { SummaryMessage } from '../../model/messages.js';
import type { HitRecord, Target, TargetOptions, Watch, WatchArming, WatchOptions } from '../../session/index.js';
import type { RemoteHit } from './remote-hit.js';

/** A hit of one's own, or of one that travelled. */
export type SharedHit = HitRecord | RemoteHit;

/** What a reader gets. */
export type SharedItem = SharedHit | TargetEvent;

/** How it is watched, and who gets what comes. */
export interface SharedOptions extends Omit<TargetOptions, 'onItems'> {
  readonly onItems: (items: readonly SharedItem[]) => void;
}

/** A watch of the command. */
export interface RunWatch extends Pick<Watch, 'tally'> {
  readonly info: WatchInfo;
  readonly arming: WatchArming;
  readonly isArmed: boolean;
}

/** As Target has it. */
export interface RunTarget
  extends Pick<Target, 'pid' | 'engine' | 'held' | 'ending' | 'ended' | 'canSample' | 'watched' | 'resume' | 'disarm' | 'pollEnding'>,
    AsyncDisposable {
  watch(expression: string, options?: WatchOptions): Promise<RunWatch>;
  summary(): SummaryMessage;
  /** As Target's; of one that another hwbkpt has, that one has told. */
  readonly risk?: string | null;
  readonly inherentBlindness: readonly NotCovered[];
}
