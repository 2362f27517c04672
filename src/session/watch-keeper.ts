// The watches of one target: arms them, brings them their hits, arms them again after an exec, and ends them.
import type { RequestId } from '../facility/index.js';
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import type { Armory } from './armory.js';
import type { Collector } from './collector.js';
import type { Counting } from './counting.js';
import type { FollowGuards } from './follow-guards.js';
import type { Aim, FollowerWatch } from './follower-watch.js';
import { Followers } from './followers.js';
import { Following } from './following.js';
import type { ArmedPieces, Ordered } from './fulfilment.js';
import { KeptWatch } from './kept-watch.js';
import type { SharedWatchOptions, WatchOptions } from './options.js';
import type { Outgoing } from './outbox.js';
import type { Program } from './program.js';
import { Rearming, reasonOf } from './rearming.js';
import type { SlotsOfWatch, Tap } from './tap.js';
import { Watch, type WatchArming } from './watch.js';
import { type Delivered, WatchRoutes } from './watch-routes.js';

/** What the keeper works with. */
export interface KeeperParts {
  readonly armory: Armory;
  readonly collector: Collector;
  readonly program: Program;
  readonly counting: Counting;
  /** Watches keep hits for iteration. */
  readonly buffered: boolean;
  /** Somebody begins to read. */
  iterating(): void;
  /** There is something to do now. */
  hurry(): void;
  /** For the pointers on the way to a watch. */
  guards(options: SharedWatchOptions): FollowGuards;
  /** Another program runs: nothing of the old one is armed or registered. */
  execed(): void;
  /** Another program runs: whatever was derived from code does not hold. */
  forgetCode(): void;
}

