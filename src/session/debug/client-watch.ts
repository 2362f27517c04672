// A watch as its client holds it.
import type { WatchInfo } from '../../model/hit.js';
import type { TallyRow } from '../tally.js';
import type { Watch, WatchArming } from '../watch.js';
import type { ClientWatch } from './client.js';

/** A watch of a client in this process. */
export class SharedWatch implements ClientWatch {
  readonly id: number;
  /** Its hits stop their threads. */
  readonly stops: boolean;
  /** The process of several that it is in; null: the one that the target began with. */
  readonly pid: number | null;
  readonly #watch: Watch;
  readonly #closing: () => void;

  /** `closing`: its last hit was told to its client's queue. */
  constructor(id: number, watch: Watch, how: { readonly stops: boolean; readonly pid: number | null; readonly closing: () => void }) {
    this.id = id;
    this.stops = how.stops;
    this.pid = how.pid;
    this.#watch = watch;
    this.#closing = how.closing;
  }

  get info(): WatchInfo {
    return this.#watch.info;
  }

  get arming(): WatchArming {
    return this.#watch.arming;
  }

  get isArmed(): boolean {
    return this.#watch.isArmed;
  }

  tally(): Promise<readonly TallyRow[]> {
    return Promise.resolve(this.#watch.tally());
  }

  async close(): Promise<void> {
    await this.#watch.close();
    this.#closing();
    // What was told on the way is in the queue: that goes out first.
    await new Promise<void>((resolve) => queueMicrotask(resolve));
  }
}
