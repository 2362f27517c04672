// The stops that a client which has joined holds, by what it was told: lists of threads travel without them.
import type { ClientEvent, ClientStop } from '../../session/debug/index.js';

export class RemoteStops {
  readonly #stops = new Map<number, ClientStop>();

  of(tid: number): ClientStop | null {
    return this.#stops.get(tid) ?? null;
  }

  note(event: ClientEvent): void {
    if (event.type === 'stopped') this.#stops.set(event.stop.tid, event.stop);
    else if (event.type === 'thread' && event.change === 'ended') this.#stops.delete(event.tid);
  }

  /** Process `pid` was let go of. */
  left(pid: number): void {
    for (const [tid, stop] of this.#stops) if (stop.pid === pid) this.#stops.delete(tid);
  }

  /** All threads that it holds. */
  get tids(): number[] {
    return [...this.#stops.keys()];
  }

  resumed(tids: readonly number[]): void {
    for (const tid of tids) this.#stops.delete(tid);
  }
}
