// Hits and events on their way to a command: what comes in one go is handed on in one go, and nothing before it is ready to print.
import type { SharedItem, SharedOptions } from './run-target.js';

export class ItemBatch {
  readonly #handedTo: SharedOptions['onItems'];
  #items: SharedItem[] = [];
  /** What comes before {@link open} waits: whoever has armed says so first. */
  #isWaiting = true;

  constructor(handedTo: SharedOptions['onItems']) {
    this.#handedTo = handedTo;
  }

  add(item: SharedItem): void {
    this.#items.push(item);
    if (this.#items.length === 1 && !this.#isWaiting) queueMicrotask(() => this.handOn());
  }

  /** From now on what comes is handed on. */
  open(): void {
    this.#isWaiting = false;
    queueMicrotask(() => this.handOn());
  }

  /** Hands on what there is, now. */
  handOn(): void {
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#handedTo(items);
  }
}
