// A watch of a client that has joined, as it holds it: kept up to date by what the owner tells.
import type { WatchInfo } from '../../model/hit.js';
import type { ClientWatch } from '../../session/debug/index.js';
import type { TallyRow, WatchArming } from '../../session/index.js';
import { BrokenConversationError } from './errors.js';

/** What it asks its connection for. */
export interface WatchCalls {
  close(id: number): Promise<void>;
  tally(id: number): Promise<readonly TallyRow[]>;
}

export class RemoteWatch implements ClientWatch {
  readonly id: number;
  readonly #calls: WatchCalls;
  #state: { readonly info: WatchInfo; readonly arming: WatchArming } | null = null;
  #isArmed = false;
  #closing: Promise<void> | null = null;

  constructor(id: number, calls: WatchCalls) {
    this.id = id;
    this.#calls = calls;
  }

  get info(): WatchInfo {
    return this.#known().info;
  }

  get arming(): WatchArming {
    return this.#known().arming;
  }

  get isArmed(): boolean {
    return this.#isArmed;
  }

  #known(): { readonly info: WatchInfo; readonly arming: WatchArming } {
    if (this.#state === null) throw new BrokenConversationError(`nothing was told of watch ${this.id}`);
    return this.#state;
  }

  /** For the connection: armed in another way, or in none. */
  rearmed(info: WatchInfo, arming: WatchArming, isArmed: boolean): void {
    this.#state = { info, arming };
    this.#isArmed = isArmed;
  }

  tally(): Promise<readonly TallyRow[]> {
    return this.#calls.tally(this.id);
  }

  close(): Promise<void> {
    this.#closing ??= this.#calls.close(this.id);
    return this.#closing;
  }
}
