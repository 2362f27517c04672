// Where the hits and events of what is armed go: to the watch that it is armed for, to those who share the target, or to the target's own user.
import type { WatchInfo } from '../model/hit.js';
import type { HitFilter } from './hit-filter.js';
import { type Item, isMark, type Outgoing } from './outbox.js';
import type { Tap } from './tap.js';
import type { Watch } from './watch.js';

/** Where the hits of an armed thing go. */
interface Route {
  readonly watch: Watch;
  readonly filter: HitFilter | null;
  /** Later hits (ns of CLOCK_MONOTONIC) are not of what the watch names, which has moved. */
  until: number;
}

/** What is left for the target's own user. */
export interface Delivered {
  /** Hits, without those that are only counted and those that are for whoever shares the target. */
  readonly hits: number;
  readonly rest: readonly Item[];
}

export class WatchRoutes {
  /** Of each armed thing, also those whose hits are still under way when it was disarmed. */
  readonly #routes = new Map<WatchInfo, Route>();
  /** Whose info it is or was. */
  readonly #watchOf = new WeakMap<WatchInfo, Watch>();

  /** Events about `info` are about `watch`. */
  name(info: WatchInfo, watch: Watch): void {
    this.#watchOf.set(info, watch);
  }

  /** Hits of `info` that `filter` wants are of `watch`. */
  open(info: WatchInfo, watch: Watch, filter: HitFilter | null): void {
    this.#routes.set(info, { watch, filter, until: Number.POSITIVE_INFINITY });
  }

  /** No hit of `info` comes any more. */
  close(info: WatchInfo): void {
    this.#routes.delete(info);
  }

  /** Hits of `info` that are later than `until` are nobody's. */
  endAt(info: WatchInfo, until: number): void {
    const route = this.#routes.get(info);
    if (route !== undefined) route.until = Math.min(route.until, until);
  }

  /** Gives each watch the hits that it wants, and the tap what is for those behind it. Hits that nobody wants are left out. */
  deliver(items: readonly Outgoing[], tap: Tap | null): Delivered {
    let hits = 0;
    const rest: Item[] = [];
    for (const item of items) {
      if (isMark(item)) {
        tap?.mark(item);
        continue;
      }
      if (item.kind !== 'hit') {
        if (tap?.item(item, 'watch' in item ? (this.#watchOf.get(item.watch) ?? null) : null) !== true) rest.push(item);
        continue;
      }
      const route = this.#routes.get(item.watch);
      if (route !== undefined && (item.at > route.until || route.filter?.(item) === false)) continue;
      route?.watch.deliver(item);
      if (route?.watch.counts === true) continue;
      if (tap !== null && route !== undefined && tap.item(item, route.watch)) continue;
      hits++;
      rest.push(item);
    }
    return { hits, rest };
  }
}
