// One client as the others see it: who it is, what it asks for, and the queue of what it is told.
import { STOP_ONLY_AT_HITS, type StopPolicy } from '../../engines/control.js';
import type { ClientEvent, ClientRole, ClientStop } from './client.js';
import type { Holder } from './holds.js';

/** How a client presents itself. */
export interface Introduction {
  /** For people: `gdb`, `watch 4711`. */
  readonly name: string;
  readonly role: ClientRole;
}

export class Member {
  readonly id: Holder;
  readonly name: string;
  readonly role: ClientRole;
  policy: StopPolicy = STOP_ONLY_AT_HITS;
  /** Why it is no client any more; null while it is. */
  closedBecause: string | null = null;
  /** The threads that it holds, as it was told. */
  readonly stops = new Map<number, ClientStop>();
  /** Processes that it has let go of, and when (CLOCK_MONOTONIC, ns): nothing of them is its business. */
  readonly letGo = new Map<number, bigint>();
  #listener: ((event: ClientEvent) => void) | null = null;
  #queue: ClientEvent[] = [];

  constructor(id: Holder, { name, role }: Introduction) {
    this.id = id;
    this.name = name;
    this.role = role;
  }

  /** The first thing that a listener is told are the stops that hold already. */
  listen(listener: ((event: ClientEvent) => void) | null): void {
    const isFirst = this.#listener === null;
    this.#listener = listener;
    if (!isFirst) return;
    for (const stop of this.stops.values()) this.tell({ type: 'stopped', stop });
    if (this.closedBecause !== null) this.tell({ type: 'closed', because: this.closedBecause });
  }

  /** Goes out when all that is under way now is done. Who has no listener is told nothing. */
  tell(event: ClientEvent): void {
    if (this.#listener === null) return;
    if (this.#queue.push(event) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) this.#listener?.(event);
  }
}
