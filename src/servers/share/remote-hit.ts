// A hit that came over the socket: it reads like one of the session's own.
import { HalvedHit } from '../../model/halved-hit.js';
import type { Hit, InstructionShown, WatchInfo } from '../../model/hit.js';
import type { Place } from '../../model/place.js';
import type { ValueSource } from '../../model/value.js';
import type { Origin, Row } from '../../protocols/share/index.js';

/** What a row's origin stands for. */
export interface HitOrigin extends Omit<Origin, 'info' | 'place' | 'comm' | 'instruction' | 'source'> {
  readonly watch: number;
  readonly info: WatchInfo;
  readonly place: Place;
  readonly comm: string | null;
  readonly instruction: InstructionShown | null;
  readonly source: ValueSource | null;
}

export class RemoteHit extends HalvedHit implements Hit {
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

  constructor(row: Row, origin: HitOrigin, stack: readonly Place[] | null) {
    super();
    this.watch = origin.info;
    this.timeLo = row.timeLo;
    this.timeHi = row.timeHi;
    this.pid = origin.pid;
    this.tid = origin.tid;
    this.comm = origin.comm;
    this.cpu = origin.cpu;
    this.ipLo = origin.ipLo;
    this.ipHi = origin.ipHi;
    this.place = origin.place;
    this.instruction = origin.instruction;
    this.oldBytes = row.old;
    this.newBytes = row.new;
    this.valueSource = origin.source;
    this.kernel = origin.kernel;
    this.repeat = origin.repeat;
    this.stack = stack;
  }
}
