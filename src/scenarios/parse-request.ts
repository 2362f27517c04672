// Reads `ACTOR REQUEST -> RESULT`: what tracers and users of breakpoints ask for.
import type { Inherit } from '../model/access.js';
import type { Cursor } from './cursor.js';
import {
  atBreakpoint,
  atRegister,
  ERRNOS,
  KERNELS,
  parseAddress,
  parseBreakpoint,
  parseCpu,
  parseKernel,
  parseName,
  parseRegister,
  parseSignal,
  SIGNALS,
} from './parse-operands.js';
import {
  type ActorKind,
  type RegisterValue,
  type RequestText,
  type ResultText,
  type Terms,
  TRACE_OPTIONS,
  type WatchpointFields,
} from './requests.js';
import type { MarkedResult } from './scenario.js';

type Reader = (cursor: Cursor) => RequestText;

const PRIORITIES = { normal: 20, ptrace: 50, high: 90 } as const;
const NO_TERMS: Terms = { priority: PRIORITIES.normal, callbacks: true, answer: 'passed', inherit: 'none' };
/** More than any interface has, so that an index beyond the count can be tried. */
const MOST_INDEX = 255;
const MOST_FIELD = 0xff;

const TRACER: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    (['attach', 'detach', 'cont', 'singlestep'] as const).map((ask): [string, Reader] => [ask, (cursor) => parseGo(cursor, ask)]),
  ),
  options: parseOptions,
  poke: parsePoke,
  peek: (cursor) => ({ ask: 'peek', thread: parseThread(cursor), register: parseRegister(cursor) }),
  siginfo: (cursor) => ({ ask: 'siginfo', thread: parseThread(cursor) }),
  geteventmsg: (cursor) => ({ ask: 'geteventmsg', thread: parseThread(cursor) }),
  'count-watchpoints': (cursor) => ({ ask: 'count-watchpoints', thread: parseThread(cursor) }),
  set: parseSet,
  'write-watchpoint': parseWriteWatchpoint,
  'read-watchpoint': (cursor) => ({ ask: 'read-watchpoint', thread: parseThread(cursor), index: parseIndex(cursor) }),
  setdbregs: parseSetdbregs,
  getdbregs: (cursor) => ({ ask: 'getdbregs', thread: parseThread(cursor), register: parseRegister(cursor) }),
};

const MODIFY: Reader = (cursor) => ({ ask: 'modify', breakpoint: parseBreakpoint(cursor) });
const REGISTERED: Readonly<Record<string, Reader>> = { modify: MODIFY, unregister: () => ({ ask: 'unregister' }) };

const READERS: Readonly<Record<ActorKind, Readonly<Record<string, Reader>>>> = {
  tracer: TRACER,
  kernel: { register: (cursor) => parseRegistration(cursor, false), ...REGISTERED },
  utrace: {
    register: (cursor) => parseRegistration(cursor, true),
    ...REGISTERED,
    swallow: (cursor) => ({ ask: 'swallow', thread: parseThread(cursor), signal: parseSignal(cursor) }),
    leave: (cursor) => ({ ask: 'leave', thread: parseThread(cursor), signal: parseSignal(cursor) }),
  },
  kwatch: { register: parseKwatch, unregister: parseUnkwatch },
  perf: { open: parseOpen, modify: MODIFY, close: () => ({ ask: 'close' }), count: () => ({ ask: 'count' }) },
};

/** The request behind the actor's name. */
export function parseRequest(cursor: Cursor, kind: ActorKind): RequestText {
  const readers = READERS[kind];
  const reader = Object.hasOwn(readers, cursor.peek()) ? readers[cursor.peek()] : undefined;
  if (reader === undefined) throw cursor.notOneOf(Object.keys(readers), `a request of a ${kind === 'tracer' ? kind : `${kind} user`}`);
  cursor.next();
  return reader(cursor);
}

/** `-> ENOSPC, linux-2.6.20 EBUSY, linux ok`: without a kernel's name first for those of the `kernels` line. */
export function parseResults(cursor: Cursor): MarkedResult[] {
  const results: MarkedResult[] = [];
  if (!cursor.take('->')) return results;
  do {
    const spot = cursor.spot;
    const kernel = (KERNELS as readonly string[]).includes(cursor.peek()) ? parseKernel(cursor) : null;
    results.push({ ...spot, kernel, result: parseResult(cursor) });
  } while (cursor.take(','));
  return results;
}

function parseResult(cursor: Cursor): ResultText {
  if (cursor.take('ok')) return { kind: 'ok' };
  if (cursor.take('off')) return { kind: 'slot', breakpoint: null };
  const state = cursor.maybeOneOf(['installed', 'waiting'] as const);
  if (state !== null) return { kind: 'state', state };
  const errno = cursor.maybeOneOf(ERRNOS);
  if (errno !== null) return { kind: 'errno', errno };
  const signal = cursor.maybeOneOf(SIGNALS);
  if (signal !== null) return { kind: 'signal', signal, code: cursor.peekKind() === 'word' ? cursor.next() : null };
  if (atBreakpoint(cursor)) return { kind: 'slot', breakpoint: parseBreakpoint(cursor) };
  if (/^E[A-Z]+$/.test(cursor.peek())) throw cursor.notOneOf(ERRNOS, 'an error');
  return { kind: 'value', value: parseAddress(cursor, 'a result') };
}

