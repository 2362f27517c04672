// Reads what programs have counted.
import { joinU64 } from '../../base/u64.js';
import type { BpfMap } from '../../linux/bpf/index.js';
import type { HitCount } from '../handling.js';
import { COUNT, COUNT_KEY } from './count-code.js';
import type { LoadedPiece } from './pieces.js';
import { commText, joinStacks } from './records.js';

/** How one piece counts. */
export interface CountShape {
  readonly piece: LoadedPiece;
  /** Bytes of the value; 0 where none is read. */
  readonly valueSize: number;
  readonly kernel: boolean;
  /** Call chains, and their depth; null where none was asked for. */
  readonly stacks: { readonly map: BpfMap; readonly depth: number } | null;
}

/** All counts of the pieces that `shapeOf` knows by their block. */
export function readCounts(counts: BpfMap, shapeOf: (block: number) => CountShape | undefined): HitCount[] {
  const value = new Uint32Array(COUNT.bytes / 4);
  const bytes = new Uint8Array(value.buffer);
  const read: HitCount[] = [];
  for (const key of counts.keys()) {
    const words = new Uint32Array(key.buffer);
    const shape = shapeOf(words[COUNT_KEY.block / 4] ?? 0);
    if (shape !== undefined && counts.lookup(key, bytes)) read.push(hitCount(words, value, shape));
  }
  return read;
}

function hitCount(key: Uint32Array, value: Uint32Array, { piece, valueSize, kernel, stacks }: CountShape): HitCount {
  const known = value[COUNT.known / 4] !== 0 && valueSize > 0;
  const valueAt = (offset: number): Uint8Array | null =>
    known ? new Uint8Array(value.buffer.slice(offset, offset + Math.min(valueSize, 8))) : null;
  return {
    cookie: piece.cookie,
    pid: key[COUNT_KEY.pid / 4] ?? 0,
    tid: key[COUNT_KEY.tid / 4] ?? 0,
    ip: u64At(key, COUNT_KEY.ip),
    kernel,
    stack: stacks === null ? null : stackOf(stacks, (key[COUNT_KEY.stack / 4] ?? 0) | 0, kernel),
    count: Number(u64At(value, COUNT.count)),
    first: valueAt(COUNT.first),
    last: valueAt(COUNT.last),
    comm: commText(value, COUNT.comm / 4),
  };
}

function u64At(words: Uint32Array, offset: number): bigint {
  return joinU64(words[offset / 4] ?? 0, words[offset / 4 + 1] ?? 0);
}

/** Null where the map had no room for the chain (or another one with the same hash was there first). */
function stackOf({ map, depth }: NonNullable<CountShape['stacks']>, id: number, kernel: boolean): Uint32Array | null {
  if (id < 0) return null;
  const words = new Uint32Array(2 * depth);
  if (!map.lookup(new Uint8Array(Uint32Array.of(id).buffer), new Uint8Array(words.buffer))) return null;
  const end = words.findIndex((word, i) => i % 2 === 0 && word === 0 && words[i + 1] === 0);
  const frames = words.subarray(0, end < 0 ? words.length : end);
  return kernel ? joinStacks(frames, words.subarray(0, 0)) : joinStacks(words.subarray(0, 0), frames);
}
