// A hit as the session builds it: halves and snapshots while it is in the pipeline, the model's Hit for whoever reads it.
import type { RawHit } from '../engines/contract.js';
import { HalvedHit } from '../model/halved-hit.js';
import type { Hit, InstructionShown, WatchInfo } from '../model/hit.js';
import type { Place } from '../model/place.js';
import type { ValueSource } from '../model/value.js';
import { cgroupName } from './cgroups.js';

/** One hit. Complete, and not changed any more, once it has been handed on. */
export class HitRecord extends HalvedHit implements Hit {
  readonly kind = 'hit';
  readonly watch: WatchInfo;
  readonly timeLo: number;
  readonly timeHi: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string | null;
  readonly cpu: number;
  readonly ipLo: number;
  readonly ipHi: number;
  readonly kernel: boolean;
  place: Place;
  oldBytes: Uint8Array | null = null;
  newBytes: Uint8Array | null = null;
  valueSource: ValueSource | null = null;
  repeat = 1;
  stack: readonly Place[] | null = null;
  instruction: InstructionShown | null = null;
  /** Path of its cgroup, or its number where that has none; only where the whole kernel is watched. */
  readonly cgroup: string | null;
  /** The engine is sure that what it brought with the hit is this access's own. */
  readonly exact: boolean;
  /** True while a later hit or a look at memory may still tell its new value. */
  unresolved = false;
  /** Where the values follow from earlier hits only, so that they hold only if no other hit came between. */
  oldFollows = false;
  newFollows = false;
  /** Whatever is stamped up to so many ns after the hit may still have a say in what it shows. */
  settledAfter = 0;
  /** It was handed on. */
  closed = false;

  constructor(watch: WatchInfo, raw: RawHit, place: Place, comm: string | null) {
    super();
    this.watch = watch;
    this.timeLo = raw.timeLo;
    this.timeHi = raw.timeHi;
    this.pid = raw.pid;
    this.tid = raw.tid;
    this.comm = comm;
    this.cpu = raw.cpu;
    this.ipLo = raw.ipLo;
    this.ipHi = raw.ipHi;
    this.kernel = raw.kernel;
    this.place = place;
    this.cgroup = raw.origin === null ? null : cgroupName(raw.origin.cgroup);
    this.exact = raw.exact;
  }

  /** Calls that were inlined are in its stack only: then the first of them is the place, of the same line. */
  addStack(stack: readonly Place[] | null): void {
    this.stack = stack;
    const [first] = stack ?? [];
    if (first !== undefined && first.line !== null && first.line === this.place.line && first.file === this.place.file) this.place = first;
  }

  /** {@link time} as a number: exact for 104 days of uptime, within 2 ns for years above. */
  get at(): number {
    return this.timeHi * 0x1_0000_0000 + this.timeLo;
  }

  /** Another hit may have come between this one and the one before: takes back what then does not hold. */
  contest(): void {
    if (this.oldFollows) this.oldBytes = null;
    if (this.valueSource === 'trap' && !this.exact) this.valueSource = 'racy';
    if (!this.newFollows) return;
    this.newBytes = null;
    this.valueSource = null;
  }
}
