// Reads a scenario: from its text to its data, or to everything that is wrong with it. It never throws for bad text.
import { nearNames } from '../base/near.js';
import { checkScenario } from './check.js';
import { Cursor } from './cursor.js';
import { parseExpect, type Subjects } from './parse-expect.js';
import { DECLARATIONS, type Draft, FREE_TEXT, newDraft } from './parse-header.js';
import { FAILURES, parseCpu, parseName, parseTarget } from './parse-operands.js';
import { ProgramReader, parseAction, parseProgramHead } from './parse-program.js';
import { parseRequest, parseResults } from './parse-request.js';
import { ACTOR_KINDS, type ActorKind } from './requests.js';
import type { RunLimit, Scenario, Statement } from './scenario.js';
import { ScenarioError } from './scenario-error.js';
import { LINE_WORDS, SCRIPT_WORDS } from './words.js';

/** A scenario, or all that is wrong with its text, in the order of its lines. */
export type Parsed =
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | { readonly kind: 'errors'; readonly errors: readonly ScenarioError[] };

/** No scenario that people read is longer; it keeps damaged input from taking all memory. */
const MOST_LINES = 10_000;
const MOST_STEPS = 100_000;

/** Reads and checks `text`. */
export function parseScenario(text: string): Parsed {
  const reader = new ScenarioReader(text);
  const scenario = reader.read();
  const errors = [...reader.errors];
  // Where declarations are damaged, every use of what they would have declared would be a mistake, too.
  if (reader.declared) errors.push(...checkScenario(scenario));
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return errors.length === 0 ? { kind: 'scenario', scenario } : { kind: 'errors', errors };
}

class ScenarioReader implements Subjects {
  readonly errors: ScenarioError[] = [];
  /** Everything that comes before the script could be read. */
  declared = true;
  readonly #lines: readonly string[];
  readonly #draft: Draft = newDraft();
  readonly #programs: Scenario['programs'][number][] = [];
  readonly #kinds: ReadonlyMap<string, ActorKind>;
  #program: ProgramReader | null = null;

  constructor(text: string) {
    this.#lines = text.split(/\r?\n/, MOST_LINES + 1);
    this.#kinds = actorKinds(this.#lines);
  }

  kindOf(name: string): ActorKind | null {
    return this.#kinds.get(name) ?? null;
  }

  read(): Scenario {
    for (const [index, text] of this.#lines.entries()) this.#guarded(() => this.#line(index + 1, text));
    this.#guarded(() => this.#finish());
    const { title, kernels, cpus, ...rest } = this.#draft;
    const chosen = kernels.length === 0 ? (['hwbkpt'] as const) : kernels;
    return { ...rest, title: title ?? '', kernels: chosen, cpus: cpus ?? 1, programs: this.#programs };
  }

  /** One line's mistake does not keep the others from being found. */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      this.errors.push(error);
      if (this.#program !== null || this.#draft.script.length === 0) this.declared = false;
    }
  }

  #line(number: number, text: string): void {
    const first = /^\s*([a-z]+)/.exec(text)?.[1] ?? '';
    if (this.#program === null && FREE_TEXT.includes(first)) {
      DECLARATIONS[first]?.(new Cursor(number, text, true), this.#draft);
      return;
    }
    const cursor = new Cursor(number, text);
    if (cursor.atEnd) return;
    if (this.#program !== null) this.#programLine(cursor);
    else this.#outer(cursor);
  }

  #programLine(cursor: Cursor): void {
    if (cursor.peek() !== 'end' || cursor.peek(1) === ':') {
      this.#program?.line(cursor);
      return;
    }
    cursor.next();
    cursor.end();
    if (this.#program !== null) this.#programs.push(this.#program.finished);
    this.#program = null;
  }

  #outer(cursor: Cursor): void {
    const word = cursor.peek();
    if (cursor.take('program')) {
      this.#program = new ProgramReader(parseProgramHead(cursor));
    } else if (Object.hasOwn(DECLARATIONS, word)) {
      this.#declaration(cursor, word);
    } else {
      const spot = cursor.spot;
      const statement = this.#statement(cursor);
      cursor.end();
      this.#draft.script.push({ ...spot, text: cursor.text, ...statement } as Statement);
    }
  }

  #declaration(cursor: Cursor, word: string): void {
    const late = this.#draft.script.length > 0;
    if (late) throw cursor.error('scenario-structure', `${JSON.stringify(word)} must stand above the script`);
    cursor.next();
    DECLARATIONS[word]?.(cursor, this.#draft);
    cursor.end();
  }

  #statement(cursor: Cursor): StatementBody {
    const kind = this.kindOf(cursor.peek());
    if (kind !== null) {
      const actor = parseName(cursor, 'a name');
      const request = parseRequest(cursor, kind);
      return { kind: 'request', actor, request, results: parseResults(cursor) };
    }
    const word = cursor.maybeOneOf(SCRIPT_WORDS);
    if (word === null) throw this.#unknown(cursor);
    return this.#ownStatement(cursor, word);
  }