function parseThread(cursor: Cursor): ReturnType<typeof parseName> {
  return parseName(cursor, 'a thread');
}

function parseIndex(cursor: Cursor): number {
  return cursor.number('an index', 0, MOST_INDEX);
}

function parseGo(cursor: Cursor, ask: 'attach' | 'detach' | 'cont' | 'singlestep'): RequestText {
  const thread = parseThread(cursor);
  const atSignal = (SIGNALS as readonly string[]).includes(cursor.peek());
  return { ask, thread, signal: atSignal && ask !== 'attach' ? parseSignal(cursor) : null };
}

function parseOptions(cursor: Cursor): RequestText {
  const thread = parseThread(cursor);
  const options = [cursor.oneOf(TRACE_OPTIONS, 'an option')];
  while (cursor.take(',')) options.push(cursor.oneOf(TRACE_OPTIONS, 'an option'));
  return { ask: 'options', thread, options };
}

function parsePoke(cursor: Cursor): RequestText {
  return { ask: 'poke', thread: parseThread(cursor), ...parseAssignment(cursor) };
}

/** `dr0 = a` */
function parseAssignment(cursor: Cursor): RegisterValue {
  const register = parseRegister(cursor);
  cursor.expect('=');
  return { register, value: parseAddress(cursor, 'a value') };
}

/** `set T slot 0 write a:4`, `set T slot 0 off`. */
function parseSet(cursor: Cursor): RequestText {
  const thread = parseThread(cursor);
  cursor.expect('slot');
  const slot = parseIndex(cursor);
  return { ask: 'set', thread, slot, breakpoint: cursor.take('off') ? null : parseBreakpoint(cursor) };
}

/** `write-watchpoint T 0 address a condition 1 length 3`, in any order; what is left out is 0, and an address left out is none. */
function parseWriteWatchpoint(cursor: Cursor): RequestText {
  const thread = parseThread(cursor);
  const index = parseIndex(cursor);
  let fields: WatchpointFields = { address: null, condition: 0, length: 0 };
  for (;;) {
    if (cursor.take('address')) fields = { ...fields, address: parseAddress(cursor) };
    else if (cursor.take('condition')) fields = { ...fields, condition: cursor.number('a condition', 0, MOST_FIELD) };
    else if (cursor.take('length')) fields = { ...fields, length: cursor.number("a length's code", 0, MOST_FIELD) };
    else return { ask: 'write-watchpoint', thread, index, fields };
  }
}

function parseSetdbregs(cursor: Cursor): RequestText {
  const thread = parseThread(cursor);
  const registers = [parseAssignment(cursor)];
  while (atRegister(cursor)) registers.push(parseAssignment(cursor));
  return { ask: 'setdbregs', thread, registers };
}

/** `register [T] write a:4 [priority 90] [consumes|passes] [without callbacks] [inherit threads]`. */
function parseRegistration(cursor: Cursor, ofThread: boolean): RequestText {
  const thread = ofThread ? parseThread(cursor) : null;
  return { ask: 'register', thread, breakpoint: parseBreakpoint(cursor), terms: parseTerms(cursor) };
}

function parseTerms(cursor: Cursor): Terms {
  let terms = NO_TERMS;
  for (;;) {
    if (cursor.take('priority')) terms = { ...terms, priority: parsePriority(cursor) };
    else if (cursor.take('consumes')) terms = { ...terms, answer: 'consumed' };
    else if (cursor.take('passes')) terms = { ...terms, answer: 'passed' };
    else if (cursor.take('inherit')) terms = { ...terms, inherit: parseInherit(cursor) };
    else if (cursor.take('without')) {
      cursor.expect('callbacks');
      terms = { ...terms, callbacks: false };
    } else return terms;
  }
}

function parseInherit(cursor: Cursor): Inherit {
  return cursor.oneOf(['none', 'threads', 'children'] as const, 'what is inherited');
}

function parsePriority(cursor: Cursor): number {
  const word = cursor.maybeOneOf(['normal', 'ptrace', 'high'] as const);
  return word === null ? cursor.number('a priority', 0, 255) : PRIORITIES[word];
}

/** `register write k:4 [without handler]` */
function parseKwatch(cursor: Cursor): RequestText {
  const breakpoint = parseBreakpoint(cursor);
  const without = cursor.take('without');
  if (without) cursor.expect('handler');
  return { ask: 'kwatch', breakpoint, handler: !without };
}

/** `unregister [3]`: the number it got, or this one. */
function parseUnkwatch(cursor: Cursor): RequestText {
  return { ask: 'unkwatch', register: cursor.atEnd ? null : parseIndex(cursor) };
}

/** `open T write a:4 [cpu 0] [with kernel] [inherit threads]`, `open cpu 0 write a:4`. */
function parseOpen(cursor: Cursor): RequestText {
  const onCpu = cursor.take('cpu');
  const thread = onCpu ? null : parseThread(cursor);
  let cpu = onCpu ? parseCpu(cursor) : null;
  const breakpoint = parseBreakpoint(cursor);
  let kernel = false;
  let inherit: Inherit = 'none';
  for (;;) {
    if (cursor.take('with')) {
      cursor.expect('kernel');
      kernel = true;
    } else if (cursor.take('inherit')) inherit = parseInherit(cursor);
    else if (!onCpu && cursor.take('cpu')) cpu = parseCpu(cursor);
    else return { ask: 'open', thread, cpu, breakpoint, kernel, inherit };
  }
}
