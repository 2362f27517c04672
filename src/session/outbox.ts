// Keeps hits and events in their order until each hit is complete, then hands them on.
import type { TargetEvent } from '../model/hit.js';
import type { HitRecord } from './hit-record.js';

/** What a reader gets. */
export type Item = HitRecord | TargetEvent;

/** Hits held back at most; beyond that they go out as they are. */
const MOST_HELD = 100_000;

/** The hits and events of one target that have not gone out yet. */
export class Outbox {
  #items: Item[] = [];

  hit(hit: HitRecord): void {
    this.#items.push(hit);
  }

  event(event: TargetEvent): void {
    this.#items.push(event);
  }

  /** Everything up to the first hit that `isOpen`. */
  take(isOpen: (hit: HitRecord) => boolean): Item[] {
    const items = this.#items;
    const held = items.length > MOST_HELD ? -1 : items.findIndex((item) => item.kind === 'hit' && isOpen(item));
    if (held < 0) {
      this.#items = [];
      return items;
    }
    this.#items = items.slice(held);
    return items.slice(0, held);
  }
}
