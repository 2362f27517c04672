// The chain of values of one watch in one process: what is known now, the hit that waits for its value, and what changed unseen.
import type { RawHit } from '../engines/contract.js';
import type { RebuiltAccess } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import { sameValue } from '../model/same-value.js';
import { type Probe, ValueHistory } from './history.js';
import type { HitRecord } from './hit-record.js';
import type { Outbox } from './outbox.js';
import type { Stamps } from './race.js';

/** The bytes the armed pieces cover: the watched range, or more where it was widened. */
export interface CoveredBytes {
  readonly address: bigint;
  readonly length: number;
}

/** What the chains of one watch share. */
export interface ChainScope {
  readonly info: WatchInfo;
  readonly covered: CoveredBytes;
  /** Where in the covered bytes the watched ones begin. */
  readonly offset: number;
  readonly outbox: Outbox;
  readonly stamps: Stamps;
}

/** One process's memory, as one watch sees it. Times in ns. */
export class ProcessChain {
  readonly pid: number;
  readonly history: ValueHistory;
  readonly #scope: ChainScope;
  /** The last hit, where its value was read after it. */
  #lastRead: HitRecord | null = null;
  #waiting: HitRecord | null = null;

  /** `start`: the covered bytes before any hit, if they are known. */
  constructor(pid: number, start: Uint8Array | null, scope: ChainScope) {
    this.pid = pid;
    this.#scope = scope;
    this.history = new ValueHistory(scope.covered.length, start, scope.stamps);
  }

  /** The watched bytes after the last hit; null where one is not known. */
  get shown(): Uint8Array | null {
    return this.history.part(this.#scope.offset, this.#scope.info.size);
  }

  /** Whether a hit waits for its value. */
  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** A hit comes; true where its order among others is not certain. */
  arrive(raw: RawHit, time: number): boolean {
    const read = this.history.mayBeRead(time, raw) ? this.#lastRead : null;
    this.#lastRead = null;
    const contested = this.history.arrive(time, raw);
    if (read !== null) {
      if (!read.closed && read.valueSource === 'trap') read.valueSource = 'racy';
      this.history.forget();
    }
    if (contested) {
      this.release();
      this.#scope.outbox.contest({ watch: this.#scope.info, pid: this.pid, tid: raw.tid, cpu: raw.cpu }, time - this.#scope.stamps.window);
    }
    return contested;
  }

  /** Memory was read after the hit `raw`, at `time`, and does not show what it stored: its order among other threads' hits is not certain. */
  contradicted({ tid, cpu }: RawHit, time: number): void {
    this.release();
    this.history.forget();
    this.#scope.outbox.contest({ watch: this.#scope.info, pid: this.pid, tid, cpu }, time - this.#scope.stamps.guard);
  }

  /** Hits up to `time` are missing. */
  blind(time: number): void {
    this.release();
    this.history.blind(time);
  }

  /** `hit` gets the bytes that the engine has read for it, then or a moment later. */
  read(hit: HitRecord, bytes: Uint8Array): void {
    this.release();
    this.history.learn(bytes);
    hit.newBytes = this.shown;
    if (hit.exact) return;
    this.#lastRead = hit;
    hit.settledAfter = Math.max(hit.settledAfter, this.#scope.stamps.readDelay);
  }

  /** `hit` gets its value as soon as memory or the next hit shows it. */
  await(hit: HitRecord): void {
    this.release();
    hit.newBytes = null;
    hit.valueSource = null;
    hit.unresolved = true;
    this.#waiting = hit;
  }

  /** The waiting hit stays without a value. */
  release(): void {
    if (this.#waiting === null) return;
    this.#waiting.unresolved = false;
    this.#waiting = null;
  }

  /** The waiting hit gets the value that the chain now knows. */
  #resolve(source: 'memory' | 'sequence'): HitRecord | null {
    const hit = this.#waiting;
    const value = this.shown;
    this.release();
    if (hit === null || value === null || hit.closed) return null;
    hit.newBytes = value;
    hit.valueSource = source;
    return hit;
  }

  /** The access at `time` shows what it found in memory. */
  found(access: RebuiltAccess, time: number): void {
    const { foundOffset, foundSize } = access;
    const value = { lo: access.foundLo, hi: access.foundHi };
    const agrees = this.history.holds(value, foundOffset, foundSize);
    const expected = this.shown;
    if (!agrees) this.release();
    this.history.put(value, foundOffset, foundSize);
    if (!agrees) this.#changed(time, expected);
    const hit = this.#resolve('sequence');
    if (hit === null) return;
    hit.newFollows = true;
    hit.settledAfter = Math.max(hit.settledAfter, time - hit.at);
  }

  /** FLAGS contradict what the chain says memory held before the access at `time`. */
  disproved(time: number): void {
    const expected = this.shown;
    this.release();
    this.history.forget();
    this.#changed(time, expected);
  }

  /** What the access did to the covered bytes. */
  apply(access: RebuiltAccess): void {
    const { kind, offset, size } = access;
    if (kind === 'store') this.history.put(access, offset, size);
    else if (kind === 'unknown' && access.placeKnown) this.history.forget(offset, size);
    else if (kind === 'unknown') this.history.forget();
  }

  /** `probe` shows what was in memory after the last hit. */
  believe(probe: Probe): void {
    if (this.history.agrees(probe)) {
      this.history.learn(probe.bytes);
      this.#resolve('memory');
    } else this.#replaced(probe);
  }

  /** All hits up to `horizon` are known; `final`: and there will be no others. */
  settle(horizon: number, final = false): void {
    const settled = this.history.settle(horizon, final);
    if (settled === 'learnt') this.#resolve('memory');
    else if (settled !== 'nothing') this.#replaced(settled.unseen);
  }

  #replaced(probe: Probe): void {
    const expected = this.shown;
    this.release();
    this.history.learn(probe.bytes);
    this.#changed(probe.time, expected);
  }

  /** Memory changed without a hit, from `expected` to what is known now. Bytes and bits beside the watched ones are nobody's concern. */
  #changed(time: number, expected: Uint8Array | null): void {
    const found = this.shown;
    const { info, outbox } = this.#scope;
    if (expected !== null && found !== null && sameValue(expected, found, info.type)) return;
    outbox.event({ kind: 'unseen-change', watch: info, pid: this.pid, time: BigInt(Math.round(time)), expected, found });
  }
}
