// What the owner of a process tells a command that has joined: answers to its requests, and what happens meanwhile.
import { type Codec, i64, type Json, list, NotOfShape, nullable, type Of, object, text, truth, u64, union, whole, word } from './codec.js';
import { definition, row } from './rows.js';
import { value, wireArming } from './values.js';

const U32 = 2 ** 32 - 1;
const id = whole(0, U32);
const pid = whole(1, U32);
const count = whole(0, Number.MAX_SAFE_INTEGER);

/** Why a request was refused, so that it can be told as if there were no owner between. */
export const refusal = object({
  code: text(64),
  message: text(),
  hint: nullable(text()),
  /** The expression with a caret below the part it is about; null where it is about none. */
  marked: nullable(text()),
  /** Where the free registers do not suffice. */
  shortage: nullable(object({ address: u64, length: count, slotsNeeded: count, slotsFree: count, fitting: count })),
});
export type WireRefusal = Of<typeof refusal>;

/** Things that happen to the process or a watch; `info` by number, as in rows. */
const happening = union('kind', {
  exec: { pid, comm: text(64), time: u64 },
  fork: { pid, child: pid, time: u64 },
  'unseen-change': { info: id, pid, time: u64, expected: value, found: value },
  lost: { count, time: u64 },
  throttled: { count, time: u64 },
  'watch-ended': { info: id, reason: text() },
  waiting: { info: id },
  evicted: { info: id },
  installed: { info: id, threads: count },
  'armed-again': { info: id, threads: count },
  're-aimed': { info: id, time: u64, blind: nullable(u64), threads: count },
  'waiting-for-pointer': { info: id, reason: text() },
  'waiting-for-library': { info: id, library: text() },
  'waiting-for-call': { info: id, function: text() },
  'frame-ended': { info: id, time: u64 },
});
export type Happening = Of<typeof happening>;

const cause = union('kind', {
  /** Pairs of a watch and a row. */
  hit: { hits: list(object({ watch: id, row }), 64) },
  step: {},
  signal: { signal: whole(0, 64) },
  interrupted: {},
  'group-stop': { signal: whole(0, 64) },
  born: {},
  clone: { child: pid },
  fork: { child: pid },
  vfork: { child: pid },
  exec: {},
});
export type WireCause = Of<typeof cause>;

/** One thing that happened, in order. */
export const news = union('type', {
  define: { definition },
  /** How a watch is now; also the first that is heard of it. */
  watch: { watch: id, info: id, isArmed: truth, arming: wireArming },
  hits: { rows: list(row, 65_536) },
  change: { watch: id, change: word('evicted', 'installed', 'ended'), because: nullable(text()) },
  happened: { event: happening },
  thread: { pid, tid: pid, change: word('started', 'ended') },
  stopped: { pid, tid: pid, cause, time: u64 },
  processEnded: { pid, how: word('exited', 'killed'), number: i64 },
  /** So many hits were not sent, because the reader was too slow. */
  dropped: { count, time: u64 },
  /** Nothing more comes. */
  closed: { because: text() },
});
export type News = Of<typeof news>;

/** What the owner sends. What `done` holds is read by whoever knows what was asked (requests.ts). */
export type Answer =
  | { readonly type: 'done'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly refusal: WireRefusal }
  | { readonly type: 'news'; readonly news: readonly News[] };

/** Anything; it is checked later. */
const later: Codec<unknown> = {
  write: (value) => value as Json,
  read(value) {
    if (value === undefined) throw new NotOfShape('nothing');
    return value;
  },
};

export const answer: Codec<Answer> = union('type', {
  done: { id, result: later },
  failed: { id, refusal },
  news: { news: list(news, 65_536) },
});
