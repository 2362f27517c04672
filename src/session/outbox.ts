// Keeps hits and events in their order until each hit is complete, then hands them on.
import type { TargetEvent, WatchInfo } from '../model/hit.js';
import type { HitRecord } from './hit-record.js';
import { areApart, STAMPED_IN_TRAP, type Stamps } from './race.js';
import type { Mark } from './tap.js';

/** What a reader gets. */
export type Item = HitRecord | TargetEvent;

/** What goes out: marks are for those who steer the target. */
export type Outgoing = Item | Mark;

export function isMark(item: Outgoing): item is Mark {
  return item.kind === 'stopped' || item.kind === 'thread' || item.kind === 'process-ended';
}

/** Whether something later than `limit` (ns) may still change a hit, or take back what was said about a change. */
export function isOpenAt(limit: number): (item: Concerned) => boolean {
  return (item) => (item.kind === 'hit' ? item.unresolved || item.at + item.settledAfter > limit : Number(item.time) > limit);
}

/** Hits held back at most; beyond that they go out as they are. */
const MOST_HELD = 100_000;

/** The hit that puts others in doubt. */
export interface Contender {
  readonly watch: WatchInfo;
  /** Null where all processes share the watched memory: the kernel's. */
  readonly pid: number | null;
  readonly tid: number;
  readonly cpu: number;
}

/** The hits and events of one target that have not gone out yet. */
export class Outbox {
  readonly #stamps: Stamps;
  #items: Outgoing[] = [];
  /** So many items are not to be held back. */
  #urgent = 0;
  readonly #astray = new Map<WatchInfo, (time: number) => boolean>();

  constructor(stamps: Stamps = STAMPED_IN_TRAP) {
    this.#stamps = stamps;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  hit(hit: HitRecord): void {
    if (this.#astray.size > 0 && this.#astray.get(hit.watch)?.(hit.at) === true) return;
    this.#items.push(hit);
  }

  /** Hits of `watch` are dropped where `isAstray` says so of their time. */
  drop(watch: WatchInfo, isAstray: (time: number) => boolean): void {
    this.#astray.set(watch, isAstray);
  }

  /** No more hits of `watch` will come. */
  forget(watch: WatchInfo): void {
    this.#astray.delete(watch);
  }

  event(event: TargetEvent): void {
    this.#items.push(event);
  }

  mark(mark: Mark): void {
    this.#items.push(mark);
    if (mark.kind !== 'thread') this.#urgent = this.#items.length;
  }

  /**
   * Everything up to the first item that `isOpen`, and the hits before a thread's stop: somebody waits, who shall see what led to it. An unseen
   * change that a later hit may yet take back is no news to that one, and waits.
   */
  take(isOpen: (item: Concerned) => boolean): Outgoing[] {
    const items = this.#items;
    const isHeld = (item: Outgoing): boolean => (item.kind === 'hit' || item.kind === 'unseen-change') && isOpen(item);
    const open = items.findIndex(isHeld);
    const urgent = this.#urgent;
    this.#urgent = 0;
    if (open < 0) {
      this.#items = [];
      return items;
    }
    const held = Math.max(open, urgent, items.length - MOST_HELD);
    const taken = items.slice(0, held);
    this.#items = items.slice(held);
    if (held <= open) return taken;
    const doubtful = taken.filter((item) => item.kind === 'unseen-change' && isOpen(item));
    this.#items.unshift(...doubtful);
    close(taken);
    return doubtful.length === 0 ? taken : taken.filter((item) => !doubtful.includes(item));
  }

  /**
   * The order of `contender` and the hits of other threads on other CPUs after `since` (ns) is not known: takes back what they show of
   * each other, and what was said about memory that changed without a hit.
   */
  contest(contender: Contender, since: number): void {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item === undefined || !concerns(item, contender)) continue;
      if (item.kind === 'hit') {
        if (item.at + item.settledAfter <= since) return;
        if (item.at <= since) {
          // Its value was found by one of the contested hits.
          if (item.valueSource === 'sequence') item.contest();
          return;
        }
        if (areApart(item, contender, this.#stamps)) item.contest();
      } else if (Number(item.time) > since) this.#remove(i);
    }
  }

  #remove(index: number): void {
    this.#items.splice(index, 1);
    if (index < this.#urgent) this.#urgent--;
  }

  /** Hits are missing: takes back whatever follows from other hits. */
  contestAll(): void {
    for (const item of this.#items) if (item.kind === 'hit') item.contest();
    for (let i = this.#items.length - 1; i >= 0; i--) if (this.#items[i]?.kind === 'unseen-change') this.#remove(i);
  }
}

type Concerned = HitRecord | Extract<TargetEvent, { kind: 'unseen-change' }>;

function concerns(item: Outgoing, { watch, pid }: Contender): item is Concerned {
  return (item.kind === 'hit' || item.kind === 'unseen-change') && item.watch === watch && (pid === null || item.pid === pid);
}

/** What waited longest is told as it is, so that the rest can go on. */
function close(items: readonly Outgoing[]): void {
  for (const item of items) {
    if (item.kind !== 'hit') continue;
    item.unresolved = false;
    item.closed = true;
  }
}
