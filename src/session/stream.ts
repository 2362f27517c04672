// A bounded queue between the one who collects hits and those who read them; what does not fit is counted, never dropped in silence.

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** An async iterable with room for `capacity` items. Each item goes to one reader; a reader who stops leaves the rest to the next one. */
export class BoundedStream<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  /** What is being read, from {@link #next} on, and what has come since. */
  #batch: T[] = [];
  #next = 0;
  #arrived: T[] = [];
  #waiting: Waiting<T>[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #missed = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Items that did not fit. */
  get missed(): number {
    return this.#missed;
  }

  push(item: T): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) reader.resolve({ value: item, done: false });
    else if (this.#batch.length - this.#next + this.#arrived.length < this.#capacity) this.#arrived.push(item);
    else this.#missed++;
  }

  /** No more items will come; readers get what is left, then the end, or the error instead. */
  end(failure: { readonly error: unknown } | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    for (const { resolve, reject } of this.#waiting) {
      if (failure === null) resolve({ value: undefined, done: true });
      else reject(failure.error);
    }
    this.#waiting = [];
  }

  #take(): Promise<IteratorResult<T, undefined>> {
    if (this.#next === this.#batch.length) {
      this.#batch = this.#arrived;
      this.#arrived = [];
      this.#next = 0;
    }
    if (this.#next < this.#batch.length) return Promise.resolve({ value: this.#batch[this.#next++] as T, done: false });
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    let left = false;
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: () => (left ? Promise.resolve({ value: undefined, done: true }) : this.#take()),
      return: () => {
        left = true;
        return Promise.resolve({ value: undefined, done: true });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
}
