// Follows what the program loads, for breakpoints whose code or data is not there yet: with a register at the function that the dynamic linker calls
// when its list of libraries has changed.
import { HwbkptError } from '../../base/errors.js';
import { resolve } from '../../expressions/index.js';
import type { Client, ClientWatch } from '../../session/debug/index.js';
import type { ProcessView } from '../../session/inspect/index.js';
import { hex } from './arguments.js';

/** Called before the list changes, and when it has. Debuggers are meant to break off there: glibc and musl have it under this name. */
const ANNOUNCEMENT = '_dl_debug_state';

/** What an error says where a library that is loaded later may have what is missing. */
const MISSING: readonly string[] = ['unknown-symbol', 'unknown-module', 'no-symbols', 'not-loaded'];

/** Whether what `error` says may be otherwise when more is loaded. */
export function mayBeLoaded(error: unknown): boolean {
  return error instanceof HwbkptError && MISSING.includes(error.code);
}

/** The register at that function, while there is one. */
export class Loads {
  readonly #client: Client;
  #watch: ClientWatch | null = null;

  constructor(client: Client) {
    this.#client = client;
  }

  get isFollowed(): boolean {
    return this.#watch !== null;
  }

  /** Whether a hit of `watch` says that something is loaded, or let go of. */
  isAnnouncedBy(watch: ClientWatch): boolean {
    return watch.id === this.#watch?.id;
  }

  /** From now on; nothing happens where no register is free, or the program has no dynamic linker. */
  async follow(view: ProcessView): Promise<void> {
    if (this.#watch !== null) return;
    try {
      const { address } = resolve(ANNOUNCEMENT, view.image, { want: 'code' });
      this.#watch = await this.#client.watch(hex(address), { access: 'execute', stop: true });
    } catch {
      // What waits says so.
    }
  }

  /** Gives the register back. False where there was none. */
  async release(): Promise<boolean> {
    const watch = this.#watch;
    this.#watch = null;
    await watch?.close();
    return watch !== null;
  }
}
