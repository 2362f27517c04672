// Reads the lines between `program NAME` and `end`: labels, instructions, and the kernel's actions below `syscall`.
import type { Cursor } from './cursor.js';
import { MOST_BYTES, parseAddress, parseName, parseRange, parseSignal, parseTarget } from './parse-operands.js';
import {
  type ActionText,
  type CallText,
  type CodeLine,
  type InstructionText,
  type LabelText,
  PLAIN,
  type ProgramText,
} from './program-text.js';
import { ScenarioError } from './scenario-error.js';

const MOST_VALUE = Number.MAX_SAFE_INTEGER;
const MOST_TIMES = 10_000;

type Reader = (cursor: Cursor) => InstructionText;

const ACCESS = ['load', 'store', 'add', 'locked-add', 'xchg'] as const;

/** How each instruction's operands are read, by its name. */
const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(PLAIN.map((name): [string, Reader] => [name, () => ({ op: 'plain', name })])),
  ...Object.fromEntries(ACCESS.map((name): [string, Reader] => [name, (cursor) => parseAccess(cursor, name)])),
  cmpxchg: parseCompareExchange,
  clflush: (cursor) => ({ op: 'touch', name: 'clflush', at: parseAddress(cursor) }),
  'mov-ss': (cursor) => ({ op: 'touch', name: 'mov-ss', at: parseAddress(cursor) }),
  'rep-movs': (cursor) => parseRepeat(cursor, true),
  'rep-stos': (cursor) => parseRepeat(cursor, false),
  in: (cursor) => parsePort(cursor, 'in'),
  out: (cursor) => parsePort(cursor, 'out'),
  int: (cursor) => ({ op: 'number', name: 'int', value: cursor.number('a vector', 0, 255) }),
  'mov-dr': (cursor) => ({ op: 'number', name: 'mov-dr', value: cursor.number('a register', 0, 7) }),
  popf: (cursor) => ({ op: 'popf', tf: cursor.maybeOneOf(['tf']) !== null }),
  jump: (cursor) => ({ op: 'go', name: 'jump', to: parseTarget(cursor) }),
  call: (cursor) => ({ op: 'go', name: 'call', to: parseTarget(cursor) }),
  loop: parseLoop,
  syscall: () => ({ op: 'syscall', call: { name: 'work', actions: [] } }),
  fork: (cursor) => parseFork(cursor, 'fork'),
  vfork: (cursor) => parseFork(cursor, 'vfork'),
  clone: (cursor) => parseFork(cursor, 'clone'),
  exec: (cursor) => system({ name: 'exec', to: parseTarget(cursor) }),
  exit: (cursor) => system({ name: 'exit', status: cursor.atEnd ? 0 : cursor.number('a status', 0, 255) }),
  yield: () => system({ name: 'yield' }),
  sigreturn: () => system({ name: 'sigreturn' }),
  vm86: () => system({ name: 'vm86' }),
  raise: (cursor) => system({ name: 'raise', signal: parseSignal(cursor) }),
  sigaction: parseSigaction,
  block: (cursor) => system({ name: 'sigmask', signal: parseSignal(cursor), blocked: true }),
  unblock: (cursor) => system({ name: 'sigmask', signal: parseSignal(cursor), blocked: false }),
};

/** Words that a program's line can begin with. */
export const INSTRUCTION_WORDS = Object.keys(READERS);

/** A program that is being read, line by line. */
export class ProgramReader {
  readonly #head: Pick<ProgramText, 'name' | 'line' | 'column' | 'at'>;
  readonly #code: CodeLine[] = [];
  readonly #labels: LabelText[] = [];

  constructor(head: Pick<ProgramText, 'name' | 'line' | 'column' | 'at'>) {
    this.#head = head;
  }

  get finished(): ProgramText {
    return { ...this.#head, code: this.#code, labels: this.#labels };
  }

  /** Takes in one line. Throws {@link ScenarioError}. */
  line(cursor: Cursor): void {
    while (cursor.peekKind() === 'word' && cursor.peek(1) === ':') {
      this.#labels.push({ ...parseName(cursor, 'a label'), index: this.#code.length });
      cursor.expect(':');
    }
    if (cursor.atEnd) return;
    if (cursor.peek() === 'kernel') this.#action(cursor);
    else this.#instruction(cursor);
    cursor.end();
  }

  #instruction(cursor: Cursor): void {
    const spot = cursor.spot;
    const reader = Object.hasOwn(READERS, cursor.peek()) ? READERS[cursor.peek()] : undefined;
    if (reader === undefined) throw cursor.notOneOf(INSTRUCTION_WORDS, 'an instruction');
    cursor.next();
    this.#code.push({ ...spot, instruction: reader(cursor), text: cursor.text });
  }