export class WatchKeeper {
  readonly #parts: KeeperParts;
  readonly #kept = new Set<KeptWatch>();
  readonly #routes = new WatchRoutes();
  readonly #rearming: Rearming<KeptWatch>;
  readonly #followers: Followers<KeptWatch>;
  readonly notCovered = new Set<NotCovered>();
  /** Most CPUs on which a watch was armed. */
  cpus = 0;
  #isDisarmed = false;
  #endedByThemselves = 0;
  /** Hits that readers of watches missed that have ended. */
  #missedBefore = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#rearming = new Rearming({
      reopen: () => parts.program.reopen(),
      refresh: () => parts.program.refresh(),
      arm: (kept) => this.#armAgain(kept),
      giveUp: (kept, reason, missed) => this.#giveUp(kept, reason, missed),
    });
    this.#followers = new Followers({
      refresh: () => parts.program.refresh(),
      release: (kept, until) => this.#moved(kept, until),
      aimed: (kept, aim) => this.#aimed(kept, aim),
      missed: (code) => this.notCovered.add(code),
      giveUp: (kept, error) => this.#lostItsName(kept, error),
    });
  }

  /** Whether anything is armed or will be. */
  get isWatching(): boolean {
    return this.#kept.size > 0;
  }

  /** Whether no watch is left, the last one not having been closed by anybody. */
  get isOver(): boolean {
    return this.#kept.size === 0 && this.#endedByThemselves > 0;
  }

  /** Hits that readers of watches missed. */
  get missed(): number {
    return [...this.#kept].reduce((sum, { watch }) => sum + watch.missedByReader, this.#missedBefore);
  }

  /** Makes a watch of what the armory has ordered. */
  keep({ order, pieces }: Ordered, options: WatchOptions, tapped = false): Watch {
    const kept = this.#make(order.info, pieces?.arming ?? this.#parts.armory.waiting(order), { options, tapped });
    kept.order = order;
    if (pieces !== null) this.#connect(kept, pieces);
    else this.#lacks(kept, 'waiting');
    return kept.watch;
  }

  #make(info: WatchInfo, arming: WatchArming, { options, tapped }: { options: WatchOptions; tapped: boolean }): KeptWatch {
    const { iterating, counting } = this.#parts;
    const buffered = this.#parts.buffered && !tapped;
    const counter = (options.keep ?? 'each') === 'each' ? null : counting.counter();
    const watch = new Watch(info, arming, { buffered, counter, iterating, close: () => this.#close(kept) });
    const { armory, collector } = this.#parts;
    const kept: KeptWatch = new KeptWatch({ armory, collector, routes: this.#routes }, { watch, options, counter });
    this.#kept.add(kept);
    this.#routes.name(info, watch);
    return kept;
  }

  /** Makes a watch that follows `expression`. Throws as Armory.arm does. */
  follow(expression: string, options: SharedWatchOptions, tapped = false): Watch {
    const { armory, program, guards } = this.#parts;
    armory.check(options);
    return this.keepFollowing(new Following({ armory, program, guards: guards(options), expression, options }), options, tapped);
  }

  /** Makes a watch of what may move. Throws what its first look throws. */
  keepFollowing(following: FollowerWatch, options: WatchOptions, tapped = false): Watch {
    const aim = following.first();
    const kept = this.#make(aim.info, aim.arming, { options, tapped });
    this.#followers.add(kept, following);
    this.#aimed(kept, aim);
    return kept.watch;
  }

  /** Whether a watch follows its name. */
  get isFollowing(): boolean {
    return !this.#followers.isEmpty;
  }

  /** Watches that follow their names look where these lead now. */
  followUp(now: number): void {
    if (this.#isDisarmed) this.#followers.end();
    else this.#followers.round(now);
  }

  #moved(kept: KeptWatch, until: number): void {
    this.#routes.endAt(kept.watch.info, until);
    kept.release();
  }

  #aimed(kept: KeptWatch, { info, arming, ordered, isAstray, events }: Aim): void {
    kept.order = ordered?.order ?? null;
    this.#rearmed(kept.watch, info, arming);
    this.#parts.collector.follow(info, isAstray);
    if (ordered?.pieces) this.#connect(kept, ordered.pieces);
    else for (const code of arming.notCovered) this.notCovered.add(code);
    for (const event of events) this.#parts.collector.announce(event);
    this.#parts.hurry();
  }

  #rearmed(watch: Watch, info: WatchInfo, arming: WatchArming): void {
    watch.rearmed(info, arming);
    this.#routes.name(info, watch);
  }

  #lostItsName(kept: KeptWatch, error: unknown): void {
    kept.release();
    this.#giveUp(kept, error instanceof Error ? error.message : String(error), false);
  }

  /** The watch is without registers, for the first time or again. */
  #lacks({ watch, order }: KeptWatch, kind: 'waiting' | 'evicted'): void {
    if (order === null) return;
    this.notCovered.add('no-register');
    this.#rearmed(watch, order.info, this.#parts.armory.waiting(order));
    this.#parts.collector.announce({ kind, watch: order.info });
    this.#parts.hurry();
  }

  /** A request of higher priority has taken the registers of `request`. */
  evicted(request: RequestId): void {
    const kept = this.#keptOf(request);
    if (kept === undefined) return;
    kept.disconnect();
    this.#lacks(kept, 'evicted');
  }

  /** `request`, which had to wait, has its registers. */
  installed(request: RequestId): void {
    const kept = this.#keptOf(request);
    const pieces = kept?.order ? this.#parts.armory.installed(kept.order) : null;
    if (kept === undefined || pieces === null) return;
    kept.order = pieces.order;
    this.#rearmed(kept.watch, pieces.pipeline.info, pieces.arming);
    this.#connect(kept, pieces);
    this.#parts.collector.announce({ kind: 'installed', watch: pieces.order.info, threads: pieces.arming.threads });
  }

  #keptOf(request: RequestId): KeptWatch | undefined {
    return [...this.#kept].find(({ order }) => order?.request === request);
  }

  #connect(kept: KeptWatch, pieces: ArmedPieces): void {
    kept.connect(pieces);
    for (const code of pieces.arming.notCovered) this.notCovered.add(code);
    this.cpus = Math.max(this.cpus, pieces.arming.cpus);
    this.#parts.hurry();
  }

  /** As WatchRoutes.deliver. */
  deliver(items: readonly Outgoing[], tap: Tap | null): Delivered {
    return this.#routes.deliver(items, tap);
  }

  async #close(kept: KeptWatch): Promise<void> {
    this.#rearming.drop(kept);
    this.#followers.drop(kept);
    kept.release();
    this.#parts.hurry();
    await this.#end(kept, null);
  }

  /** Ends the watch once all its hits are delivered. */
  async #end(kept: KeptWatch, because: string | null): Promise<void> {
    this.#kept.delete(kept);
    await kept.delivered;
    this.#missedBefore += kept.watch.missedByReader;
    kept.watch.end(because, null);
  }

  /** What is armed or waits, by watch. */
  slots(): SlotsOfWatch[] {
    return [...this.#kept].flatMap(({ watch, order, options }) =>
      order === null ? [] : [{ watch, priority: options.priority ?? null, isArmed: watch.isArmed, pieces: order.cover.pieces }],
    );
  }

  /** The process runs another program, called `comm`: what was armed in the old one is gone. */
  executed(comm: string, now: number): void {
    const before = [...this.#kept].filter((kept) => kept.order !== null || this.#followers.of(kept) !== null);
    for (const kept of before) kept.order = null;
    this.#parts.execed();
    for (const kept of before) this.#followers.of(kept)?.release();
    for (const kept of before) kept.disconnect();
    this.#parts.forgetCode();
    this.#rearming.begin(before, comm, now);
  }

  /** Watches whose name means nothing yet in a new program look for it again. */
  retry(now: number): void {
    this.#rearming.retry(now);
  }

  #armAgain(kept: KeptWatch): void {
    const { watch, options } = kept;
    const following = this.#followers.of(kept);
    if (following !== null) {
      this.#aimed(kept, following.again());
      if (kept.isArmed) this.#parts.collector.announce({ kind: 'armed-again', watch: watch.info, threads: watch.arming.threads });
      return;
    }
    const { order, pieces } = this.#parts.armory.armAgain(watch.info.expression, options);
    kept.order = order;
    if (pieces === null) {
      this.#lacks(kept, 'waiting');
      return;
    }
    this.#rearmed(watch, pieces.pipeline.info, pieces.arming);
    this.#connect(kept, pieces);
    this.#parts.collector.announce({ kind: 'armed-again', watch: watch.info, threads: watch.arming.threads });
  }

  #giveUp(kept: KeptWatch, reason: string, missed: boolean): void {
    if (missed) this.notCovered.add('after-exec');
    this.#endedByThemselves++;
    this.#followers.drop(kept);
    this.#parts.collector.announce({ kind: 'watch-ended', watch: kept.watch.info, reason });
    void this.#end(kept, reason);
  }

  /** Disarms everything at once. */
  disarm(): void {
    // First those that wait, so that nobody moves in for a moment.
    for (const kept of this.#kept) if (!kept.isArmed) kept.release();
    for (const kept of this.#kept) kept.release();
    this.#followers.disarm();
    this.#isDisarmed = true;
  }

  /** After {@link disarm}: the process has come to run `comm` when nothing could be armed in it any more; null: it runs what it ran. */
  endAfterExec(comm: string | null): void {
    this.#rearming.end();
    if (comm === null) return;
    for (const kept of [...this.#kept])
      this.#giveUp(kept, reasonOf(comm, new Error('watching ended before it could be armed there')), true);
  }

  /** Everything is delivered: no watch gets more hits, because the target has ended or because of `failure`. */
  end(failure: { readonly error: unknown } | null): void {
    this.#missedBefore = this.missed;
    for (const { watch } of this.#kept) watch.end(null, failure);
    this.#kept.clear();
  }
}
