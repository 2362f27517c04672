// Follows what the program loads, for breakpoints whose code or data is not there yet: with a register at the function that the dynamic linker calls
// when its list of libraries has changed.
import { HwbkptError } from '../../base/errors.js';
import { resolve } from '../../expressions/index.js';
import type { Client, ClientWatch } from '../../session/debug/index.js';
import type { ProcessView } from '../../session/inspect/index.js';

/** Called before the list changes, and when it has. Debuggers are meant to break off there: glibc and musl have it under this name. */
export const ANNOUNCEMENT = '_dl_debug_state';

/** Below all others: whoever wants a register has this one, and gives it back. */
const PRIORITY = 0;

/** What an error says where a library that is loaded later may have what is missing. */
const MISSING: readonly string[] = ['unknown-symbol', 'unknown-module', 'no-symbols', 'not-loaded'];

/** Whether what `error` says may be otherwise when more is loaded. */
export function mayBeLoaded(error: unknown): boolean {
  return error instanceof HwbkptError && MISSING.includes(error.code);
}

/** The watch of that function: of the lowest priority, so that it has a register only where nobody else wants it. */
export class Loads {
  readonly #client: Client;
  #watch: ClientWatch | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Whether it has a register now. */
  get isFollowed(): boolean {
    return this.#watch?.isArmed === true;
  }

  /** Whether it is this watch: its hits say that something is loaded, or let go of. */
  isWatch(watch: ClientWatch): boolean {
    return watch.id === this.#watch?.id;
  }

  /** From now on, whenever a register is free; nothing happens where the program has no dynamic linker. */
  async follow(view: ProcessView): Promise<void> {
    if (this.#watch !== null) return;
    try {
      resolve(ANNOUNCEMENT, view.image, { want: 'code' });
      this.#watch = await this.#client.watch(ANNOUNCEMENT, { access: 'execute', stop: true, priority: PRIORITY });
    } catch {
      // What waits says so.
    }
  }

  /** Gives the register back. */
  async release(): Promise<void> {
    const watch = this.#watch;
    this.#watch = null;
    await watch?.close();
  }
}
