// Waits until all threads that gdb knows stand.
import type { Client } from '../../session/debug/index.js';
import type { Thread, Threads } from './threads.js';

/** How long that may take, ms: a thread that waits for a child's exec (vfork) does not stand before that. */
const PATIENCE_MS = 2000;

export class Standing {
  readonly #client: Client;
  readonly #threads: Threads;
  readonly #known: () => readonly Thread[];
  #waiting: (() => void)[] = [];
  /** Some did not stand in time. */
  #hasGivenUp = false;

  constructor(client: Client, threads: Threads, known: () => readonly Thread[]) {
    this.#client = client;
    this.#threads = threads;
    this.#known = known;
  }

  /** All stand, or those that do not have had their time. */
  get isReached(): boolean {
    return this.#hasGivenUp || this.#running().length === 0;
  }

  /** Somebody waits for that. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  #running(): Thread[] {
    return this.#known().filter(({ stop }) => stop === null);
  }

  /** Makes all stand; also those that nobody has told of. */
  async all(): Promise<void> {
    const standing = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#hasGivenUp = false;
    for (const { pid, tid, stop } of await this.#client.threads()) this.#threads.meet({ pid, tid }, null).stop ??= stop;
    for (const thread of this.#known()) thread.action = null;
    const running = this.#running().map(({ tid }) => tid);
    const timer = setTimeout(() => this.#giveUp(), PATIENCE_MS);
    if (running.length > 0) await this.#client.stop(running);
    this.look();
    await standing;
    clearTimeout(timer);
  }

  /** They are about to run. */
  left(): void {
    this.#hasGivenUp = false;
  }

  #giveUp(): void {
    this.#hasGivenUp = true;
    this.#resolve();
  }

  /** Something has happened: perhaps all stand now. */
  look(): void {
    if (this.#waiting.length > 0 && this.#running().length === 0) this.#resolve();
  }

  #resolve(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
