// One watch as its user holds it: what is watched, how it was armed, and the hits as an async iterable.
import type { NotCovered } from '../model/coverage.js';
import type { Hit, WatchInfo } from '../model/hit.js';
import { BoundedStream } from './stream.js';

/** How a watch is armed now. */
export interface WatchArming {
  readonly threads: number;
  readonly notCovered: NotCovered[];
  /** Debug registers it takes in each thread. */
  readonly slots: number;
  /** `widened`: the registers cover more than was asked, and hits known to be outside are dropped. */
  readonly cover: 'exact' | 'widened';
}

/** Hits a watch keeps for a reader who is behind. */
const STREAM_CAPACITY = 1_000_000;

/** A watch on one range of memory of a target. Iterate over it for its hits; it ends with {@link close}, or when the target ends. */
export class Watch implements AsyncIterable<Hit>, AsyncDisposable {
  #info: WatchInfo;
  #arming: WatchArming;
  /** Hits so far, those filtered by the reader included. */
  hits = 0;
  #endedBecause: string | null = null;
  readonly #stream: BoundedStream<Hit> | null;
  readonly #close: () => void;
  readonly #onIterate: () => void;

  /** Made by Target.watch. `buffered`: keep hits for iteration. */
  constructor(info: WatchInfo, arming: WatchArming, hooks: { readonly buffered: boolean; close(): void; iterating(): void }) {
    this.#info = info;
    this.#arming = arming;
    this.#stream = hooks.buffered ? new BoundedStream(STREAM_CAPACITY) : null;
    this.#close = () => hooks.close();
    this.#onIterate = () => hooks.iterating();
  }

  /** What is watched. Another object after an exec. */
  get info(): WatchInfo {
    return this.#info;
  }

  get arming(): WatchArming {
    return this.#arming;
  }

  /** Why the watch has ended by itself; null while it has not. */
  get endedBecause(): string | null {
    return this.#endedBecause;
  }

  /** Hits that were dropped because nobody read them. */
  get missed(): number {
    return this.#stream?.missed ?? 0;
  }

  /** Called by the target with each complete hit. */
  deliver(hit: Hit): void {
    this.hits++;
    this.#stream?.push(hit);
  }

  /** Called by the target when the watch is armed again in another program. */
  rearmed(info: WatchInfo, arming: WatchArming): void {
    this.#info = info;
    this.#arming = arming;
  }

  /** Called by the target when no more hits will come; `because` when the watch did not end with its target. */
  end(because: string | null): void {
    this.#endedBecause = because;
    this.#stream?.end();
  }

  /** Disarms. Hits already collected can still be read. */
  async close(): Promise<void> {
    this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Hit, void, undefined> {
    this.#onIterate();
    if (this.#stream !== null) yield* this.#stream;
  }
}
