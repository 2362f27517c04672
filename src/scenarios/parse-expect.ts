// Reads `expect [on KERNELS] [not] FACT`: subject first, then what is said of it.
import type { Named } from './address.js';
import type { Cursor } from './cursor.js';
import { CLIENT_EVENTS, CPU_EVENTS, type EventText, type Fact, THREAD_EVENTS, type ThreadState } from './facts.js';
import {
  atRegister,
  parseAddress,
  parseBreakpoint,
  parseCpu,
  parseKernel,
  parseName,
  parseRange,
  parseRegister,
  parseSignal,
  parseTarget,
} from './parse-operands.js';
import type { ActorKind, BreakpointText } from './requests.js';
import type { Statement } from './scenario.js';

const MOST_TIMES = 1_000_000;
const MOST_VALUE = Number.MAX_SAFE_INTEGER;
const STATUSES = ['installed', 'waiting', 'unregistered'] as const;

/** What names stand for, as far as the reading depends on it. */
export interface Subjects {
  kindOf(name: string): ActorKind | null;
}

type Expect = Omit<Extract<Statement, { kind: 'expect' }>, 'line' | 'column' | 'text'>;

/** The line behind `expect`. */
export function parseExpect(cursor: Cursor, subjects: Subjects): Expect {
  const kernels = cursor.take('on') ? [parseKernel(cursor)] : null;
  if (kernels !== null) {
    while (cursor.take(',')) kernels.push(parseKernel(cursor));
    cursor.expect(':');
  }
  const negated = cursor.take('not');
  return { kind: 'expect', kernels, negated, fact: parseFact(cursor, subjects) };
}

function parseFact(cursor: Cursor, subjects: Subjects): Fact {
  if (cursor.peek() === 'cpu' && cursor.peekKind(1) === 'number') return parseCpuFact(cursor, subjects);
  if (cursor.take('kernel')) return parseMemoryFact(cursor, null);
  const subject = parseName(cursor, 'cpu N, a thread, or a user of breakpoints');
  const kind = subjects.kindOf(subject.name);
  if (kind !== null && kind !== 'tracer') return parseClientFact(cursor, subject, subjects);
  return parseThreadFact(cursor, subject, subjects);
}

function parseCpuFact(cursor: Cursor, subjects: Subjects): Fact {
  cursor.expect('cpu');
  const cpu = parseCpu(cursor);
  if (atRegister(cursor)) {
    const register = parseRegister(cursor);
    cursor.expect('=');
    return { kind: 'physical', cpu, register, value: parseAddress(cursor, 'a value') };
  }
  if (cursor.take('armed')) return { kind: 'armed', cpu, breakpoints: parseArmed(cursor) };
  const event = cursor.oneOf(CPU_EVENTS, 'dr0 to dr7, armed, or an event of a CPU');
  return parseEvents(cursor, { of: 'cpu', cpu, event }, subjects);
}

function parseArmed(cursor: Cursor): BreakpointText[] {
  if (cursor.take('nothing')) return [];
  const breakpoints = [parseBreakpoint(cursor)];
  while (cursor.take(',')) breakpoints.push(parseBreakpoint(cursor));
  return breakpoints;
}

function parseClientFact(cursor: Cursor, client: Named, subjects: Subjects): Fact {
  if (cursor.take('is')) return { kind: 'client', client, status: cursor.oneOf(STATUSES, 'a status') };
  return parseEvents(cursor, { of: 'client', client, event: cursor.oneOf(CLIENT_EVENTS, 'is, or an event of a user') }, subjects);
}

const THREAD_WORDS = [
  'dr0 to dr7',
  'is',
  'has',
  'at',
  'memory',
  'context',
  'signal',
  'handler',
  'swallowed',
  'writes',
  'reads',
  ...THREAD_EVENTS,
];

function parseThreadFact(cursor: Cursor, thread: Named, subjects: Subjects): Fact {
  if (atRegister(cursor)) return parseVirtual(cursor, thread);
  if (cursor.take('is')) return { kind: 'state', thread, state: parseIs(cursor) };
  if (cursor.take('has')) {
    cursor.expect('exited');
    return { kind: 'state', thread, state: { is: 'exited', status: cursor.take('with') ? cursor.number('a status', 0, 255) : null } };
  }
  if (cursor.take('at')) return { kind: 'at', thread, address: parseTarget(cursor) };
  if (cursor.peek() === 'memory') return parseMemoryFact(cursor, thread);
  if (cursor.take('context')) return parseContext(cursor, thread);
  return parseEvents(cursor, parseThreadEvent(cursor, thread), subjects);
}

