// The options that watch, who and stat share, checked and typed.
import { ACCESS_FLAGS, type Inherit } from '../model/access.js';
import { VALUE_TYPE_NAMES, valueTypeNamed } from '../model/value-names.js';
import { DEFAULT_CLIENTS } from '../servers/share/sharing.js';
import type { WatchOptions } from '../session/index.js';
import { LEAST_RATE } from '../session/sampling-plan.js';
import type { Invocation } from './command-spec.js';
import { UsageError } from './errors.js';
import { wholeNumber } from './numbers.js';
import { type TargetChoice, targetChoice } from './target-choice.js';

export interface CommonOptions {
  /** The command's name: `watch`. */
  readonly command: string;
  readonly expressions: readonly string[];
  readonly target: TargetChoice;
  /** What is asked of each watch. */
  readonly watch: WatchOptions;
  readonly engine: string;
  readonly inherit: Inherit;
  readonly limit: number | null;
  readonly durationMs: number | null;
  readonly strict: boolean;
  readonly quiet: boolean;
  readonly output: string | undefined;
  readonly json: boolean;
  /** Hits a second above which a watch is sampled; null: never. */
  readonly maxRate: number | null;
  /** Join whoever has the process, and let others join; with at most so many clients. Null: neither. */
  readonly clients: number | null;
}

const DEFAULT_STACK = 16;
/** kernel.perf_event_max_stack allows 127 unless raised. */
const DEEPEST_STACK = 127;

const HIGHEST_PRIORITY = 255;

const MOST_CLIENTS = 1000;

/** Throws UsageError. `name`: the command, for the examples of a missing target. */
export function commonOptions(invocation: Invocation, name: string): CommonOptions {
  const { options } = invocation;
  const text = textsOf(options);
  return {
    command: name,
    // The same twice would take twice the registers to say the same.
    expressions: [...new Set(invocation.arguments)],
    target: targetChoice(invocation, name),
    watch: watchOptions(options),
    engine: text('engine') ?? 'auto',
    inherit: (text('inherit') ?? 'threads') as Inherit,
    limit: wholeNumber(text('limit'), '--limit', 1),
    durationMs: duration(text('duration')),
    strict: options['strict'] === true,
    quiet: options['quiet'] === true,
    output: text('output'),
    json: options['json'] === true,
    maxRate: maxRate(options),
    clients: options['share'] === false ? null : clients(text('clients')),
  };
}

function watchOptions(options: Invocation['options']): WatchOptions {
  const text = textsOf(options);
  return {
    access: ACCESS_FLAGS[(text('access') ?? 'w') as keyof typeof ACCESS_FLAGS],
    as: checkedType(text('as'), options['kernel'] === true),
    condition: text('if'),
    changesOnly: options['changesOnly'] === true,
    priority: priority(text('priority')) ?? undefined,
    stackDepth: stackDepth(options['stack']),
    instruction: options['instruction'] === true,
    follow: follow(options),
    everyCall: options['everyCall'] === true,
  };
}

/** The options that have a value. */
function textsOf(options: Invocation['options']): (key: string) => string | undefined {
  return (key) => (typeof options[key] === 'string' ? options[key] : undefined);
}

function follow(options: Invocation['options']): boolean {
  if (options['follow'] !== true) return false;
  const others = [
    ...(options['priority'] === undefined ? [] : ['--priority']),
    ...(options['kernel'] === true ? ['--kernel'] : []),
    ...(options['access'] === 'x' ? ['--access x'] : []),
  ];
  if (others.length === 0) return true;
  throw new UsageError(`--follow cannot go with ${others.join(' and ')}`);
}

function duration(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0) || seconds > 2_000_000)
    throw new UsageError(`--duration takes seconds, such as 10 or 0.5, not ${JSON.stringify(text)}`);
  return seconds * 1000;
}

/** The kernel knows more types than hwbkpt: whether it has this one shows later. */
function checkedType(name: string | undefined, ofKernel: boolean): string | undefined {
  if (name === undefined || ofKernel || [1, 2, 4, 8].some((size) => valueTypeNamed(name, size) !== null)) return name;
  throw new UsageError(`--as does not know the type ${JSON.stringify(name)}`, { hint: `Types: ${VALUE_TYPE_NAMES.join(', ')}.` });
}

function priority(text: string | undefined): number | null {
  const number = wholeNumber(text, '--priority', 0);
  if (number !== null && number > HIGHEST_PRIORITY) throw new UsageError(`--priority goes to ${HIGHEST_PRIORITY}`);
  return number;
}

function clients(text: string | undefined): number {
  const most = wholeNumber(text, '--clients', 0) ?? DEFAULT_CLIENTS;
  if (most > MOST_CLIENTS) throw new UsageError(`--clients goes to ${MOST_CLIENTS}`);
  return most;
}

function maxRate(options: Invocation['options']): number | null {
  const rate = wholeNumber(options['maxRate'], '--max-rate', LEAST_RATE);
  if (rate === null) return null;
  const everyHit = [
    ...(options['limit'] === undefined ? [] : ['--limit']),
    ...(options['changesOnly'] === true ? ['--changes-only'] : []),
    ...(/\bold\b/.test(String(options['if'] ?? '')) ? ['an --if that asks for the old value'] : []),
  ];
  if (everyHit.length === 0) return rate;
  throw new UsageError(`--max-rate cannot go with ${everyHit.join(' and ')}`, {
    hint: 'For that every hit has to be seen, and --max-rate leaves most of them out.',
  });
}

function stackDepth(option: string | boolean | undefined): number {
  if (option === undefined || option === false) return 0;
  if (option === true) return DEFAULT_STACK;
  const depth = wholeNumber(option, '--stack', 1) ?? DEFAULT_STACK;
  if (depth > DEEPEST_STACK) throw new UsageError(`--stack goes to ${DEEPEST_STACK} frames at most`);
  return depth;
}
