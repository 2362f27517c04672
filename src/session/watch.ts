// One watch as its user holds it: what is watched, how it was armed, and the hits as an async iterable.
import type { NotCovered } from '../model/coverage.js';
import type { Hit, WatchInfo } from '../model/hit.js';
import type { Counter } from './counting.js';
import type { HitRecord } from './hit-record.js';
import { BoundedStream } from './stream.js';
import type { TallyRow } from './tally.js';

/** How a watch is armed now. */
export interface WatchArming {
  /** False while it waits for debug registers. */
  readonly isArmed: boolean;
  /** Threads that were armed; those that begin later are not counted here. 0 while the watch has no registers. */
  readonly threads: number;
  /** CPUs on which it is armed: what these threads do there is seen. 0 while the watch has no registers. */
  readonly cpus: number;
  /** What this watch cannot see. */
  readonly notCovered: readonly NotCovered[];
  /** Debug registers it takes in each thread, 1 to 4. */
  readonly slots: number;
  /** `widened`: the registers cover more than was asked, and hits known to be outside are dropped. */
  readonly cover: 'exact' | 'widened';
  /** Debug registers for the pointers on the way to it, or its function's start and ends, beside {@link slots}; null for a watch that stays where it is. */
  readonly pointerSlots: number | null;
}

/** What a watch asks of its target. */
export interface WatchHooks {
  /** Keep hits for iteration. */
  readonly buffered: boolean;
  /** Count them instead; null: they are delivered one by one. */
  readonly counter: Counter | null;
  /** Disarms; resolves when the last hit has been delivered. */
  close(): Promise<void>;
  /** Somebody begins to read. */
  iterating(): void;
}

/** Hits a watch keeps for a reader who is behind: a second or two of the fastest program, some 110 MB. */
const STREAM_CAPACITY = 250_000;

/**
 * A watch on one range of memory of a target, made by Target.watch.
 *
 * Iterate over it for its hits, in the order in which they happened: `for await (const hit of watch)`. The loop ends when the watch is
 * closed, when another program takes its target's place that has no such name ({@link endedBecause}), and when the target ends. Leaving
 * the loop early does not close the watch: another loop goes on where the first one stopped. A loop throws what went wrong
 * inside the session, should anything.
 */
export class Watch implements AsyncIterable<Hit, undefined>, AsyncDisposable {
  #info: WatchInfo;
  #arming: WatchArming;
  #hits = 0;
  #endedBecause: string | null = null;
  #wasRead = false;
  readonly #stream: BoundedStream<Hit> | null;
  readonly #hooks: WatchHooks;

  /** For Target. */
  constructor(info: WatchInfo, arming: WatchArming, hooks: WatchHooks) {
    this.#info = info;
    this.#arming = arming;
    this.#stream = hooks.buffered && hooks.counter === null ? new BoundedStream(STREAM_CAPACITY) : null;
    this.#hooks = hooks;
  }

  /** What is watched. Another object whenever it is armed again; after an exec with another address. */
  get info(): WatchInfo {
    return this.#info;
  }

  /** How it is armed; another object after an exec, and whenever it loses its registers or has them again. */
  get arming(): WatchArming {
    return this.#arming;
  }

  /** Whether it has its debug registers now. A watch with a priority may have to wait for them, or lose them for a while. */
  get isArmed(): boolean {
    return this.#arming.isArmed;
  }

  /** Hits delivered so far, read or not; of a watch that counts only those that its engine reported one by one. */
  get hits(): number {
    return this.#hits;
  }

  /** Why the watch has ended before its target, and without {@link close}; null while that is not so. */
  get endedBecause(): string | null {
    return this.#endedBecause;
  }

  /** Hits that were dropped because the reader was more than 250,000 of them behind. */
  get missed(): number {
    return this.#stream?.missed ?? 0;
  }

  /** {@link missed}, or 0 where nobody ever wanted to read. */
  get missedByReader(): number {
    return this.#wasRead ? this.missed : 0;
  }

  /** Whether hits are only counted, and not delivered. */
  get counts(): boolean {
    return this.#hooks.counter !== null;
  }

  /**
   * With WatchOptions.keep `counts` or `values`: what was counted so far, by thread and place, and by call chain with a stack depth; in the order
   * in which each first came. Empty for a watch that delivers its hits.
   */
  tally(): TallyRow[] {
    return this.#hooks.counter?.rows() ?? [];
  }

  /** For Target: one complete hit. */
  deliver(hit: HitRecord): void {
    this.#hits++;
    this.#hooks.counter?.add(hit);
    this.#stream?.push(hit);
  }

  /** For Target: armed in another way, in another program, or not at all for now. */
  rearmed(info: WatchInfo, arming: WatchArming): void {
    this.#info = info;
    this.#arming = arming;
  }

  /** For Target: no more hits will come. `because`: why, where the watch ended before its target. */
  end(because: string | null, failure: { readonly error: unknown } | null): void {
    this.#endedBecause ??= because;
    this.#stream?.end(failure);
  }

  /**
   * Disarms, which frees the debug registers at once; resolves some milliseconds later, when the last hit is there to be read.
   * What was collected can still be read. Closing twice does nothing.
   */
  close(): Promise<void> {
    return this.#hooks.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#hooks.close();
  }

  /** The hits from now on, and those that nobody has read yet; lets a launched target run. With TargetOptions.onItems there are none. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Hit, undefined> {
    this.#wasRead = true;
    this.#hooks.iterating();
    return (this.#stream ?? ENDED)[Symbol.asyncIterator]();
  }
}

const ENDED = new BoundedStream<Hit>(0);
ENDED.end();
