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
  readonly #guards = new Set<FollowGuard>();

  /** A pointer was written at `time`; `changed`: certainly with something else than it held. */
  add(time: number, changed: boolean): void {
    this.#first = Math.min(this.#first, time);
    this.#writes++;
    // One write after which a pointer holds what it held changes nothing; of two, the first may have.
    this.#changed ||= changed || this.#writes > 1;
  }

  /** From now on `guard`'s pointer is one of the way, or is none any more. */
  include(guard: FollowGuard, isOfWay: boolean): void {
    if (isOfWay) this.#guards.add(guard);
    else this.#guards.delete(guard);
  }

  /** Whether at `time`, that of the report that is being taken in, a pointer held something else than the way that is armed goes by. */
  isAstray(time: number): boolean {
    for (const guard of this.#guards) if (guard.isAway(time)) return true;
    return false;
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
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What the last report that knew it has said it holds, and when; what it says of memory now may be long past. */
  #toldLo = 0;
  #toldHi = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(info: WatchInfo, parts: FollowGuardParts) {
    super(info);
    this.#parts = parts;
    this.#reader = new AccessReader({ address: info.address, length: info.size }, true, () => parts.rebuilder());
  }

  /** The way that is armed goes by this value of it, which it was found to hold after `time` (ns of CLOCK_MONOTONIC). */
  hold(target: bigint, time: number): void {
    this.#heldLo = lowU32(target);
    this.#heldHi = highU32(target);
    this.#lookedAt = time;
  }

  /**
   * Whether it held something else at `time`, that of the report that is being taken in. Reports come later than looks: what one said before the look
   * holds for hits before it, and for later ones what was found then.
   */
  isAway(time: number): boolean {
    if (this.#toldAt === Number.NEGATIVE_INFINITY || (this.#toldLo === this.#heldLo && this.#toldHi === this.#heldHi)) return false;
    return this.#toldAt >= this.#lookedAt || time <= this.#lookedAt;
  }

  protected noted(raw: RawHit, time: number): void {
    if (raw.pid !== this.#parts.pid) return;
    const written = this.#written(raw);
    if (written === 'the same') return;
    // Once it is disarmed, the way may go by other pointers.
    if (!this.isClosed) this.#tell(written, time);
    const holds = written !== null && written.lo === this.#heldLo && written.hi === this.#heldHi;
    if (!holds) this.#parts.news.add(time, written !== null);
  }

  #tell(written: Word | null, time: number): void {
    // What nobody knows leaves it where it was said to be, until somebody looks.
    if (written === null) return;
    this.#toldLo = written.lo;
    this.#toldHi = written.hi;
    this.#toldAt = time;
  }

  /** What this write has left in it; null: that is not known. */
  #written(raw: RawHit): Word | 'the same' | null {
    const { size } = this.info;
    if (size !== 8) return null;
    if (raw.after?.length === size) {
      const bytes = new DataView(raw.after.buffer, raw.after.byteOffset, size);
      return { lo: bytes.getUint32(0, true), hi: bytes.getUint32(4, true) };
    }
    if (raw.kernel) return null;
    const access = this.#reader.read(raw, null);
    if (access.kind === 'unchanged') return 'the same';
    if (access.kind !== 'store' || access.offset !== 0 || access.size !== size) return null;
    return { lo: access.lo, hi: access.hi };
  }
}

/** Eight bytes as two halves. */
interface Word {
  readonly lo: number;
  readonly hi: number;
}
