// One process under the perf engine: arms pieces on every thread and CPU, reads the rings, keeps the books.
import type { HardwareEffect } from '../../facility/index.js';
import type { Capabilities, CapacityEvent, EngineEvent, EngineSession, EngineSink, EngineTarget, Reconciliation } from '../contract.js';
import { cannotHandle } from '../errors.js';
import { BreakpointSet } from '../events/breakpoint-set.js';
import { DuplicateFilter } from '../events/duplicates.js';
import { FollowedProcess } from '../events/followed-process.js';
import { visitInOrder } from '../events/merge.js';
import { ProcessArmer } from '../events/process-armer.js';
import type { HitCount } from '../handling.js';
import { samplingBreakpoints } from './open-breakpoint.js';
import { RecordReader } from './read-records.js';

export class PerfSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly control = null;
  readonly target: EngineTarget;
  readonly #process: FollowedProcess;
  readonly #breakpoints: BreakpointSet;
  readonly #duplicates = new DuplicateFilter();
  readonly #reader: RecordReader;
  /** Start of the last collect: what is older than that has reached every ring by now. */
  #horizon = 0;

  constructor(capabilities: Capabilities, target: EngineTarget, patience?: number) {
    this.capabilities = capabilities;
    this.target = target;
    const process = new FollowedProcess(target);
    const { slots } = capabilities;
    const { rings } = process;
    const armer = new ProcessArmer({ process, places: rings.cpus, slots, duplicates: this.#duplicates, patience });
    this.#process = process;
    this.#breakpoints = new BreakpointSet({ target, slots, maker: samplingBreakpoints(rings), armer });
    this.#reader = new RecordReader(this.#breakpoints.events, this.#duplicates, (tid) => process.trackers.forget(tid));
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    return this.#breakpoints.apply(effects);
  }

  forget(cookies: readonly number[]): void {
    this.#breakpoints.forget(cookies);
  }

  capacity(): CapacityEvent | null {
    return this.#breakpoints.capacity();
  }

  prepare(): number {
    throw cannotHandle(this.target.pid);
  }

  counts(): readonly HitCount[] {
    return [];
  }

  pause(cookies: readonly number[], paused: boolean): void {
    this.#breakpoints.pause(cookies, paused);
  }

  /** It reads nothing at a hit. */
  useStores(): void {}

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    return this.#process.readMemory(pid, address, length);
  }

  collect(sink: EngineSink, final: boolean): number {
    const horizon = final ? Number.POSITIVE_INFINITY : this.#horizon;
    this.#horizon = Number(process.hrtime.bigint());
    const { rings } = this.#process;
    rings.drain();
    const before = this.#reader.samples;
    visitInOrder(rings.records, horizon, (words, at, cpu) => this.#reader.read(words, at, cpu, sink));
    if (this.#duplicates.active) this.#closeSurplus();
    return this.#reader.samples - before;
  }

  #closeSurplus(): void {
    const surplus = this.#duplicates.takeSurplus();
    if (surplus.size > 0) this.#breakpoints.events.close((armed) => surplus.has(armed));
  }

  reconcile(): Reconciliation {
    const counted = this.#breakpoints.events.counted;
    const duplicates = this.#duplicates.dropped;
    const delivered = this.#reader.samples - duplicates;
    return { counted, delivered, duplicates, missing: Math.max(0, counted - duplicates - delivered) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#breakpoints[Symbol.dispose]();
    this.#process[Symbol.dispose]();
  }
}
