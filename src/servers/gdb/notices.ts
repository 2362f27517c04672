// Stops in non-stop mode: the first of them is a notification, the others are asked for by vStopped, one by one, until none is left.
import type { Peer } from './peer.js';

export class Notices {
  readonly #peer: Peer;
  /** The first has been sent and is not acknowledged. */
  #waiting: string[] = [];
  #adding: Promise<void> = Promise.resolve();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** They are sent in the order of these calls. */
  add(content: Promise<string>): void {
    this.#adding = this.#adding.then(async () => {
      this.#waiting.push(await content);
      if (this.#waiting.length === 1) this.#peer.notify(`Stop:${this.#waiting[0] ?? ''}`);
    });
  }

  /** The last one is acknowledged: the next, or null. */
  next(): string | null {
    this.#waiting.shift();
    return this.#waiting[0] ?? null;
  }

  /** These and no others; the first is sent as an answer. Null: there are none. */
  restart(contents: readonly string[]): string | null {
    this.#waiting = [...contents];
    return this.#waiting[0] ?? null;
  }
}
