// What a command that has joined asks the owner of a process for. Each request has a number, and is answered by exactly one answer of that number.
import { amount, bytes, type Codec, list, nullable, type Of, object, text, truth, u64, union, whole, word } from './codec.js';

/** Two that do not speak the same version leave each other alone. */
export const PROTOCOL_VERSION = 1;

const U32 = 2 ** 32 - 1;
const id = whole(0, U32);
const pid = whole(1, U32);
const tid = pid;
const signal = whole(0, 64);

/** Bytes of memory in one request. */
export const MOST_MEMORY = 1024 * 1024;
/** Of XSAVE's area. */
const MOST_STATE = 64 * 1024;
/** Threads named in one request. */
const MOST_THREADS = 65_536;
/** Words of struct user_regs_struct. */
const REGISTER_WORDS = 27;

const tids = list(tid, MOST_THREADS);

/** What a watch asks for; as session/options.ts has it, with nothing left out. */
export const wishes = object({
  access: word('write', 'readwrite', 'execute'),
  as: nullable(text(64)),
  stackDepth: whole(0, 127),
  instruction: truth,
  condition: nullable(text()),
  changesOnly: truth,
  priority: nullable(whole(0, 255)),
  keep: word('each', 'counts', 'values'),
  follow: truth,
  everyCall: truth,
  stop: truth,
  /** Of several processes; null: the one that it began with. */
  pid: nullable(pid),
  unmapped: truth,
});
export type Wishes = Of<typeof wishes>;

/** How the process has to be watched so that whoever joins gets what he asked for; `auto` and null: in any way. */
const terms = { engine: text(32), inherit: nullable(word('none', 'threads', 'children')) };

const words = list(text(64), 65_536);

/** As in engines/contract.ts. */
const capabilities = object({
  name: word('perf', 'bpf', 'stop', 'sim', 'remote'),
  stopsTarget: truth,
  kernelWrites: truth,
  slots: whole(0, 64),
  values: word('rebuilt', 'read-at-hit'),
  accesses: list(word('write', 'readwrite', 'execute'), 8),
  inherits: list(word('none', 'threads', 'children'), 8),
  targets: list(word('process', 'kernel'), 8),
  handles: list(word('each', 'counts', 'stops'), 8),
  pauses: truth,
  blindTo: words,
});

export const request = union('type', {
  /** The first one. `start`: when the process began, in ticks since boot; with its number this names it for ever. */
  hello: { id, version: whole(0, U32), name: text(256), role: word('controls', 'watches'), pid, start: text(64), ...terms },
  watch: { id, expression: text(), wishes },
  close: { id, watch: id },
  tally: { id, watch: id },
  slots: { id },
  threads: { id },
  policy: { id, signals: list(whole(1, 64), 64), clones: truth, forks: truth, execs: truth, wholeProcess: truth },
  /** `tids` null: all. */
  stop: { id, tids: nullable(tids) },
  resume: { id, tids: nullable(tids), signal },
  step: { id, tid, signal, by: word('breakpoint', 'trap-flag') },
  registers: { id, tid },
  setRegisters: { id, tid, words: list(u64, REGISTER_WORDS) },
  extendedState: { id, tid },
  setExtendedState: { id, tid, state: bytes(MOST_STATE) },
  signalInfo: { id, tid },
  setSignalInfo: { id, tid, info: bytes(128) },
  readMemory: { id, pid, address: u64, length: whole(0, MOST_MEMORY) },
  writeMemory: { id, pid, address: u64, bytes: bytes(MOST_MEMORY) },
  kill: { id, pid },
  detach: { id, pid },
});
export type Request = Of<typeof request>;
export type RequestOf<T extends Request['type']> = Extract<Request, { readonly type: T }>;

/** What answers `done` hold, by the request they answer. */
export const RESULTS = {
  /** Who has the process, and how it watches it. */
  hello: object({ owner: pid, name: text(256), inherit: word('none', 'threads', 'children'), capabilities }),
  watch: object({ watch: id }),
  close: nullable(truth),
  tally: list(
    object({
      info: id,
      place: id,
      comm: nullable(text(64)),
      pid,
      tid,
      ip: u64,
      kernel: truth,
      stack: nullable(list(id, 4096)),
      count: whole(0, Number.MAX_SAFE_INTEGER),
      estimate: amount,
      first: nullable(bytes(64)),
      last: nullable(bytes(64)),
      /** Null: never. */
      firstAt: nullable(whole(0, Number.MAX_SAFE_INTEGER)),
      lastAt: whole(0, Number.MAX_SAFE_INTEGER),
    }),
    65_536,
  ),
  slots: list(
    object({
      client: text(256),
      expression: text(),
      priority: nullable(whole(0, 255)),
      address: u64,
      length: whole(0, U32),
      armed: truth,
    }),
    1024,
  ),
  threads: list(object({ pid, tid, name: text(64), stopped: truth }), MOST_THREADS),
  policy: nullable(truth),
  stop: nullable(truth),
  resume: nullable(truth),
  step: nullable(truth),
  registers: list(u64, REGISTER_WORDS),
  setRegisters: nullable(truth),
  extendedState: bytes(MOST_STATE),
  setExtendedState: nullable(truth),
  signalInfo: nullable(bytes(128)),
  setSignalInfo: nullable(truth),
  readMemory: nullable(bytes(MOST_MEMORY)),
  writeMemory: nullable(truth),
  kill: nullable(truth),
  detach: nullable(truth),
} as const satisfies Record<Request['type'], Codec<unknown>>;
export type ResultOf<T extends Request['type']> = Of<(typeof RESULTS)[T]>;
