// Everything a session sees of a fixture, from before it goes on to its end.
import { setTimeout as sleep } from 'node:timers/promises';

import type { HitRecord } from '../../src/session/hit-record.js';
import {
  attach,
  type Item,
  type Target as SessionTarget,
  type TargetOptions,
  type Watch,
  type WatchOptions,
} from '../../src/session/index.js';
import { type TargetOptions as FixtureOptions, startTarget, type Target } from '../helpers/target.js';

/** One line of a fixture's output: `NAME COUNT ...`. */
export type Counts = ReadonlyMap<string, number>;

export interface Observed {
  readonly items: readonly Item[];
  readonly hits: readonly HitRecord[];
  readonly events: readonly Exclude<Item, HitRecord>[];
  readonly watches: readonly Watch[];
  readonly summary: ReturnType<SessionTarget['summary']>;
  /** What the fixture says that it did. */
  readonly counts: Counts;
}

export interface ObserveOptions {
  readonly fixture?: FixtureOptions;
  readonly target?: TargetOptions;
  readonly watch?: WatchOptions;
  /** Called once all is armed, before the fixture is told to go on. */
  readonly armed?: (target: SessionTarget, process: Target) => void | Promise<void>;
}

/** Runs `fixture` and watches `expressions` (or what they are given the running fixture) until it ends. */
export async function observe(
  fixture: string,
  expressions: readonly string[] | ((process: Target) => readonly string[]),
  options: ObserveOptions = {},
): Promise<Observed> {
  await using process = await startTarget(fixture, options.fixture);
  const items: Item[] = [];
  await using target = await attach(process.pid, { ...options.target, onItems: (batch) => items.push(...batch) });
  const watches: Watch[] = [];
  for (const expression of typeof expressions === 'function' ? expressions(process) : expressions) {
    watches.push(await target.watch(expression, options.watch));
  }
  await options.armed?.(target, process);
  // Time for a first look at memory, so that the first hit's old value does not depend on how fast the fixture is.
  await sleep(10);
  process.go();
  await target.ended;
  const { stdout } = await process.finishedWithin(20_000);
  return {
    items,
    hits: hitsIn(items),
    events: items.filter((item): item is Exclude<Item, HitRecord> => item.kind !== 'hit'),
    watches,
    summary: target.summary(),
    counts: countsIn(stdout),
  };
}

export function hitsIn(items: readonly Item[]): HitRecord[] {
  return items.filter((item): item is HitRecord => item.kind === 'hit');
}

function countsIn(stdout: string): Counts {
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return new Map(
    lines.flatMap(([name = '', count]) => (count === undefined || Number.isNaN(Number(count)) ? [] : [[name, Number(count)] as const])),
  );
}

/** How many hits each function made. */
export function byFunction(hits: readonly HitRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { place } of hits) counts.set(place.function ?? '?', (counts.get(place.function ?? '?') ?? 0) + 1);
  return counts;
}

/** The hits of one function, in order. */
export function of(hits: readonly HitRecord[], name: string): HitRecord[] {
  return hits.filter(({ place }) => place.function === name);
}

/** `0xADDRESS:LENGTH` of memory that a fixture shows, from `offset` on. */
export function range(process: Target, name: string, ...[offset, length]: [number, number]): string {
  return `0x${(process.shown(name).address + BigInt(offset)).toString(16)}:${length}`;
}
