// Reads what programs have counted.
import { joinU64 } from '../../base/u64.js';
import type { BpfMap } from '../../linux/bpf/index.js';
import type { HitCount } from '../handling.js';
import { COUNT, COUNT_KEY } from './count-code.js';
import type { LoadedPiece } from './pieces.js';
import type { ProgramPlan } from './plan.js';
import { commText, joinStacks } from './records.js';

/** Where counts are kept: by thread and place, and call chains by their number. */
export interface CountMaps {
  readonly counts: BpfMap;
  stacks(depth: number): BpfMap;
}

/** All counts of the pieces that `pieceIn` knows by their block. `forget`: and takes them out of the map. */
export function readCounts(maps: CountMaps, pieceIn: (block: number) => LoadedPiece | undefined, forget = false): HitCount[] {
  const value = new Uint32Array(COUNT.bytes / 4);
  const bytes = new Uint8Array(value.buffer);
  const read: HitCount[] = [];
  for (const key of [...maps.counts.keys()]) {
    const words = new Uint32Array(key.buffer);
    const piece = pieceIn(words[COUNT_KEY.block / 4] ?? 0);
    if (piece === undefined) continue;
    if (maps.counts.lookup(key, bytes)) read.push(hitCount(words, value, piece, maps));
    if (forget) maps.counts.delete(key);
  }
  return read;
}

function hitCount(key: Uint32Array, value: Uint32Array, { cookie, plan }: LoadedPiece, maps: CountMaps): HitCount {
  const size = plan.value === null ? 0 : plan.value.size;
  const known = value[COUNT.known / 4] !== 0 && size > 0 && size <= 8;
  const valueAt = (offset: number): Uint8Array | null => (known ? new Uint8Array(value.buffer.slice(offset, offset + size)) : null);
  return {
    cookie,
    pid: key[COUNT_KEY.pid / 4] ?? 0,
    tid: key[COUNT_KEY.tid / 4] ?? 0,
    ip: u64At(key, COUNT_KEY.ip),
    kernel: !plan.reportsKernel,
    stack: stackOf(plan, (key[COUNT_KEY.stack / 4] ?? 0) | 0, maps),
    count: Number(u64At(value, COUNT.count)),
    first: valueAt(COUNT.first),
    last: valueAt(COUNT.last),
    comm: commText(value, COUNT.comm / 4),
  };
}

function u64At(words: Uint32Array, offset: number): bigint {
  return joinU64(words[offset / 4] ?? 0, words[offset / 4 + 1] ?? 0);
}

/** Null where none was asked for, and where the map had no room for the chain (or another one with the same hash was there first). */
function stackOf({ userFrames, kernelFrames }: ProgramPlan, id: number, maps: CountMaps): Uint32Array | null {
  const depth = userFrames > 0 ? userFrames : kernelFrames;
  if (id < 0 || depth === 0) return null;
  const words = new Uint32Array(2 * depth);
  if (!maps.stacks(depth).lookup(new Uint8Array(Uint32Array.of(id).buffer), new Uint8Array(words.buffer))) return null;
  const end = words.findIndex((word, i) => i % 2 === 0 && word === 0 && words[i + 1] === 0);
  const frames = words.subarray(0, end < 0 ? words.length : end);
  return userFrames > 0 ? joinStacks(NO_FRAMES, frames) : joinStacks(frames, NO_FRAMES);
}

const NO_FRAMES = new Uint32Array(0);
