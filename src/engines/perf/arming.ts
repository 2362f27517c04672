// One batch of `arm`s: opens the events of some pieces on threads, and keeps all that it opened until it is known whether the whole succeeds.
import { present } from '../../base/assert.js';
import type { ArmOrder } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import { threadIds } from '../../linux/procfs/process.js';
import type { EngineTarget } from '../contract.js';
import type { ArmedEvent } from './event-table.js';
import { breakpointAttributes, placeholderAttributes } from './layout.js';
import type { ThreadNews } from './lineage.js';
import { NewsReader } from './news.js';
import { openEvent, pause } from './open-event.js';
import { Pulses } from './pulses.js';
import type { Rings } from './rings.js';
import { SpareSlots } from './spare-slots.js';
import type { Completion, ThreadArmer } from './threads.js';
import type { Trackers } from './trackers.js';

/** What it works with. */
export interface ArmingParts {
  readonly target: EngineTarget;
  readonly rings: Rings;
  readonly trackers: Trackers;
  readonly slots: number;
}

export class Arming implements ThreadArmer, Disposable {
  /** All breakpoints opened so far. */
  readonly opened: ArmedEvent[] = [];
  /** Where a slot was lacking, once one was. */
  tight: EventTarget | null = null;
  /** Threads were found that had inherited a part, or perhaps nothing. */
  completedSome = false;
  readonly #parts: ArmingParts;
  readonly #pieces: readonly { readonly cookie: number; readonly block: Uint8Array }[];
  readonly #news: NewsReader;
  readonly #pulses: Pulses;
  readonly #spare: SpareSlots;

  /** `pieces`: one at least. */
  constructor(parts: ArmingParts, pieces: readonly ArmOrder[]) {
    const { rings, slots } = parts;
    this.#parts = parts;
    this.#pieces = pieces.map((piece) => ({ cookie: piece.cookie, block: breakpointAttributes(piece) }));
    rings.drain();
    this.#news = new NewsReader(rings.records);
    this.#pulses = new Pulses({ open: (block, tid, cpu) => this.#tryOpen(block, tid, cpu), cpus: rings.cpus, news: this.#news });
    this.#spare = new SpareSlots(placeholderAttributes(present(pieces[0], 'a piece')), slots);
  }

  threads(): readonly number[] {
    const { pid, tid } = this.#parts.target;
    return tid === null ? threadIds(pid) : [tid];
  }

  arm(tid: number): boolean {
    this.#parts.trackers.add(tid);
    return this.#parts.rings.cpus.every((cpu) => this.#openPieces(tid, cpu, this.#pieces.length));
  }

  complete(tid: number, complete: () => Iterable<number>): Completion {
    let outcome: Completion = 'had-all';
    // Whoever has inherited but one breakpoint has inherited the trackers, which were there first.
    let tracked = false;
    for (const cpu of this.#parts.rings.cpus) {
      const lacking = this.#spare.lacking({ tid, cpu }, complete);
      if (lacking === null) return 'ended';
      if (!tracked && lacking >= this.#pieces.length) this.#parts.trackers.add(tid);
      tracked = true;
      if (lacking === 0) continue;
      outcome = 'completed';
      this.completedSome = true;
      if (!this.#openPieces(tid, cpu, lacking)) return 'ended';
    }
    return outcome;
  }

  /** Opens the last `count` pieces, in their order; false where the thread has ended. */
  #openPieces(tid: number, cpu: number, count: number): boolean {
    for (const { cookie, block } of this.#pieces.slice(-count)) {
      const event = this.#tryOpen(block, tid, cpu);
      if (event === null) return false;
      this.opened.push({ event, id: event.id(), cookie, tid, cpu });
    }
    return true;
  }

  news(): readonly ThreadNews[] {
    this.#parts.rings.drain();
    return this.#news.read();
  }

  atRest(tid: number): boolean {
    return this.#pulses.atRest(this.#parts.target.pid, tid);
  }

  now(): number {
    return Number(process.hrtime.bigint());
  }

  pause(milliseconds: number): void {
    pause(milliseconds);
  }

  /** Opens one event into the ring of its CPU; null when the thread has ended. Throws LinuxError. */
  #tryOpen(block: Uint8Array, tid: number, cpu: number): PerfEvent | null {
    try {
      return openEvent(block, { tid, cpu }, { output: this.#parts.rings.leader(cpu), patient: true });
    } catch (error) {
      if (isErrno(error, 'ENOSPC')) this.tight = { tid, cpu };
      throw error;
    }
  }

  /** Closes all breakpoints: the whole did not succeed. */
  undo(): void {
    for (const { event } of this.opened) event[Symbol.dispose]();
    this.opened.length = 0;
  }

  [Symbol.dispose](): void {
    this.#pulses[Symbol.dispose]();
  }
}
