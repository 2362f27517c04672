// One process under the perf engine: arms pieces on every thread and CPU, reads the rings, keeps the books.
import { present } from '../../base/assert.js';
import type { ArmOrder, HardwareEffect } from '../../facility/index.js';
import type { EventTarget } from '../../linux/perf-event.js';
import { MemoryReader } from '../../linux/process-memory.js';
import { threadIds } from '../../linux/procfs/process.js';
import { inRealTime, raisePriority } from '../../linux/scheduling.js';
import type { NotCovered } from '../../model/coverage.js';
import type {
  Armed,
  Capabilities,
  CapacityEvent,
  EngineEvent,
  EngineSession,
  EngineSink,
  EngineTarget,
  Reconciliation,
} from '../contract.js';
import { ArmError, cannotHandle, FAILURE_CODES } from '../errors.js';
import type { HitCount } from '../handling.js';
import { armErrorOf } from './arm-failure.js';
import { Arming } from './arming.js';
import { DuplicateFilter } from './duplicates.js';
import { EventTable } from './event-table.js';
import { placeholderAttributes } from './layout.js';
import { visitInOrder } from './merge.js';
import { moveEvents } from './move.js';
import { roomFor } from './open-event.js';
import { RecordReader } from './read-records.js';
import { checkDescriptors } from './resources.js';
import { Rings } from './rings.js';
import { armAllThreads, armExistingThreads, type Coverage } from './threads.js';
import { Trackers } from './trackers.js';

/** Nice value of the reading thread: with every CPU busy hitting, a reader of normal priority loses most of it (DESIGN.md section 6). */
const READER_PRIORITY = -20;

type PieceEffect = Extract<HardwareEffect, { readonly piece: ArmOrder }>;

