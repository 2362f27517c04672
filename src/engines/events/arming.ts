// What is done to single threads while one batch of `arm`s is carried out on a process: opens what they lack, and asks how they are.
import { present } from '../../base/assert.js';
import type { ArmOrder } from '../../facility/index.js';
import { isErrno } from '../../linux/errno.js';
import type { EventTarget, PerfEvent } from '../../linux/perf-event.js';
import { threadIds } from '../../linux/procfs/process.js';
import type { EngineTarget } from '../contract.js';
import type { Batch } from './batch.js';
import type { FollowedProcess } from './followed-process.js';
import { markerAttributes, placeholderAttributes } from './layout.js';
import type { ThreadNews } from './lineage.js';
import { NewsReader } from './news.js';
import { openEvent, pause } from './open-event.js';
import { Pulses } from './pulses.js';
import { SpareSlots } from './spare-slots.js';
import type { Completion, ThreadArmer } from './threads.js';
import { BirthWindows, type Doubts, UnfinishedError } from './unfinished.js';

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
  readonly #doubts: Doubts;
  readonly #marker: Uint8Array | null;
  /** Null where there can be no unfinished breakpoints, or markers tell of them, or it is too late. */
  readonly #windows: BirthWindows | null;

  /** `pieces`: one at least. */
  constructor(parts: ArmingParts, pieces: readonly ArmOrder[], { batch, doubts }: { readonly batch: Batch; readonly doubts: Doubts }) {
    const first = present(pieces[0], 'a piece');
    const { process, slots } = parts;
    const { rings } = process;
    this.#parts = parts;
    this.#pieces = pieces;
    this.#batch = batch;
    rings.drain();
    this.#news = new NewsReader(rings.records);
    this.#pulses = new Pulses({ open: (block, tid, cpu) => this.#openPulse(block, { tid, cpu }), cpus: rings.cpus, news: this.#news });
    this.#spare = new SpareSlots({ placeholder: placeholderAttributes(first), slots, errs: batch.attaches ? 'missing' : 'twice' });
    this.#doubts = doubts;
    this.#marker = doubts.marks ? markerAttributes(first, process.target.inherit) : null;
    this.#windows = batch.attaches && !doubts.marks && !doubts.resigned ? new BirthWindows(process.target) : null;
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
    return this.#parts.places.every((cpu) => this.#openAll({ tid, cpu }));
  }

  complete(tid: number, complete: () => Iterable<number>): Completion {
    let outcome: Completion = 'had-all';
    // Whoever has inherited but one breakpoint has inherited the trackers, which were there first.
    let tracked = false;
    for (const cpu of this.#parts.places) {
      const lacking = this.#spare.lacking({ tid, cpu }, complete);
      if (lacking === null) return 'ended';
      if (!tracked && lacking >= this.#all) this.#parts.process.trackers.add(tid);
      tracked = true;
      if (lacking === 0) continue;
      outcome = 'completed';
      this.completedSome = true;
      if (!this.#openLacking({ tid, cpu }, lacking)) return 'ended';
    }
    return outcome;
  }

  /** How many a thread has where it lacks nothing. */
  get #all(): number {
    return this.#pieces.length + (this.#marker === null ? 0 : 1);
  }

  /** Opens the last `count`, in their order; false where the thread has ended, or where it is left alone. */
  #openLacking(target: EventTarget, count: number): boolean {
    if (count >= this.#all) return this.#openAll(target);
    if (!this.#batch.attaches) return this.#openPieces(target, this.#pieces.slice(-count));
    if (this.#doubts.resigned) return false;
    throw new UnfinishedError(false);
  }

  #openAll(target: EventTarget): boolean {
    return this.#openPieces(target, this.#pieces.slice(0, -1)) && this.#openLast(target) && this.#openMarker(target);
  }

  #openLast(target: EventTarget): boolean {
    const from = this.now();
    const opened = this.#openPieces(target, this.#pieces.slice(-1));
    this.#windows?.opened(target.tid, from, this.now());
    return opened;
  }

  #openPieces(target: EventTarget, pieces: readonly ArmOrder[]): boolean {
    return pieces.every((piece) => this.#batch.open(piece, target));
  }

  #openMarker(target: EventTarget): boolean {
    if (this.#marker === null) return true;
    try {
      return this.#batch.openMarker(this.#marker, target);
    } catch (error) {
      throw isErrno(error, 'ENOSPC') ? new UnfinishedError(true) : error;
    }
  }

  news(): readonly ThreadNews[] {
    this.#parts.process.rings.drain();
    const news = this.#news.read();
    this.#windows?.check(news);
    return news;
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
