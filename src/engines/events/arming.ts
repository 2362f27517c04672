// What is done to single threads while one batch of `arm`s is carried out on a process: opens what they lack, and asks how they are.
import { present } from '../../base/assert.js';
import type { ArmOrder } from '../../facility/index.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import { threadIds } from '../../linux/procfs/process.js';
import type { EngineTarget } from '../contract.js';
import type { Batch } from './batch.js';
import type { FollowedProcess } from './followed-process.js';
import { placeholderAttributes } from './layout.js';
import type { ThreadNews } from './lineage.js';
import { NewsReader } from './news.js';
import { openEvent, pause } from './open-event.js';
import { Pulses } from './pulses.js';
import { SpareSlots } from './spare-slots.js';
import type { Completion, ThreadArmer } from './threads.js';

/** What it works with. */
export interface ArmingParts {
  readonly process: FollowedProcess;
  /** Where each thread gets its events: on each of these CPUs one for a piece; -1: one for all. */
  readonly places: readonly number[];
  /** Address registers of a CPU. */
  readonly slots: number;
}

export class Arming implements ThreadArmer, Disposable {
  /** Threads were found that had inherited a part, or perhaps nothing. */
  completedSome = false;
  readonly #parts: ArmingParts;
  readonly #pieces: readonly ArmOrder[];
  readonly #batch: Batch;
  readonly #news: NewsReader;
  readonly #pulses: Pulses;
  readonly #spare: SpareSlots;

  /** `pieces`: one at least. */
  constructor(parts: ArmingParts, pieces: readonly ArmOrder[], batch: Batch) {
    const { process, slots } = parts;
    const { rings } = process;
    this.#parts = parts;
    this.#pieces = pieces;
    this.#batch = batch;
    rings.drain();
    this.#news = new NewsReader(rings.records);
    this.#pulses = new Pulses({ open: (block, tid, cpu) => this.#openPulse(block, { tid, cpu }), cpus: rings.cpus, news: this.#news });
    this.#spare = new SpareSlots(placeholderAttributes(present(pieces[0], 'a piece')), slots);
  }

  get #target(): EngineTarget {
    return this.#parts.process.target;
  }

  threads(): readonly number[] {
    const { pid, tid } = this.#target;
    return tid === null ? threadIds(pid) : [tid];
  }

  arm(tid: number): boolean {
    this.#parts.process.trackers.add(tid);
    return this.#parts.places.every((cpu) => this.#openPieces({ tid, cpu }, this.#pieces.length));
  }

  complete(tid: number, complete: () => Iterable<number>): Completion {
    let outcome: Completion = 'had-all';
    // Whoever has inherited but one breakpoint has inherited the trackers, which were there first.
    let tracked = false;
    for (const cpu of this.#parts.places) {
      const lacking = this.#spare.lacking({ tid, cpu }, complete);
      if (lacking === null) return 'ended';
      if (!tracked && lacking >= this.#pieces.length) this.#parts.process.trackers.add(tid);
      tracked = true;
      if (lacking === 0) continue;
      outcome = 'completed';
      this.completedSome = true;
      if (!this.#openPieces({ tid, cpu }, lacking)) return 'ended';
    }
    return outcome;
  }

  /** Opens the last `count` pieces, in their order; false where the thread has ended. */
  #openPieces(target: EventTarget, count: number): boolean {
    return this.#pieces.slice(-count).every((piece) => this.#batch.open(piece, target));
  }

  news(): readonly ThreadNews[] {
    this.#parts.process.rings.drain();
    return this.#news.read();
  }

  atRest(tid: number): boolean {
    return this.#pulses.atRest(this.#target.pid, tid);
  }

  now(): number {
    return Number(process.hrtime.bigint());
  }

  pause(milliseconds: number): void {
    pause(milliseconds);
  }

  /** Opens a clock event into the ring of its CPU; null when the thread has ended. Throws LinuxError. */
  #openPulse(block: Uint8Array, target: EventTarget): PerfEvent | null {
    return openEvent(block, target, { output: this.#parts.process.rings.leader(target.cpu), patient: true });
  }

  [Symbol.dispose](): void {
    this.#pulses[Symbol.dispose]();
  }
}
