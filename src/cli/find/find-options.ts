// The options of find, checked and typed.
import { FIND_TYPES, type FindTarget, type FindType, isFindType, type Seen } from '../../session/find/index.js';
import type { Invocation } from '../command-spec.js';
import { UsageError } from '../errors.js';
import { wholeNumber } from '../numbers.js';

/** What one call of find is to do. */
export type FindTask =
  | { readonly kind: 'begin'; readonly value: string; readonly type: FindType | null; readonly part: string; readonly unaligned: boolean }
  | { readonly kind: 'narrow'; readonly seen: Seen };

export interface FindOptions {
  readonly target: FindTarget;
  readonly task: FindTask;
  /** Places shown. */
  readonly limit: number;
  readonly json: boolean;
}

const SHOWN = 10;

/** Throws UsageError. */
export function findOptions({ arguments: values, options }: Invocation): FindOptions {
  return {
    target: targetOf(options),
    task: taskOf(values[0], options),
    limit: wholeNumber(options['limit'], '--limit', 1) ?? SHOWN,
    json: options['json'] === true,
  };
}

function targetOf(options: Invocation['options']): FindTarget {
  const pid = wholeNumber(options['pid'], '--pid', 1);
  const kernel = options['kernel'] === true;
  if (pid !== null && kernel) throw new UsageError('give either --pid or --kernel, not both');
  if (pid !== null) return { kind: 'process', pid };
  if (kernel) return { kind: 'kernel' };
  throw new UsageError('no target: whose memory?', { hint: 'For example: hwbkpt find 100 --pid 4711, or hwbkpt find 100 --kernel' });
}

function taskOf(value: string | undefined, options: Invocation['options']): FindTask {
  const seen = seenOf(options);
  if (seen === null) {
    if (value === undefined) throw new UsageError('what value?', { hint: 'For example: hwbkpt find 100 --pid 4711' });
    return {
      kind: 'begin',
      value,
      type: typeOf(options['type']),
      part: text(options['in']) ?? 'all',
      unaligned: options['unaligned'] === true,
    };
  }
  if (value !== undefined)
    throw new UsageError('a value begins a new search; --was, --now, --changed and --unchanged go on with the last one', {
      hint: `To go on: hwbkpt find --now ${value} with the same target.`,
    });
  const fixed = ['type', 'in', 'unaligned'].find((name) => options[name] !== undefined);
  if (fixed !== undefined)
    throw new UsageError(`--${fixed} is settled by the call that began the search`, { hint: 'Leave it out, or begin a new search.' });
  return { kind: 'narrow', seen };
}

function seenOf(options: Invocation['options']): Seen | null {
  const [was, now] = [text(options['was']), text(options['now'])];
  const seen: Seen[] = [];
  if (now !== undefined) seen.push({ kind: 'now', was: was ?? null, now });
  else if (was !== undefined)
    throw new UsageError('--was needs --now: what is the value now?', {
      hint: `For example: --was ${was} --now 95. To say only that it is another one: --changed.`,
    });
  if (options['changed'] === true) seen.push({ kind: 'changed' });
  if (options['unchanged'] === true) seen.push({ kind: 'unchanged' });
  if (seen.length > 1) throw new UsageError('give one of --now, --changed and --unchanged');
  return seen[0] ?? null;
}

function typeOf(option: Invocation['options'][string]): FindType | null {
  const name = text(option);
  if (name === undefined) return null;
  if (isFindType(name)) return name;
  throw new UsageError(`--type does not know the type ${JSON.stringify(name)}`, { hint: `Types: ${FIND_TYPES.join(', ')}.` });
}

function text(option: Invocation['options'][string]): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
