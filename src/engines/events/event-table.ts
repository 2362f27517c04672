// All breakpoint events of a session: which piece and thread each id belongs to, and what the closed ones have counted.
import type { PerfEvent } from '../../linux/perf-event.js';

/** One open breakpoint event. */
export interface ArmedEvent {
  readonly event: PerfEvent;
  readonly id: number;
  readonly cookie: number;
  /** The thread it was opened on; others report through it when they inherited it. */
  readonly tid: number;
  readonly cpu: number;
}

/** Looks events up by id, also after they are closed, because their last records are read later. */
export class EventTable {
  readonly #byId = new Map<number, ArmedEvent>();
  readonly #open = new Set<ArmedEvent>();
  #last: ArmedEvent | undefined;
  #counted = 0;

  add(armed: ArmedEvent): void {
    this.#byId.set(armed.id, armed);
    this.#open.add(armed);
  }

  /** The event of a record's identifier, given as halves. */
  find(lo: number, hi: number): ArmedEvent | undefined {
    const id = hi * 0x1_0000_0000 + lo;
    if (this.#last?.id !== id) this.#last = this.#byId.get(id);
    return this.#last;
  }

  /** Open events of piece `cookie`, in the order in which they were opened. */
  of(cookie: number): ArmedEvent[] {
    return [...this.#open].filter((armed) => armed.cookie === cookie);
  }

  /** How many pieces are armed. */
  get pieces(): number {
    return new Set([...this.#open].map(({ cookie }) => cookie)).size;
  }

  /** Stops, reads and closes the events for which `which` holds. */
  close(which: (armed: ArmedEvent) => boolean): void {
    const chosen = [...this.#open].filter(which);
    for (const { event } of chosen) event.disable();
    for (const armed of chosen) {
      this.#counted += armed.event.count();
      armed.event[Symbol.dispose]();
      this.#open.delete(armed);
    }
  }

  /** Hits counted by the events closed so far, inherited ones included. */
  get counted(): number {
    return this.#counted;
  }
}
