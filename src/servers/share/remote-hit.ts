// A hit that came over the socket: it reads like one of the session's own.
import { as, type VirtualAddress } from '../../base/brand.js';
import { joinU64 } from '../../base/u64.js';
import { valueToJson } from '../../model/format-value.js';
import type { Hit, InstructionShown, WatchInfo } from '../../model/hit.js';
import type { JsonValue } from '../../model/messages.js';
import type { Place } from '../../model/place.js';
import { sameValue } from '../../model/same-value.js';
import type { ValueSource } from '../../model/value.js';
import { type Row, VALUE_SOURCES } from '../../protocols/share/index.js';

/** What a row refers to by number. */
export interface RowTables {
  info(number: number): WatchInfo;
  place(number: number): Place;
  comm(number: number): string | null;
  instruction(number: number): InstructionShown | null;
}

export class RemoteHit implements Hit {
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
  readonly place: Place;
  readonly instruction: InstructionShown | null;
  readonly oldBytes: Uint8Array | null;
  readonly newBytes: Uint8Array | null;
  readonly valueSource: ValueSource | null;
  readonly kernel: boolean;
  readonly repeat: number;
  readonly stack: readonly Place[] | null;
  readonly cgroup = null;

  constructor(row: Row, tables: RowTables) {
    this.watch = tables.info(row.info);
    this.timeLo = row.timeLo;
    this.timeHi = row.timeHi;
    this.pid = row.pid;
    this.tid = row.tid;
    this.comm = tables.comm(row.comm);
    this.cpu = row.cpu;
    this.ipLo = row.ipLo;
    this.ipHi = row.ipHi;
    this.place = tables.place(row.place);
    this.instruction = row.instruction < 0 ? null : tables.instruction(row.instruction);
    this.oldBytes = row.old;
    this.newBytes = row.new;
    this.valueSource = VALUE_SOURCES[row.source] ?? null;
    this.kernel = row.kernel;
    this.repeat = row.repeat;
    this.stack = row.stack?.map((number) => tables.place(number)) ?? null;
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
    return this.oldBytes !== null && this.newBytes !== null && sameValue(this.oldBytes, this.newBytes, this.watch.type);
  }
}
