// Hits grouped by the place in the code that made them: what `who` shows.
import { valueToJson } from '../model/format-value.js';
import type { WatchInfo } from '../model/hit.js';
import type { GroupMessage } from '../model/messages.js';
import type { Place } from '../model/place.js';
import type { HitRecord } from '../session/index.js';

/** All hits of one watch at one place. */
export interface Group {
  readonly watch: WatchInfo;
  readonly place: Place;
  readonly kernel: boolean;
  count: number;
  /** Value left by the first hit, and by the last, of those whose value is known. */
  first: Uint8Array | null;
  last: Uint8Array | null;
}

export class Groups {
  readonly #groups = new Map<string, Group>();
  /** Hits of one place share its object, so most hits find their group without making a key. */
  readonly #byPlace = new WeakMap<Place, WeakMap<WatchInfo, Group>>();

  add(hit: HitRecord): void {
    const group = this.#byPlace.get(hit.place)?.get(hit.watch) ?? this.#find(hit);
    group.count++;
    if (hit.newBytes === null) return;
    group.first ??= hit.newBytes;
    group.last = hit.newBytes;
  }

  #find(hit: HitRecord): Group {
    const { place, watch, kernel } = hit;
    const where = place.file === null ? `${place.module}+${place.function ?? hit.ip}` : `${place.file}:${place.line}`;
    // After an exec the same name may be of another type.
    const key = `${watch.expression}\n${watch.type.name}\n${kernel}\n${place.function}\n${where}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { watch, place, kernel, count: 0, first: null, last: null };
      this.#groups.set(key, group);
    }
    const byWatch = this.#byPlace.get(place) ?? new WeakMap<WatchInfo, Group>();
    byWatch.set(watch, group);
    this.#byPlace.set(place, byWatch);
    return group;
  }

  /** Most frequent first; of equals, the one seen first. */
  sorted(): Group[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }
}

export function groupMessage(group: Group): GroupMessage {
  const { watch, place, kernel, count, first, last } = group;
  return {
    type: 'group',
    watch: watch.expression,
    function: place.function,
    file: place.file,
    line: place.line,
    kernel,
    count,
    first: valueToJson(first, watch.type),
    last: valueToJson(last, watch.type),
  };
}
