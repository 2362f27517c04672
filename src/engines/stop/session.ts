// One process under the stop engine, as seen by the thread that asks: every call goes to the thread that traces, every report comes by a ring.

import type { HardwareEffect } from '../../facility/index.js';
import type { StoreLookup } from '../../instructions/index.js';
import { isErrno } from '../../linux/errno.js';
import { MemoryReader } from '../../linux/process-memory.js';
import type { Capabilities, CapacityEvent, EngineEvent, EngineSession, EngineSink, EngineTarget, Reconciliation } from '../contract.js';
import type { Control } from '../control.js';
import { ArmError, FAILURE_CODES } from '../errors.js';
import type { Handling, HitCount } from '../handling.js';
import { ReportReader } from './report-reader.js';
import { Steering } from './steering.js';
import { StoreTeacher } from './store-teacher.js';
import type { TracerLine } from './tracer-line.js';
import { type EffectOutcome, unpackError } from './wire.js';

export class StopSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly control: Control;
  readonly target: EngineTarget;
  readonly #link: TracerLine;
  readonly #teacher: StoreTeacher;
  readonly #reader: ReportReader;
  readonly #memory = new MemoryReader();
  #handlings = 0;
  /** Start of the last collect (ns): what is older than that has been told by now. */
  #horizon = 0;

  constructor(capabilities: Capabilities, target: EngineTarget, link: TracerLine) {
    this.capabilities = capabilities;
    this.target = target;
    this.#link = link;
    const steering = new Steering(link);
    this.control = steering;
    this.#teacher = new StoreTeacher(link);
    this.#reader = new ReportReader(link.ring, steering.known, (hit) => this.#teacher.met(hit));
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    return this.#link.call('apply', effects).map((outcome) => this.#event(outcome));
  }

  #event(outcome: EffectOutcome): EngineEvent {
    if (outcome.type !== 'failed') return outcome;
    const error = unpackError(outcome.error);
    const known = error instanceof ArmError ? error : new ArmError('unsupported', this.target.pid, error);
    return { type: 'failed', effect: outcome.effect, code: FAILURE_CODES[known.failure], error: known };
  }

  forget(cookies: readonly number[]): void {
    this.#link.call('forget', cookies);
  }

  capacity(): CapacityEvent | null {
    return this.#link.call('capacity');
  }

  prepare(handling: Handling): number {
    this.#link.call('prepare', this.#handlings + 1, handling);
    return ++this.#handlings;
  }

  counts(): readonly HitCount[] {
    return this.#link.call('counts');
  }

  pause(cookies: readonly number[], paused: boolean): void {
    this.#link.call('pause', cookies, paused);
  }

  useStores(lookup: StoreLookup): void {
    this.#teacher.use(lookup);
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    try {
      return this.#memory.read(pid, address, length);
    } catch (error) {
      if (error instanceof RangeError || isErrno(error, 'EFAULT', 'ESRCH', 'EPERM', 'EIO')) return null;
      throw error;
    }
  }

  collect(sink: EngineSink, final: boolean): number {
    if (final || this.#link.hasFailed) this.#link.call('settle', final);
    const horizon = this.#horizon;
    this.#horizon = Number(process.hrtime.bigint());
    return this.#reader.read(sink, { final, horizon: () => Math.min(horizon, this.#link.call('oldestAhead')) });
  }

  reconcile(): Reconciliation {
    return this.#link.call('reconcile');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link.end();
    this.#memory[Symbol.dispose]();
  }
}
