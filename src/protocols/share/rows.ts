// Hits as they travel, some hundred thousand a second: rows of numbers, and beside them tables of what is the same in many rows.
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

/** Entries for one table, from number `from` on. */
export const definition = union('table', {
  infos: { from: index, entries: list(object({ watch: whole(0, U32), info: wireInfo }), MOST_ENTRIES) },
  places: { from: index, entries: list(wirePlace, MOST_ENTRIES) },
  comms: { from: index, entries: list(nullable(text(64)), MOST_ENTRIES) },
  instructions: { from: index, entries: list(object({ address: nullable(u64), text: text() }), MOST_ENTRIES) },
  /** What lies at addresses that pointers of one info hold: not by number, but for good. */
  names: { from: index, entries: list(object({ info: index, address: u64, name: text() }), MOST_ENTRIES) },
});
export type Definition = Of<typeof definition>;

/** Sources of values by number; the first: none. As model/value.ts has them. */
export const VALUE_SOURCES = [null, 'registers', 'instruction', 'arithmetic', 'unchanged', 'memory', 'sequence', 'trap', 'racy'] as const;

/** One hit. Infos, places, comms and instructions by number; 64-bit numbers as halves. */
export interface Row {
  readonly info: number;
  readonly place: number;
  readonly comm: number;
  /** -1: none. */
  readonly instruction: number;
  readonly timeLo: number;
  readonly timeHi: number;
  readonly pid: number;
  readonly tid: number;
  readonly cpu: number;
  readonly ipLo: number;
  readonly ipHi: number;
  /** Index in {@link VALUE_SOURCES}. */
  readonly source: number;
  readonly kernel: boolean;
  readonly repeat: number;
  readonly old: Uint8Array | null;
  readonly new: Uint8Array | null;
  /** Places by number. */
  readonly stack: readonly number[] | null;
}

/** The numbers of a row, in their order, and how large they may be. */
const NUMBERS: readonly (readonly [least: number, end: number])[] = [
  [0, MOST_ENTRIES],
  [0, MOST_ENTRIES],
  [0, MOST_ENTRIES],
  [-1, MOST_ENTRIES],
  [0, U32],
  [0, U32],
  [0, U32],
  [0, U32],
  [0, U32],
  [0, U32],
  [0, U32],
  [0, VALUE_SOURCES.length],
  [0, 2],
  [1, Number.MAX_SAFE_INTEGER],
];

function numberAt(row: readonly unknown[], at: number): number {
  const value = row[at];
  const [least, end] = NUMBERS[at] ?? [0, 0];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value >= end)
    throw new NotOfShape(`number ${at} of a row is not from ${least} to below ${end}`);
  return value;
}

const OLD = NUMBERS.length;
const NEW = OLD + 1;
const STACK = NEW + 1;

function readBytes(value: unknown): Uint8Array | null {
  return value === null ? null : hexToBytes(value, MOST_VALUE);
}

const stack = nullable(list(index, MOST_FRAMES));

/** By hand, for speed: `[...numbers, old, new, stack]`. */
export const row: Codec<Row> = {
  write(hit): Json {
    return [
      ...[hit.info, hit.place, hit.comm, hit.instruction, hit.timeLo, hit.timeHi, hit.pid, hit.tid, hit.cpu, hit.ipLo, hit.ipHi],
      ...[hit.source, hit.kernel ? 1 : 0, hit.repeat],
      hit.old === null ? null : bytesToHex(hit.old),
      hit.new === null ? null : bytesToHex(hit.new),
      hit.stack,
    ];
  },
  read(value): Row {
    if (!Array.isArray(value) || value.length !== STACK + 1) throw new NotOfShape('not a row');
    return {
      info: numberAt(value, 0),
      place: numberAt(value, 1),
      comm: numberAt(value, 2),
      instruction: numberAt(value, 3),
      timeLo: numberAt(value, 4),
      timeHi: numberAt(value, 5),
      pid: numberAt(value, 6),
      tid: numberAt(value, 7),
      cpu: numberAt(value, 8),
      ipLo: numberAt(value, 9),
      ipHi: numberAt(value, 10),
      source: numberAt(value, 11),
      kernel: numberAt(value, 12) === 1,
      repeat: numberAt(value, 13),
      old: readBytes(value[OLD]),
      new: readBytes(value[NEW]),
      stack: stack.read(value[STACK]),
    };
  },
};
