// What comes from the target: threads that stop, begin and end, processes that end. Each is noted; who is told, and who runs on, is decided elsewhere.
import type { Client, ClientEvent, ClientStop } from '../../session/debug/index.js';
import type { Family } from './family.js';
import { CONTINUE } from './motion.js';
import type { Peer } from './peer.js';
import type { Points } from './points.js';
import type { Processes } from './processes.js';
import type { RegisterCache } from './register-cache.js';
import type { Settings } from './settings.js';
import { ASKED, type StopReason } from './stop-reasons.js';
import type { Thread, Threads } from './threads.js';

export interface ArrivalsParts {
  readonly client: Client;
  readonly settings: Settings;
  readonly threads: Threads;
  readonly processes: Processes;
  readonly family: Family;
  readonly points: Points;
  readonly registers: RegisterCache;
  readonly peer: Peer;
  /** What a stop means to gdb; null: it goes on with what it was doing. */
  reasons(thread: Thread, stop: ClientStop): Promise<readonly StopReason[] | null>;
  /** All-stop: gdb waits for a stop reply. It has asked why the target stands. Non-stop: it is being told who does. */
  mode(): { readonly isRunning: boolean; readonly hasBegun: boolean; readonly isListing: boolean };
  /** gdb prints this, where it waits for a stop. */
  tellWhy(why: string): void;
}

export class Arrivals {
  readonly #parts: ArrivalsParts;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** Takes one thing in. */
  async take(event: ClientEvent): Promise<void> {
    const { threads, points, peer, processes, family } = this.#parts;
    switch (event.type) {
      case 'stopped':
        await this.#stopped(event.stop);
        break;
      case 'thread':
        if (event.change === 'ended') threads.remove(event.tid);
        else await this.#began(event);
        break;
      case 'process-ended':
        await family.ended(event.end.pid);
        processes.ended(event.end);
        break;
      case 'watch':
        if (event.change === 'ended') points.ended(event.watch.id);
        break;
      case 'closed':
        // Of a target that has ended gdb is still to be told.
        if (processes.lastEnd === null) {
          if (this.#parts.mode().isRunning) this.#parts.tellWhy(event.because);
          else peer.say(event.because);
          peer.close();
        }
        break;
      case 'hit':
      case 'event':
        break;
    }
  }

  /** A thread that begins while all are to stand does so too. */
  async #began(id: { readonly pid: number; readonly tid: number }): Promise<void> {
    const { settings, threads, client, processes, mode } = this.#parts;
    const { isRunning, hasBegun } = mode();
    const isToStand = !settings.nonStop && !isRunning && hasBegun && processes.has(id.pid);
    const thread = threads.meet(id, isToStand ? null : CONTINUE);
    if (isToStand && thread.stop === null) await client.stop([id.tid]);
  }

  async #stopped(stop: ClientStop): Promise<void> {
    const { registers, settings, threads, processes, family } = this.#parts;
    const thread = threads.meet(stop, CONTINUE);
    thread.stop = stop;
    registers.forget(thread.tid);
    if (stop.cause.kind === 'exec') await family.executed(stop);
    if (!processes.has(stop.pid)) return family.strangerStopped(thread, stop);
    family.forked(stop);
    const reasons = await this.#parts.reasons(thread, stop);
    if (reasons === null) return;
    thread.reasons.push(...reasons);
    if (settings.nonStop && !this.#parts.mode().isListing && thread.action === null && reasons.length === 0 && !thread.isTold)
      thread.reasons.push(ASKED);
  }
}
