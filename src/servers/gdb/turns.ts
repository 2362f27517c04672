// What comes is taken one after the other, each when those before it are done.

export interface TurnsParts<T> {
  take(item: T): Promise<void>;
  /** Taking one has failed; the next ones are taken all the same. */
  failed(error: unknown): void;
  /** One is done, well or not. `isLast`: no other waits. */
  done(isLast: boolean): void;
}

export class Turns<T> {
  readonly #parts: TurnsParts<T>;
  #last: Promise<void> = Promise.resolve();
  #left = 0;

  constructor(parts: TurnsParts<T>) {
    this.#parts = parts;
  }

  add(item: T): void {
    const { take, failed } = this.#parts;
    this.#left++;
    this.#last = this.#last
      .then(() => take(item))
      .catch(failed)
      .then(() => this.#parts.done(--this.#left === 0))
      .catch(failed);
  }
}
