// Hits as they travel, some hundred thousand a second: short rows, and beside them tables of what is the same in many rows.
//
// A row refers to entries of the tables by number. Entries come before the first row that needs them, in the order of their numbers; `from` 0
// begins a table anew, so that none grows without bound.
import {
  bytesToHex,
  type Codec,
  hexToBytes,
  type Json,
  list,
  NotOfShape,
  nullable,
  type Of,
  object,
  text,
  truth,
  u64,
  union,
  whole,
} from './codec.js';
import { MOST_VALUE, wireInfo, wirePlace } from './values.js';

/** Entries of one table. */
export const MOST_ENTRIES = 65_536;
/** Frames of one stack: what the kernel gives, and inlined calls. */
const MOST_FRAMES = 4096;

const index = whole(0, MOST_ENTRIES - 1);
const U32 = 2 ** 32;

/** Sources of values by number; the first: none. As model/value.ts has them. */
export const VALUE_SOURCES = [null, 'registers', 'instruction', 'arithmetic', 'unchanged', 'memory', 'sequence', 'trap', 'racy'] as const;

const u32 = whole(0, U32 - 1);

/** Who made a hit, and where: nearly always the same as in the hit before. Infos, places, comms and instructions by number; the ip as halves. */
const origin = object({
  info: index,
  place: index,
  comm: index,
  /** Null: none. */
  instruction: nullable(index),
  pid: u32,
  tid: u32,
  cpu: u32,
  ipLo: u32,
  ipHi: u32,
  /** Index in {@link VALUE_SOURCES}. */
  source: whole(0, VALUE_SOURCES.length - 1),
  kernel: truth,
  repeat: whole(1, Number.MAX_SAFE_INTEGER),
});
export type Origin = Of<typeof origin>;

/** Entries for one table, from number `from` on. */
export const definition = union('table', {
  infos: { from: index, entries: list(object({ watch: whole(0, U32), info: wireInfo }), MOST_ENTRIES) },
  places: { from: index, entries: list(wirePlace, MOST_ENTRIES) },
  comms: { from: index, entries: list(nullable(text(64)), MOST_ENTRIES) },
  instructions: { from: index, entries: list(object({ address: nullable(u64), text: text() }), MOST_ENTRIES) },
  origins: { from: index, entries: list(origin, MOST_ENTRIES) },
  /** What lies at addresses that pointers of one info hold: not by number, but for good. */
  names: { from: index, entries: list(object({ info: index, address: u64, name: text() }), MOST_ENTRIES) },
});
export type Definition = Of<typeof definition>;

/** One hit. The origin and the stack's places by number; the time as halves. */
export interface Row {
  readonly origin: number;
  readonly timeLo: number;
  readonly timeHi: number;
  readonly old: Uint8Array | null;
  readonly new: Uint8Array | null;
  readonly stack: readonly number[] | null;
}

/** Items of a row: `[origin, timeLo, timeHi, old, new, stack]`. */
const ITEMS = 6;

function u32At(row: readonly unknown[], at: number): number {
  const value = row[at];
  if (typeof value !== 'number' || value >>> 0 !== value) throw new NotOfShape(`item ${at} of a row is not an unsigned 32-bit number`);
  return value;
}

function readBytes(value: unknown): Uint8Array | null {
  return value === null ? null : hexToBytes(value, MOST_VALUE);
}

function bytesText(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : `"${bytesToHex(bytes)}"`;
}

const stack = nullable(list(index, MOST_FRAMES));

/** `row` as JSON, by hand, for speed. */
export function rowText({ origin: from, timeLo, timeHi, old, new: now, stack: frames }: Row): string {
  return `[${from},${timeLo},${timeHi},${bytesText(old)},${bytesText(now)},${frames === null ? 'null' : `[${frames.join(',')}]`}]`;
}

/** Likewise by hand. */
export const row: Codec<Row> = {
  write(hit): Json {
    const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : bytesToHex(bytes));
    return [hit.origin, hit.timeLo, hit.timeHi, hex(hit.old), hex(hit.new), hit.stack];
  },
  read(value): Row {
    if (!Array.isArray(value) || value.length !== ITEMS) throw new NotOfShape('not a row');
    return {
      origin: u32At(value, 0),
      timeLo: u32At(value, 1),
      timeHi: u32At(value, 2),
      old: readBytes(value[3]),
      new: readBytes(value[4]),
      stack: stack.read(value[5]),
    };
  },
};
