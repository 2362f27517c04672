// How gdb lets go of processes: of one of several, or of all.
import type { Client } from '../../session/debug/index.js';
import { CONTINUE, type Motion } from './motion.js';
import type { Processes } from './processes.js';
import { SIGTRAP } from './stop-reply.js';
import type { Thread, Threads } from './threads.js';

export interface FarewellParts {
  readonly client: Client;
  readonly threads: Threads;
  readonly processes: Processes;
  readonly motion: Motion;
}

export class Farewell {
  readonly #parts: FarewellParts;

  constructor(parts: FarewellParts) {
    this.#parts = parts;
  }

  /** gdb lets go of a process of several: it runs as if nobody looked. */
  async of(pid: number): Promise<void> {
    const { client, processes, threads } = this.#parts;
    processes.release(pid);
    const own = threads.of(pid);
    await this.swallowTraps(own);
    if (processes.isAwaited(pid)) return await this.#setFree(own);
    threads.removeProcess(pid);
    await client.detach(pid);
  }

  /** Threads run as if nobody looked: a child of vfork is to be seen on its way still, at the end of which its parent goes on. */
  async #setFree(threads: readonly Thread[]): Promise<void> {
    for (const thread of threads) {
      thread.reasons.length = 0;
      thread.action = CONTINUE;
    }
    await this.#parts.motion.continue(threads.filter(({ stop }) => stop !== null));
  }

  /** A program that is let go of gets the signals that it stands for, but not those of int3s that gdb has written (--int3). */
  async swallowTraps(threads: readonly Thread[]): Promise<void> {
    const trapped = threads.filter(({ stop }) => stop?.cause.kind === 'signal' && stop.cause.signal === SIGTRAP);
    if (trapped.length > 0)
      await this.#parts.client.resume(
        trapped.map(({ tid }) => tid),
        0,
      );
  }
}
