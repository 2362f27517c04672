// A bounded queue between the one who collects hits and the one who reads them; what does not fit is counted, never dropped in silence.

/** An async iterable with room for `capacity` items. Read by one consumer. */
export class BoundedStream<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #ended = false;
  #missed = 0;
  #wake: (() => void) | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Items that did not fit. */
  get missed(): number {
    return this.#missed;
  }

  push(item: T): void {
    if (this.#ended) return;
    if (this.#items.length >= this.#capacity) {
      this.#missed++;
      return;
    }
    this.#items.push(item);
    this.#signal();
  }

  /** No more items will come; the reader gets what is left, then the end. */
  end(): void {
    this.#ended = true;
    this.#signal();
  }

  #signal(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** Up to everything that is there now, waiting until there is something; null at the end. */
  async takeBatch(): Promise<T[] | null> {
    while (this.#items.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const batch = this.#items;
    this.#items = [];
    return batch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let batch = await this.takeBatch(); batch !== null; batch = await this.takeBatch()) yield* batch;
  }
}
