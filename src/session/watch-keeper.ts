// The watches of one target: arms them, brings them their hits, arms them again after an exec, and ends them.
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import type { ArmedPieces, Armory } from './armory.js';
import type { Collector } from './collector.js';
import type { WatchOptions } from './options.js';
import type { Item } from './outbox.js';
import type { Program } from './program.js';
import { Rearming, reasonOf } from './rearming.js';
import { Watch } from './watch.js';

/** What the keeper works with. */
export interface KeeperParts {
  readonly armory: Armory;
  readonly collector: Collector;
  readonly program: Program;
  /** Watches keep hits for iteration. */
  readonly buffered: boolean;
  /** Somebody begins to read. */
  iterating(): void;
  /** There is something to do now. */
  hurry(): void;
  /** Another program runs: whatever was derived from code does not hold. */
  forgetCode(): void;
}

interface KeptWatch {
  readonly watch: Watch;
  readonly options: WatchOptions;
  /** Null while it is armed in no program. */
  pieces: ArmedPieces | null;
  /** Resolves when the last hit of what was disarmed is delivered. */
  delivered: Promise<void>;
}

export class WatchKeeper {
  readonly #parts: KeeperParts;
  readonly #kept = new Set<KeptWatch>();
  /** Where the hits of each armed thing go, also those still under way when it was disarmed. */
  readonly #routes = new Map<WatchInfo, Watch>();
  readonly #rearming: Rearming<KeptWatch>;
  readonly notCovered = new Set<NotCovered>();
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

  /** Makes a watch of what the armory has armed. */
  keep(pieces: ArmedPieces, options: WatchOptions): Watch {
    const { buffered, iterating } = this.#parts;
    const watch = new Watch(pieces.pipeline.info, pieces.arming, { buffered, iterating, close: () => this.#close(kept) });
    const kept: KeptWatch = { watch, options, pieces: null, delivered: Promise.resolve() };
    this.#kept.add(kept);
    this.#connect(kept, pieces);
    return watch;
  }

  #connect(kept: KeptWatch, pieces: ArmedPieces): void {
    kept.pieces = pieces;
    this.#routes.set(pieces.pipeline.info, kept.watch);
    this.#parts.collector.add(pieces.pipeline, pieces.cookies);
    for (const code of pieces.arming.notCovered) this.notCovered.add(code);
    this.#parts.hurry();
  }

  #disconnect(kept: KeptWatch): void {
    const { pieces } = kept;
    kept.pieces = null;
    if (pieces === null) return;
    this.#parts.armory.disarm(pieces);
    kept.delivered = new Promise((resolve) => {
      this.#parts.collector.close(pieces.pipeline, () => {
        this.#routes.delete(pieces.pipeline.info);
        resolve();
      });
    });
  }

  /** Gives each watch its hits; returns how many hits there were. */
  deliver(items: readonly Item[]): number {
    let hits = 0;
    for (const item of items) {
      if (item.kind !== 'hit') continue;
      hits++;
      this.#routes.get(item.watch)?.deliver(item);
    }
    return hits;
  }

  async #close(kept: KeptWatch): Promise<void> {
    this.#rearming.drop(kept);
    this.#disconnect(kept);
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

  /** The process runs another program, called `comm`: what was armed in the old one is gone. */
  executed(comm: string, now: number): void {
    const before = [...this.#kept].filter(({ pieces }) => pieces !== null);
    for (const kept of before) this.#disconnect(kept);
    this.#parts.forgetCode();
    this.#rearming.begin(before, comm, now);
  }

  /** Watches whose name means nothing yet in a new program look for it again. */
  retry(now: number): void {
    this.#rearming.retry(now);
  }

  #armAgain(kept: KeptWatch): void {
    const { watch, options } = kept;
    const pieces = this.#parts.armory.armAgain(watch.info.expression, options);
    watch.rearmed(pieces.pipeline.info, pieces.arming);
    this.#connect(kept, pieces);
    this.#parts.collector.announce({ kind: 'armed-again', watch: watch.info, threads: watch.arming.threads });
  }

  #giveUp(kept: KeptWatch, reason: string, missed: boolean): void {
    if (missed) this.notCovered.add('after-exec');
    this.#endedByThemselves++;
    this.#parts.collector.announce({ kind: 'watch-ended', watch: kept.watch.info, reason });
    void this.#end(kept, reason);
  }

  /** Disarms everything at once. */
  disarm(): void {
    for (const kept of this.#kept) this.#disconnect(kept);
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
