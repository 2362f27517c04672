// How several users share one target: what it tells them beside its own user, and what it lets them do. session/debug is the only one who does.
import type { EngineSession } from '../engines/contract.js';
import type { ProcessEnd, ThreadStop } from '../engines/control.js';
import type { SharedWatchOptions } from './options.js';
import type { Item } from './outbox.js';
import type { Watch } from './watch.js';

/** What concerns those who steer threads; it has its place among the hits. */
export type Mark =
  | { readonly kind: 'stopped'; readonly stop: ThreadStop }
  | { readonly kind: 'thread'; readonly pid: number; readonly tid: number; readonly change: 'started' | 'ended' }
  | { readonly kind: 'process-ended'; readonly end: ProcessEnd };

/** Who listens beside the target's own user. Called from within a round: nothing may be asked of the target then. */
export interface Tap {
  /** In order. `watch`: what it is about, if anything. True: the target's own user is not told. */
  item(item: Item, watch: Watch | null): boolean;
  mark(mark: Mark): void;
  /** Whether it goes on although the first process has ended, for others that are followed. */
  keeps(): boolean;
  /** Nothing more comes. */
  over(because: string): void;
}

/** A watch's registers, or its wish for them. */
export interface SlotsOfWatch {
  readonly watch: Watch;
  readonly priority: number | null;
  readonly isArmed: boolean;
  readonly pieces: readonly { readonly address: bigint; readonly length: number }[];
}

/** What a target lets those do who share it. */
export interface SharedTargetParts {
  readonly session: EngineSession;
  /** As Target.watch, but its hits and events go to the tap alone. */
  watch(expression: string, options: SharedWatchOptions): Promise<Watch>;
  /** Armed and waiting watches of all users. */
  slots(): readonly SlotsOfWatch[];
  threads(): readonly { readonly pid: number; readonly tid: number }[];
  threadName(pid: number, tid: number): string | null;
}
