// One process under the perf engine: arms pieces on every thread and CPU, reads the rings, keeps the books.
import { MemoryReader } from '../../linux/process-memory.js';
import { threadIds } from '../../linux/procfs/process.js';
import { inRealTime, raisePriority } from '../../linux/scheduling.js';
import type { NotCovered } from '../../model/coverage.js';
import type { Armed, Capabilities, EngineSession, EngineSink, EngineTarget, Piece, Reconciliation } from '../contract.js';
import { ArmError } from '../errors.js';
import { armErrorOf } from './arm-failure.js';
import { Arming } from './arming.js';
import { DuplicateFilter } from './duplicates.js';
import { EventTable } from './event-table.js';
import { visitInOrder } from './merge.js';
import { RecordReader } from './read-records.js';
import { checkDescriptors } from './resources.js';
import { Rings } from './rings.js';
import { armAllThreads, armExistingThreads, type Coverage } from './threads.js';
import { Trackers } from './trackers.js';

/** Nice value of the reading thread: with every CPU busy hitting, a reader of normal priority loses most of it (DESIGN.md section 6). */
const READER_PRIORITY = -20;

export class PerfSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly #target: EngineTarget;
  readonly #rings: Rings;
  readonly #trackers: Trackers;
  readonly #memory: MemoryReader;
  readonly #events = new EventTable();
  readonly #duplicates = new DuplicateFilter();
  readonly #reader = new RecordReader(this.#events, this.#duplicates, (tid) => this.#trackers.forget(tid));
  readonly #priority: Disposable;
  /** Start of the last collect: what is older than that has reached every ring by now. */
  #horizon = 0;

  constructor(capabilities: Capabilities, target: EngineTarget) {
    this.capabilities = capabilities;
    this.#target = target;
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

  arm(pieces: readonly Piece[], { stackDepth }: { readonly stackDepth: number }): Armed {
    const { inherit, pid } = this.#target;
    const { kernelWrites, slots } = this.capabilities;
    const parts = { target: this.#target, rings: this.#rings, trackers: this.#trackers, slots };
    using arming = new Arming(parts, pieces, { inherit, kernel: kernelWrites, stackDepth });
    try {
      this.#checkDescriptors(arming.threads(), pieces.length);
      const coverage = inRealTime(() => this.#armThreads(arming));
      if (arming.opened.length === 0) throw new ArmError('no-process', pid, new Error('it has ended'));
      for (const armed of arming.opened) this.#events.add(armed);
      if (arming.completedSome) this.#duplicates.activate();
      return { threads: coverage.covered, cpus: this.#rings.cpus.length, notCovered: this.#notCovered(coverage) };
    } catch (error) {
      arming.undo();
      throw armErrorOf(error, pid);
    }
  }

  #armThreads(arming: Arming): Coverage {
    const { pid, inherit } = this.#target;
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

  disarm(cookies: readonly number[]): void {
    this.#events.close(({ cookie }) => cookies.includes(cookie));
  }

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