/** `dr7 = 0x101`, `dr6 shows 0, 1, step`, `dr6 shows nothing`. */
function parseVirtual(cursor: Cursor, thread: Named): Fact {
  const register = parseRegister(cursor);
  if (register === 6 && cursor.take('shows')) return parseShows(cursor, thread);
  cursor.expect('=');
  return { kind: 'virtual', thread, register, value: parseAddress(cursor, 'a value') };
}

function parseShows(cursor: Cursor, thread: Named): Fact {
  const bits: number[] = [];
  let step = false;
  if (cursor.take('nothing')) return { kind: 'shows', thread, bits, step };
  do {
    if (cursor.take('step')) step = true;
    else bits.push(cursor.number('nothing, step, or a number of DR0 to DR3', 0, 3));
  } while (cursor.take(','));
  return { kind: 'shows', thread, bits, step };
}

function parseIs(cursor: Cursor): ThreadState {
  const is = cursor.oneOf(['running', 'stopped', 'killed'] as const, 'what the thread is');
  switch (is) {
    case 'running':
      return { is };
    case 'killed':
      cursor.expect('by');
      return { is, signal: parseSignal(cursor) };
    case 'stopped': {
      if (!cursor.take('by')) return { is, signal: null, code: null };
      const signal = parseSignal(cursor);
      return { is, signal, code: cursor.peekKind() === 'word' ? cursor.next() : null };
    }
  }
}

/** `context has debug registers`; with `expect not` the opposite. */
function parseContext(cursor: Cursor, thread: Named): Fact {
  for (const word of ['has', 'debug', 'registers']) cursor.expect(word);
  return { kind: 'context', thread };
}

function parseMemoryFact(cursor: Cursor, thread: Named | null): Fact {
  cursor.expect('memory');
  const range = parseRange(cursor);
  cursor.expect('=');
  return { kind: 'memory', thread, range, value: cursor.number('a value', 0, MOST_VALUE) };
}

function parseThreadEvent(cursor: Cursor, thread: Named): EventText {
  const signalled = cursor.maybeOneOf(['signal', 'handler', 'swallowed'] as const);
  if (signalled !== null) return { of: 'signal', thread, event: signalled, signal: parseSignal(cursor) };
  const access = cursor.maybeOneOf(['writes', 'reads'] as const);
  if (access !== null) return { of: 'access', thread, event: access, range: parseRange(cursor) };
  const event = cursor.maybeOneOf(THREAD_EVENTS);
  if (event === null) throw cursor.notOneOf(THREAD_WORDS, 'what is said of a thread');
  return { of: 'thread', thread, event };
}

/** `once`, `twice`, `never`, `3 times`, or `then` further events. */
function parseEvents(cursor: Cursor, first: EventText, subjects: Subjects): Fact {
  const times = parseTimes(cursor);
  if (times !== null) return { kind: 'times', event: first, times };
  const events = [first];
  while (cursor.take('then')) events.push(parseEvent(cursor, subjects));
  return { kind: 'order', events };
}

function parseTimes(cursor: Cursor): number | null {
  if (cursor.take('never')) return 0;
  if (cursor.take('once')) return 1;
  if (cursor.take('twice')) return 2;
  if (cursor.peekKind() !== 'number') return null;
  const times = cursor.number('a count', 0, MOST_TIMES);
  cursor.expect('times');
  return times;
}

function parseEvent(cursor: Cursor, subjects: Subjects): EventText {
  if (cursor.take('cpu')) return { of: 'cpu', cpu: parseCpu(cursor), event: cursor.oneOf(CPU_EVENTS, 'an event of a CPU') };
  const subject = parseName(cursor, 'cpu N, a thread, or a user of breakpoints');
  const kind = subjects.kindOf(subject.name);
  if (kind === null || kind === 'tracer') return parseThreadEvent(cursor, subject);
  return { of: 'client', client: subject, event: cursor.oneOf(CLIENT_EVENTS, 'an event of a user') };
}
