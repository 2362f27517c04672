// What becomes of the hits of a pointer that is watched only to know when it changes: nobody sees them, they are timed and counted.
import { highU32, lowU32 } from '../base/u64.js';
import type { RawHit } from '../engines/contract.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import { AccessReader } from './access-reader.js';
import { GuardPipeline } from './guard-pipeline.js';

/** What came of the pointers of one way since somebody looked. */
export interface PathNews {
  /** Time of the first write that changed one, or may have; ns of CLOCK_MONOTONIC. */
  readonly first: number;
  /** One was certainly changed, if only for a moment. */
  readonly changed: boolean;
}

/** Collects the news of all pointers of one way. */
export class PathNewsBox {
  #first = Number.POSITIVE_INFINITY;
  #writes = 0;
  #changed = false;
  readonly #away = new Set<FollowGuard>();

  /** A pointer was written at `time`; `changed`: certainly with something else than it held. */
  add(time: number, changed: boolean): void {
    this.#first = Math.min(this.#first, time);
    this.#writes++;
    // One write after which a pointer holds what it held changes nothing; of two, the first may have.
    this.#changed ||= changed || this.#writes > 1;
  }

  /** `guard`'s pointer holds something else than the way that is armed goes by, or that again. */
  stray(guard: FollowGuard, isAway: boolean): void {
    if (isAway) this.#away.add(guard);
    else this.#away.delete(guard);
  }

  /** Whether one does. */
  get isAstray(): boolean {
    return this.#away.size > 0;
  }

  get isEmpty(): boolean {
    return this.#writes === 0;
  }

  /** What has come since the last call; null: nothing. */
  take(): PathNews | null {
    const news = this.isEmpty ? null : { first: this.#first, changed: this.#changed };
    this.#first = Number.POSITIVE_INFINITY;
    this.#writes = 0;
    this.#changed = false;
    return news;
  }
}

export interface FollowGuardParts {
  /** Of other processes nothing is wanted: the way is that of the target's own memory. */
  readonly pid: number;
  readonly news: PathNewsBox;
  /** There from the first hit on. */
  rebuilder(): AccessRebuilder | null;
}

/** The pipeline of one pointer. */
export class FollowGuard extends GuardPipeline {
  readonly #parts: FollowGuardParts;
  readonly #reader: AccessReader;
  #heldLo = 0;
  #heldHi = 0;

  constructor(info: WatchInfo, parts: FollowGuardParts) {
    super(info);
    this.#parts = parts;
    this.#reader = new AccessReader({ address: info.address, length: info.size }, true, () => parts.rebuilder());
  }

  /** The way that is armed goes by this value of it. */
  hold(target: bigint): void {
    this.#heldLo = lowU32(target);
    this.#heldHi = highU32(target);
    this.#parts.news.stray(this, false);
  }

  protected noted(raw: RawHit, time: number): void {
    if (raw.pid !== this.#parts.pid) return;
    const holds = this.#holdsStill(raw);
    // Once it is disarmed, the way may go by other pointers.
    if (holds !== null && !this.isClosed) this.#parts.news.stray(this, !holds);
    if (holds !== true) this.#parts.news.add(time, holds === false);
  }

  /** Whether the pointer holds what it held after this write; null: that is not known. */
  #holdsStill(raw: RawHit): boolean | null {
    const { size } = this.info;
    if (size !== 8) return null;
    if (raw.after?.length === size) {
      const bytes = new DataView(raw.after.buffer, raw.after.byteOffset, size);
      return bytes.getUint32(0, true) === this.#heldLo && bytes.getUint32(4, true) === this.#heldHi;
    }
    if (raw.kernel) return null;
    const access = this.#reader.read(raw, null);
    if (access.kind === 'unchanged') return true;
    if (access.kind !== 'store' || access.offset !== 0 || access.size !== size) return null;
    return access.lo === this.#heldLo && access.hi === this.#heldHi;
  }
}
