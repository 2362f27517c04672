// Reads the lines that come before the script: title, source, kernels, mutants, CPUs, memory, threads and actors.
import type { KernelName } from '../facility/rules.js';
import type { Cursor } from './cursor.js';
import { KERNELS, parseCpu, parseKernel, parseName, parseTarget } from './parse-operands.js';
import { parseMemory } from './parse-program.js';
import type { Actor, ActorKind } from './requests.js';
import type { MemoryText, RuleChange, Scenario, ThreadText } from './scenario.js';
import { ScenarioError } from './scenario-error.js';

/** A scenario while it is read; its lists grow. */
export interface Draft {
  title: string | null;
  sources: string[];
  kernels: KernelName[];
  mutants: RuleChange[];
  rules: RuleChange[];
  cpus: number | null;
  memories: MemoryText[];
  threads: ThreadText[];
  actors: Actor[];
  script: Scenario['script'][number][];
}

export function newDraft(): Draft {
  return { title: null, sources: [], kernels: [], mutants: [], rules: [], cpus: null, memories: [], threads: [], actors: [], script: [] };
}

type Reader = (cursor: Cursor, draft: Draft) => void;

/** How each line is read, by its first word. `title` and `source` are free text. */
export const DECLARATIONS: Readonly<Record<string, Reader>> = {
  title: readTitle,
  source: (cursor, draft) => draft.sources.push(...freeText(cursor, 'source').split(/[\s,]+/)),
  kernels: readKernels,
  mutant: (cursor, draft) => draft.mutants.push(parseRuleChange(cursor, draft)),
  rule: (cursor, draft) => draft.rules.push(parseRuleChange(cursor, draft)),
  cpus: readCpus,
  memory: (cursor, draft) => readMemory(cursor, draft, false),
  thread: readThread,
  tracer: (cursor, draft) => readActors(cursor, draft, 'tracer'),
  kernel: readKernel,
  kwatch: (cursor, draft) => readUsers(cursor, draft, 'kwatch'),
  utrace: (cursor, draft) => readUsers(cursor, draft, 'utrace'),
  perf: (cursor, draft) => readUsers(cursor, draft, 'perf'),
};

/** Declarations whose text is not taken apart. */
export const FREE_TEXT = ['title', 'source'];

function freeText(cursor: Cursor, word: string): string {
  const text = cursor.text.slice(word.length).trim();
  if (text === '')
    throw new ScenarioError({
      code: 'scenario-syntax',
      spot: cursor.spot,
      found: '',
      message: `expected text behind ${JSON.stringify(word)}`,
    });
  return text;
}

function readTitle(cursor: Cursor, draft: Draft): void {
  if (draft.title !== null) throw cursor.error('scenario-structure', 'there is a title already');
  draft.title = freeText(cursor, 'title');
}

function readKernels(cursor: Cursor, draft: Draft): void {
  if (draft.kernels.length > 0) throw cursor.error('scenario-structure', 'there is a line for kernels already');
  if (cursor.take('all')) draft.kernels.push(...KERNELS);
  else {
    do draft.kernels.push(parseKernel(cursor));
    while (cursor.take(',') || !cursor.atEnd);
  }
}

function readCpus(cursor: Cursor, draft: Draft): void {
  if (draft.cpus !== null) throw cursor.error('scenario-structure', 'the number of CPUs has been said already');
  draft.cpus = cursor.number('a number of CPUs', 1, 8);
}

/** `trap.dr6 = last [on KERNEL]`; without a kernel the first of the `kernels` line, which must stand above. */
function parseRuleChange(cursor: Cursor, draft: Draft): RuleChange {
  const spot = cursor.spot;
  const field = cursor.word('a rule, such as trap.dr6');
  cursor.expect('=');
  const value = parseRuleValue(cursor);
  const kernel = cursor.take('on') ? parseKernel(cursor) : (draft.kernels[0] ?? 'hwbkpt');
  return { ...spot, field, value, kernel };
}

function parseRuleValue(cursor: Cursor): RuleChange['value'] {
  if (cursor.peekKind() === 'number') return cursor.number('a value', 0, Number.MAX_SAFE_INTEGER);
  const word = cursor.maybeOneOf(['true', 'false']);
  return word === null ? cursor.word('a value') : word === 'true';
}

function readMemory(cursor: Cursor, draft: Draft, kernel: boolean): void {
  const named = parseName(cursor, 'a name for the memory');
  draft.memories.push({ ...named, kernel, ...parseMemory(cursor) });
}

/** `kernel memory k 8` or `kernel user K`. */
function readKernel(cursor: Cursor, draft: Draft): void {
  if (cursor.oneOf(['memory', 'user'], 'what of the kernel') === 'memory') readMemory(cursor, draft, true);
  else readActors(cursor, draft, 'kernel');
}

function readUsers(cursor: Cursor, draft: Draft, kind: ActorKind): void {
  cursor.expect('user');
  readActors(cursor, draft, kind);
}

/** One name or several. */
function readActors(cursor: Cursor, draft: Draft, kind: ActorKind): void {
  do draft.actors.push({ ...parseName(cursor, 'a name'), kind });
  while (cursor.take(',') || !cursor.atEnd);
}

/** `thread T runs PROGRAM [from label] [on cpu 0] [in process P]` */
function readThread(cursor: Cursor, draft: Draft): void {
  const named = parseName(cursor, 'a name for the thread');
  cursor.expect('runs');
  const program = parseName(cursor, 'a program');
  const start = cursor.take('from') ? parseTarget(cursor) : null;
  let cpu = 0;
  let process = named.name;
  if (cursor.take('on')) {
    cursor.expect('cpu');
    cpu = parseCpu(cursor);
  }
  if (cursor.take('in')) {
    cursor.expect('process');
    process = cursor.word('a process');
  }
  draft.threads.push({ ...named, program, start, cpu, process });
}