export class PerfSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly target: EngineTarget;
  readonly #rings: Rings;
  readonly #trackers: Trackers;
  readonly #memory: MemoryReader;
  readonly #events = new EventTable();
  readonly #duplicates = new DuplicateFilter();
  readonly #reader = new RecordReader(this.#events, this.#duplicates, (tid) => this.#trackers.forget(tid));
  readonly #priority: Disposable;
  /** What is armed, by cookie. */
  readonly #orders = new Map<number, ArmOrder>();
  /** Where the last slot was lacking. */
  #tight: EventTarget | null = null;
  /** Start of the last collect: what is older than that has reached every ring by now. */
  #horizon = 0;

  constructor(capabilities: Capabilities, target: EngineTarget) {
    this.capabilities = capabilities;
    this.target = target;
    const tids = target.tid === null ? threadIds(target.pid) : [target.tid];
    this.#rings = new Rings();
    this.#trackers = new Trackers(this.#rings, target.inherit);
    if (!this.#trackFirst(tids))
      throw new ArmError('no-process', target.pid, new Error(tids.length === 0 ? 'there is no such process' : 'it has ended'));
    this.#memory = new MemoryReader();
    this.#priority = raisePriority(READER_PRIORITY);
  }

  /** Whoever may not watch the target learns it here. False where all threads have ended. */
  #trackFirst(tids: readonly number[]): boolean {
    let done = false;
    try {
      done = tids.some((tid) => this.#trackers.add(tid));
      return done;
    } finally {
      if (!done) {
        this.#trackers[Symbol.dispose]();
        this.#rings[Symbol.dispose]();
      }
    }
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    const events = this.#disarm(effects.filter((effect) => effect.type === 'disarm'));
    for (const effect of effects) if (effect.type === 'move') events.push(this.#move(effect));
    const arms = effects.filter((effect) => effect.type === 'arm');
    if (arms.length > 0) events.push(...this.#arm(arms));
    return events;
  }

  #disarm(effects: readonly { readonly effect: number; readonly cookie: number }[]): EngineEvent[] {
    this.forget(effects.map(({ cookie }) => cookie));
    return effects.map(({ effect }) => ({ type: 'done', effect, armed: null }));
  }

  forget(cookies: readonly number[]): void {
    for (const cookie of cookies) this.#orders.delete(cookie);
    this.#events.close(({ cookie }) => cookies.includes(cookie));
  }

  #move({ effect, piece }: PieceEffect): EngineEvent {
    try {
      moveEvents(this.#events.of(piece.cookie), present(this.#orders.get(piece.cookie), 'an armed piece'), piece);
      this.#orders.set(piece.cookie, piece);
      return { type: 'done', effect, armed: null };
    } catch (error) {
      return this.#failed(effect, armErrorOf(error, this.target.pid));
    }
  }

  #failed(effect: number, error: ArmError): EngineEvent {
    return { type: 'failed', effect, code: FAILURE_CODES[error.failure], error };
  }

  #arm(effects: readonly PieceEffect[]): EngineEvent[] {
    try {
      const armed = this.#armAll(effects.map(({ piece }) => piece));
      for (const { piece } of effects) this.#orders.set(piece.cookie, piece);
      return effects.map(({ effect }) => ({ type: 'done', effect, armed }));
    } catch (error) {
      const reason = armErrorOf(error, this.target.pid);
      const capacity = reason.failure === 'no-slot' ? this.capacity() : null;
      return [...(capacity === null ? [] : [capacity]), ...effects.map(({ effect }) => this.#failed(effect, reason))];
    }
  }

  #armAll(pieces: readonly ArmOrder[]): Armed {
    const { target } = this;
    const { slots } = this.capabilities;
    using arming = new Arming({ target, rings: this.#rings, trackers: this.#trackers, slots }, pieces);
    try {
      this.#checkDescriptors(arming.threads(), pieces.length);
      const coverage = inRealTime(() => this.#armThreads(arming));
      if (arming.opened.length === 0) throw new ArmError('no-process', target.pid, new Error('it has ended'));
      for (const armed of arming.opened) this.#events.add(armed);
      if (arming.completedSome) this.#duplicates.activate();
      return { threads: coverage.covered, cpus: this.#rings.cpus.length, notCovered: this.#notCovered(coverage) };
    } catch (error) {
      arming.undo();
      if (arming.tight !== null) this.#tight = arming.tight;
      throw error;
    }
  }

  capacity(): CapacityEvent | null {
    if (this.#tight === null) return null;
    const { pid, tid } = this.target;
    const room = this.#roomAt(this.#tight);
    if (room === null) this.#tight = null;
    const free = room === null ? this.capabilities.slots : room + this.#events.pieces;
    return { type: 'capacity', scope: tid === null ? { kind: 'process', pid } : { kind: 'thread', pid, tid }, free };
  }

  #roomAt(place: EventTarget): number | null {
    const placeholder = placeholderAttributes({ address: 0, length: 8, access: 'write' });
    try {
      return roomFor(placeholder, place, this.capabilities.slots);
    } catch {
      // No descriptors, or no privilege any more: then nothing is known.
      return null;
    }
  }

  #armThreads(arming: Arming): Coverage {
    const { pid, inherit } = this.target;
    if (inherit === 'none') return armExistingThreads(arming);
    return armAllThreads(arming, { pid, children: inherit === 'children' });
  }

  #checkDescriptors(threads: readonly number[], pieces: number): void {
    const untracked = threads.filter((tid) => !this.#trackers.has(tid)).length;
    checkDescriptors({ threads: threads.length, cpus: this.#rings.cpus.length, pieces, untracked });
  }

  #notCovered({ missed, settled }: Coverage): NotCovered[] {
    const codes: NotCovered[] = missed.map((tid): NotCovered => `thread:${tid}`);
    if (!settled && missed.length === 0) codes.push('new-threads');
    return codes;
  }

  prepare(): number {
    throw cannotHandle(this.target.pid);
  }

  counts(): readonly HitCount[] {
    return [];
  }

  pause(cookies: readonly number[], paused: boolean): void {
    for (const { event } of cookies.flatMap((cookie) => this.#events.of(cookie))) {
      if (paused) event.disable();
      else event.enable();
    }
  }

  /** It reads nothing at a hit. */
  useStores(): void {}

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    try {
      return this.#memory.read(pid, address, length);
    } catch {
      // Unmapped, ended, or may not be traced: in each case the value is not known.
      return null;
    }
  }

  collect(sink: EngineSink, final: boolean): number {
    const horizon = final ? Number.POSITIVE_INFINITY : this.#horizon;
    this.#horizon = Number(process.hrtime.bigint());
    this.#rings.drain();
    const before = this.#reader.samples;
    visitInOrder(this.#rings.records, horizon, (words, at, cpu) => this.#reader.read(words, at, cpu, sink));
    if (this.#duplicates.active) this.#closeSurplus();
    return this.#reader.samples - before;
  }

  #closeSurplus(): void {
    const surplus = this.#duplicates.takeSurplus();
    if (surplus.size > 0) this.#events.close((armed) => surplus.has(armed));
  }

  reconcile(): Reconciliation {
    const counted = this.#events.counted;
    const duplicates = this.#duplicates.dropped;
    const delivered = this.#reader.samples - duplicates;
    return { counted, delivered, duplicates, missing: Math.max(0, counted - duplicates - delivered) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.close(() => true);
    this.#trackers[Symbol.dispose]();
    this.#rings[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
    this.#priority[Symbol.dispose]();
  }
}