  /** `kernel writes a` belongs to the `syscall` above it. */
  #action(cursor: Cursor): void {
    const last = this.#code.at(-1);
    const call = last?.instruction.op === 'syscall' ? last.instruction.call : null;
    if (last === undefined || call?.name !== 'work') {
      throw cursor.error('scenario-structure', 'the kernel acts within a system call only', 'Write a line `syscall` above it.');
    }
    cursor.expect('kernel');
    const instruction: InstructionText = { op: 'syscall', call: { name: 'work', actions: [...call.actions, parseAction(cursor)] } };
    this.#code[this.#code.length - 1] = { ...last, instruction };
  }
}

/** `writes a = 1`, `reads b bytewise`, `runs kfunc`, `kprobe kfunc writing a`, `idles`. */
export function parseAction(cursor: Cursor): ActionText {
  const word = cursor.oneOf(['writes', 'reads', 'runs', 'kprobe', 'idles'], 'what the kernel does');
  switch (word) {
    case 'writes':
    case 'reads': {
      const range = parseRange(cursor);
      const value = cursor.take('=') ? parseValue(cursor) : 0;
      return { act: word === 'writes' ? 'write' : 'read', range, value, bytewise: cursor.maybeOneOf(['bytewise']) !== null };
    }
    case 'runs':
      return { act: 'run', at: parseAddress(cursor) };
    case 'kprobe':
      return { act: 'kprobe', at: parseAddress(cursor), range: cursor.take('writing') ? parseRange(cursor) : null };
    case 'idles':
      return { act: 'idle' };
  }
}

function system(call: CallText): InstructionText {
  return { op: 'syscall', call };
}

function parseValue(cursor: Cursor): number {
  return cursor.number('a value', 0, MOST_VALUE);
}

function parseAccess(cursor: Cursor, name: (typeof ACCESS)[number]): InstructionText {
  const range = parseRange(cursor);
  return { op: 'access', name, range, value: cursor.take('=') ? parseValue(cursor) : 1 };
}

function parseCompareExchange(cursor: Cursor): InstructionText {
  const range = parseRange(cursor);
  cursor.expect('if');
  const expected = parseValue(cursor);
  cursor.expect('=');
  return { op: 'cmpxchg', range, expected, value: parseValue(cursor) };
}

/** `rep-movs to:4 from b times 8 [lag 1]`, `rep-stos to:4 = 0 times 8 [lag 1]`. */
function parseRepeat(cursor: Cursor, moves: boolean): InstructionText {
  const to = parseRange(cursor);
  if (moves) cursor.expect('from');
  const from = moves ? parseAddress(cursor) : null;
  const value = !moves && cursor.take('=') ? parseValue(cursor) : 0;
  cursor.expect('times');
  const count = cursor.number('a count', 0, MOST_TIMES);
  const lag = cursor.take('lag') ? cursor.number('a number of iterations', 0, 64) : 0;
  return { op: 'rep', to, from, value, count, lag };
}

/** `in 0x60:1 [times 4]` */
function parsePort(cursor: Cursor, direction: 'in' | 'out'): InstructionText {
  const port = cursor.number('a port', 0, 0xffff);
  const length = cursor.take(':') ? cursor.number('a length', 1, 4) : 1;
  return { op: 'io', direction, port, length, count: cursor.take('times') ? cursor.number('a count', 1, MOST_TIMES) : 1 };
}

function parseLoop(cursor: Cursor): InstructionText {
  const to = parseTarget(cursor);
  cursor.expect('times');
  return { op: 'loop', to, times: cursor.number('a count', 1, MOST_TIMES) };
}

/** `fork child as C` */
function parseFork(cursor: Cursor, name: 'fork' | 'vfork' | 'clone'): InstructionText {
  const child = parseTarget(cursor);
  return system({ name, child, as: cursor.take('as') ? parseName(cursor, 'a name for the child') : null });
}

/** `sigaction SIGTRAP ignore`, `... default`, `... handler label`. */
function parseSigaction(cursor: Cursor): InstructionText {
  const signal = parseSignal(cursor);
  const word = cursor.oneOf(['default', 'ignore', 'handler'], 'an action');
  return system({ name: 'sigaction', signal, action: word === 'handler' ? parseTarget(cursor) : word });
}

/** `program NAME [at ADDRESS]` */
export function parseProgramHead(cursor: Cursor): Pick<ProgramText, 'name' | 'line' | 'column' | 'at'> {
  const named = parseName(cursor, 'a name for the program');
  const spot = cursor.take('at') ? cursor.spot : null;
  const at = spot === null ? null : cursor.value('an address');
  cursor.end();
  if (at !== null && spot !== null && at % 4n !== 0n) {
    throw new ScenarioError({ code: 'scenario-range', spot, found: `${at}`, message: 'a program begins at a multiple of 4' });
  }
  return { ...named, at };
}

/** `memory a 8 [at ADDRESS]` behind its first words. */
export function parseMemory(cursor: Cursor): { readonly length: number; readonly at: bigint | null } {
  const length = cursor.number('a length in bytes', 1, MOST_BYTES);
  return { length, at: cursor.take('at') ? cursor.value('an address') : null };
}
