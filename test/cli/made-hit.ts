// Hits as a session delivers them, made up for tests of what is printed.
import { as, type VirtualAddress } from '../../src/base/brand.js';
import { highU32, lowU32 } from '../../src/base/u64.js';
import { newRawHit } from '../../src/engines/reports.js';
import type { WatchInfo } from '../../src/model/hit.js';
import type { Place } from '../../src/model/place.js';
import { HitRecord } from '../../src/session/hit-record.js';

/** A watch on `counter`, a signed long. */
export function madeWatch(more: Partial<WatchInfo> = {}): WatchInfo {
  return {
    expression: 'counter',
    address: as<VirtualAddress>(0x5555_0000_4040n),
    size: 8,
    access: 'write',
    type: { kind: 'signed', size: 8, name: 'long' },
    ...more,
  };
}

export function madePlace(more: Partial<Place> = {}): Place {
  return { function: 'bump', file: '/src/hot.c', line: 12, module: 'hot', offset: 4, ...more };
}

/** What a test may want otherwise than a user write of 42 over 41. */
export type MadeHit = Partial<Pick<HitRecord, 'watch' | 'pid' | 'tid' | 'comm' | 'cpu' | 'kernel' | 'place' | 'time'>> &
  Partial<Pick<HitRecord, 'oldBytes' | 'newBytes' | 'valueSource' | 'repeat' | 'stack' | 'instruction' | 'cgroup'>> & { ip?: bigint };

export function madeHit(more: MadeHit = {}): HitRecord {
  const { time = 5_000_000_123n, ip = 0x5555_0000_1234n } = more;
  const raw = {
    ...newRawHit(),
    cookie: 1,
    pid: more.pid ?? 4711,
    tid: more.tid ?? 4712,
    cpu: more.cpu ?? 1,
    timeLo: lowU32(time),
    timeHi: highU32(time),
    ipLo: lowU32(ip),
    ipHi: highU32(ip),
    kernel: more.kernel ?? false,
  };
  const comm = more.comm === undefined ? 'hot' : more.comm;
  const hit = new HitRecord(more.watch ?? madeWatch(), raw, more.place ?? madePlace(), comm);
  const {
    oldBytes = i64(41n),
    newBytes = i64(42n),
    valueSource = 'registers',
    repeat = 1,
    stack = null,
    instruction = null,
    cgroup = null,
  } = more;
  return Object.assign(hit, { oldBytes, newBytes, valueSource, repeat, stack, instruction, cgroup });
}

/** The eight bytes of a signed long. */
export function i64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, true);
  return bytes;
}
