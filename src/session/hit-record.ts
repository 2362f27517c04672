// A hit as the session builds it: halves and snapshots while it is in the pipeline, the model's Hit for whoever reads it.
import { as, type VirtualAddress } from '../base/brand.js';
import { joinU64 } from '../base/u64.js';
import { sameBytes, valueToJson } from '../model/format-value.js';
import type { Hit, WatchInfo } from '../model/hit.js';
import type { JsonValue } from '../model/messages.js';
import type { Place } from '../model/place.js';
import type { ValueSource } from '../model/value.js';

export class HitRecord implements Hit {
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
  /** True while a later round may still tell its new value. */
  unresolved = false;

  constructor(watch: WatchInfo, fields: HitFields) {
    this.watch = watch;
    this.timeLo = fields.timeLo;
    this.timeHi = fields.timeHi;
    this.pid = fields.pid;
    this.tid = fields.tid;
    this.comm = fields.comm;
    this.cpu = fields.cpu;
    this.ipLo = fields.ipLo;
    this.ipHi = fields.ipHi;
    this.kernel = fields.kernel;
    this.place = fields.place;
  }

  get time(): bigint {
    return joinU64(this.timeLo, this.timeHi);
  }

  get ip(): VirtualAddress {
    return as<VirtualAddress>(joinU64(this.ipLo, this.ipHi));
  }

  get oldValue(): JsonValue {
    return valueToJson(this.oldBytes, this.watch.type);
  }

  get newValue(): JsonValue {
    return valueToJson(this.newBytes, this.watch.type);
  }

  get sameValue(): boolean {
    return this.oldBytes !== null && this.newBytes !== null && sameBytes(this.oldBytes, this.newBytes);
  }
}

/** What the engine tells of a hit, and the place it was resolved to. */
export interface HitFields {
  readonly timeLo: number;
  readonly timeHi: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string | null;
  readonly cpu: number;
  readonly ipLo: number;
  readonly ipHi: number;
  readonly kernel: boolean;
  readonly place: Place;
}
