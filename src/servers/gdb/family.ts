// What forks, vforks and execs make of processes and threads: children that gdb is told of, strangers that run on, threads that are gone.
import type { Client, ClientStop } from '../../session/debug/index.js';
import type { Motion } from './motion.js';
import type { Processes } from './processes.js';
import type { Settings } from './settings.js';
import type { Thread, Threads } from './threads.js';

export interface FamilyParts {
  readonly client: Client;
  readonly settings: Settings;
  readonly threads: Threads;
  readonly followsChildren: boolean;
}

export class Family {
  readonly #parts: FamilyParts;
  readonly #processes: Processes;
  readonly #motion: Motion;

  constructor(parts: FamilyParts, processes: Processes, motion: Motion) {
    this.#parts = parts;
    this.#processes = processes;
    this.#motion = motion;
  }

  /** A thread has stopped whose process gdb does not know yet, or has let go of. */
  async strangerStopped(thread: Thread, { cause }: ClientStop): Promise<void> {
    // Its parent's fork is told as well, perhaps later.
    if (cause.kind === 'born' && this.#parts.followsChildren && this.#parts.settings.forkEvents) {
      thread.action = null;
      return;
    }
    thread.action = { kind: 'continue', signal: cause.kind === 'signal' ? cause.signal : 0 };
    await this.#motion.continue([thread]);
  }

  /** A child that gdb is told of is its own from now on: it stands, and waits for what gdb makes of it. */
  forked({ tid, cause }: ClientStop): void {
    if (cause.kind !== 'fork' && cause.kind !== 'vfork') return;
    this.#processes.forked(cause.child, { kind: cause.kind, parent: tid });
    this.#parts.threads.meet({ pid: cause.child, tid: cause.child }, null).action = null;
  }

  /** Of the threads of the program that was, only this one is left. */
  async executed({ pid, tid }: ClientStop): Promise<void> {
    const { threads, client } = this.#parts;
    for (const other of threads.of(pid)) if (other.tid !== tid) threads.remove(other.tid);
    const wasAwaited = this.#processes.isAwaited(pid);
    await this.#leftParent(pid);
    // Let go of by gdb, and followed only so that its parent's wait would be over.
    if (wasAwaited && !this.#processes.has(pid)) await client.detach(pid);
  }

  /** A process has ended. */
  async ended(pid: number): Promise<void> {
    this.#parts.threads.removeProcess(pid);
    await this.#leftParent(pid);
  }

  /** The child of a vfork has left its parent's memory: the parent's thread stops to tell so. */
  async #leftParent(child: number): Promise<void> {
    const parent = this.#parts.threads.get(this.#processes.vforkParent(child) ?? 0);
    if (parent === null) return;
    parent.reasons.push({ kind: 'vfork-done' });
    if (parent.stop === null) await this.#parts.client.stop([parent.tid]);
  }
}
