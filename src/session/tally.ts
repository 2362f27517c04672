// Accesses summed up by who made them and where, instead of one by one: what a watch keeps that counts.
import type { WatchInfo } from '../model/hit.js';
import type { Place } from '../model/place.js';
import { placeKey, StackNames } from './tally-keys.js';
import { RowSum, type SampledWindow } from './tally-sum.js';

/** Who made an access, and where. */
export interface Accessor {
  readonly watch: WatchInfo;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string | null;
  readonly place: Place;
  readonly kernel: boolean;
  /** As in a hit. */
  readonly stack: readonly Place[] | null;
}

/** Accesses of one thread at one place, and by one call chain where those are asked for. */
export interface TallyRow extends Counted {
  /** Accesses that were really counted. */
  readonly count: number;
  /** How many there were in all, by what was counted: the same as `count`, unless the watch was sampled. */
  readonly estimate: number;
  /** Value left by the first access, and by the last, of those whose value is known. */
  readonly first: Uint8Array | null;
  readonly last: Uint8Array | null;
  /** When those came, as numbers in the order of one tally: of two rows the one with the higher number has the later value. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** How many times as far a thread gets as it would if it were watched all the time; 1 where nobody knows. */
export type SpeedOf = (tid: number) => number;

const SAME_SPEED: SpeedOf = () => 1;

/** One access, or several of one accessor. Addresses tell places apart that have no name. */
export interface Counted extends Accessor {
  readonly ip: bigint;
}

interface Entry {
  readonly pid: number;
  readonly kernel: boolean;
  readonly watch: WatchInfo;
  readonly stack: readonly Place[] | null;
  readonly row: Row;
}

/** Grows with threads, places and call chains, not with accesses. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  /** Hits of one place share its object, so most hits find their row without making a key. */
  readonly #byPlace = new WeakMap<Place, Map<number, Entry[]>>();
  readonly #stacks = new StackNames();
  #count = 0;
  #order = 0;

  /** Accesses counted so far. */
  get count(): number {
    return this.#count;
  }

  /** One hit, in a window of sampled time or in none. */
  add(hit: Counted & { readonly newBytes: Uint8Array | null }, window: SampledWindow | null = null): void {
    const { newBytes } = hit;
    this.#add(this.#row(hit), { count: 1, first: newBytes, last: newBytes, window });
  }

  /** Several accesses, of which the first and the last may have a known value. */
  addCounted(by: Counted, sum: Omit<Sum, 'window'>, window: SampledWindow | null): void {
    this.#add(this.#row(by), { ...sum, window });
  }

  #add(row: Row, { count, first, last, window }: Sum): void {
    this.#count += count;
    row.sum.add(count, window);
    this.#order++;
    if (first !== null && row.first === null) {
      row.first = first;
      row.firstAt = this.#order;
    }
    if (last === null) return;
    row.last = last;
    row.lastAt = this.#order;
  }

  #row(by: Counted): Row {
    const { place, watch, pid, tid, kernel } = by;
    const stack = by.stack === null ? null : this.#stacks.same(by.stack);
    for (const entry of this.#byPlace.get(place)?.get(tid) ?? [])
      if (entry.watch === watch && entry.pid === pid && entry.kernel === kernel && entry.stack === stack) return entry.row.named(by.comm);
    const row = this.#find(by, stack).named(by.comm);
    const byTid = this.#byPlace.get(place) ?? new Map<number, Entry[]>();
    this.#byPlace.set(place, byTid);
    byTid.set(tid, [...(byTid.get(tid) ?? []), { watch, pid, kernel, stack, row }]);
    return row;
  }

  #find(by: Counted, stack: readonly Place[] | null): Row {
    const { watch, pid, tid, kernel, place } = by;
    const chain = stack === null ? '' : this.#stacks.nameOf(stack);
    // After an exec the same name may be of another type.
    const key = [watch.expression, watch.type.name, pid, tid, kernel, placeKey(place, by.ip), chain].join('\n');
    const row = this.#rows.get(key) ?? new Row(by, stack);
    this.#rows.set(key, row);
    return row;
  }

  /** Accesses of user code of each thread in sampled windows, each times what it stands for. */
  sampledByThread(): Map<number, number> {
    const sums = new Map<number, number>();
    for (const { tid, kernel, sum } of this.#rows.values()) if (!kernel) sums.set(tid, (sums.get(tid) ?? 0) + sum.sampled);
    return sums;
  }

  /** What there is so far, in the order in which it first came. */
  rows(speedOf: SpeedOf = SAME_SPEED): TallyRow[] {
    return [...this.#rows.values()].map((row) => row.shown(speedOf(row.tid)));
  }
}

interface Sum {
  readonly count: number;
  readonly first: Uint8Array | null;
  readonly last: Uint8Array | null;
  readonly window: SampledWindow | null;
}

class Row {
  readonly tid: number;
  readonly kernel: boolean;
  readonly sum = new RowSum();
  first: Uint8Array | null = null;
  last: Uint8Array | null = null;
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = 0;
  readonly #by: Counted;
  readonly #stack: readonly Place[] | null;
  #comm: string | null = null;

  constructor(by: Counted, stack: readonly Place[] | null) {
    this.tid = by.tid;
    this.kernel = by.kernel;
    // Not the hit itself, which holds much else.
    this.#by = { watch: by.watch, pid: by.pid, tid: by.tid, comm: by.comm, place: by.place, kernel: by.kernel, stack, ip: by.ip };
    this.#stack = stack;
  }

  /** The thread's name as last heard. */
  named(comm: string | null): this {
    if (comm !== null) this.#comm = comm;
    return this;
  }

  shown(speed: number): TallyRow {
    const { watch, pid, tid, place, ip, kernel } = this.#by;
    const { count, exact, sampled } = this.sum;
    const { first, last, firstAt, lastAt } = this;
    const estimate = exact + sampled * speed;
    return { watch, pid, tid, comm: this.#comm, place, ip, kernel, stack: this.#stack, count, estimate, first, last, firstAt, lastAt };
  }
}
