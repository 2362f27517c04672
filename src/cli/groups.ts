// Hits grouped by the place in the code that made them: what `who` shows.

import type { WatchInfo } from '../model/hit.js';
import type { GroupMessage, JsonValue } from '../model/messages.js';
import type { Place } from '../model/place.js';
import type { HitRecord } from '../session/index.js';

/** All hits of one watch at one place. */
export interface Group {
  readonly watch: WatchInfo;
  readonly place: Place;
  readonly kernel: boolean;
  count: number;
  /** Value left by the first hit, and by the last, of those whose value is known. */
  first: JsonValue;
  last: JsonValue;
}

export class Groups {
  readonly #groups = new Map<string, Group>();
  /** Hits of one place share its object, so most hits find their group without making a key. */
  readonly #byPlace = new WeakMap<Place, WeakMap<WatchInfo, Group>>();

  add(hit: HitRecord): void {
    const group = this.#byPlace.get(hit.place)?.get(hit.watch) ?? this.#find(hit);
    group.count++;
    const value = hit.newValue;
    if (value === null) return;
    group.first ??= value;
    group.last = value;
  }

  #find(hit: HitRecord): Group {
    const { place, watch, kernel } = hit;
    const where = place.file === null ? `${place.module}+${place.function ?? hit.ip}` : `${place.file}:${place.line}`;
    const key = `${watch.expression}\n${kernel}\n${place.function}\n${where}`;
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

  /** Most frequent first. */
  sorted(): Group[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }
}

export function groupMessage(group: Group): GroupMessage {
  return {
    type: 'group',
    watch: group.watch.expression,
    function: group.place.function,
    file: group.place.file,
    line: group.place.line,
    kernel: group.kernel,
    count: group.count,
    first: group.first,
    last: group.last,
  };
}