  #ownStatement(cursor: Cursor, word: (typeof SCRIPT_WORDS)[number]): StatementBody {
    switch (word) {
      case 'run':
        return { kind: 'run', thread: parseName(cursor, 'a thread'), limit: parseLimit(cursor) };
      case 'switch':
        return parseSwitch(cursor);
      case 'mark':
        return { kind: 'mark' };
      case 'hold':
      case 'release':
        cursor.expect('effects');
        return { kind: 'effects', what: word };
      case 'fail':
        cursor.expect('effect');
        return { kind: 'fail', errno: cursor.oneOf(FAILURES, 'an error') };
      case 'expect':
        return parseExpect(cursor, this);
    }
  }

  #unknown(cursor: Cursor): ScenarioError {
    const spot = cursor.spot;
    const found = cursor.peek();
    const known = [...LINE_WORDS, ...this.#kinds.keys()];
    return new ScenarioError({
      code: cursor.peekKind() === 'word' ? 'scenario-unknown-name' : 'scenario-syntax',
      spot,
      found,
      message: `no line begins with ${JSON.stringify(found)}`,
      near: nearNames(found, known),
      hint: 'A line begins with a word of the language, or with the name of a tracer or user that is declared above.',
    });
  }

  #finish(): void {
    const { title, threads, script } = this.#draft;
    const last = this.#lines.length;
    const missing = (what: string, hint: string): ScenarioError =>
      new ScenarioError({ code: 'scenario-structure', spot: { line: last, column: 1 }, found: '', message: `there is no ${what}`, hint });
    if (last > MOST_LINES) throw missing(`room for more than ${MOST_LINES} lines`, 'Make two scenarios of it.');
    if (this.#program !== null) throw missing('end of the program', 'A program ends with a line `end`.');
    if (this.errors.length > 0) return;
    if (title === null) throw missing('title', 'Begin with a line `title ...`.');
    if (threads.length === 0 && script.length === 0) throw missing('script', 'Say what runs, in which order, and what must be seen.');
  }
}

type StatementBody = Statement extends infer One ? (One extends Statement ? Omit<One, 'line' | 'column' | 'text'> : never) : never;

/** Who is declared as what, found before the lines are read: requests may not be understood without it. */
function actorKinds(lines: readonly string[]): Map<string, ActorKind> {
  const kinds = new Map<string, ActorKind>();
  for (const line of lines) {
    const [, kind = '', names = ''] = /^\s*(tracer|kernel user|kwatch user|utrace user|perf user)\s+([^#]*)/.exec(line) ?? [];
    const found = ACTOR_KINDS.find((one) => kind.startsWith(one));
    if (found !== undefined) for (const name of names.split(/[\s,]+/)) if (name !== '') kinds.set(name, found);
  }
  return kinds;
}

/** `run T`, `run T 3 steps`, `run T until &label`. */
function parseLimit(cursor: Cursor): RunLimit {
  if (cursor.take('until')) {
    return { kind: 'until', to: parseTarget(cursor) };
  }
  if (cursor.atEnd) return { kind: 'rest' };
  const count = cursor.number('a number of steps, or until', 1, MOST_STEPS);
  if (!cursor.take('step')) cursor.expect('steps');
  return { kind: 'steps', count };
}

/** `switch cpu 0 to T`, `switch cpu 0 to idle`, `switch cpu 0 to T while kernel writes a`. */
function parseSwitch(cursor: Cursor): StatementBody {
  cursor.expect('cpu');
  const cpu = parseCpu(cursor);
  cursor.expect('to');
  const to = cursor.take('idle') ? null : parseName(cursor, 'a thread, or idle');
  if (!cursor.take('while')) return { kind: 'switch', cpu, to, between: null };
  cursor.expect('kernel');
  return { kind: 'switch', cpu, to, between: parseAction(cursor) };
}
