// The sim engine at work: effects go to the machine's own kernel, and every round lets the machine run for a while.
import { type HardwareEffect, linearOfU64 } from '../../facility/index.js';
import type { MachineEvent } from '../../machine/index.js';
import type { Capabilities, CapacityEvent, EngineEvent, EngineSession, EngineSink, EngineTarget, Reconciliation } from '../contract.js';
import { type ArmError, cannotHandle, FAILURE_CODES } from '../errors.js';
import type { HitCount } from '../handling.js';
import { SimArming } from './arming.js';
import { bytesAt } from './bytes.js';
import { SIM_CAPABILITIES } from './capabilities.js';
import { processInMachine } from './numbers.js';
import { Reports } from './reports.js';
import type { Simulation, Watcher } from './simulation.js';

/** Steps of CPUs in one round: enough to be quick, few enough that readers keep up. */
const STEPS_A_ROUND = 2000;

type Arm = Extract<HardwareEffect, { readonly type: 'arm' }>;

export class SimSession implements EngineSession, Watcher {
  readonly capabilities: Capabilities = SIM_CAPABILITIES;
  readonly control = null;
  readonly target: EngineTarget;
  readonly #simulation: Simulation;
  readonly #arming: SimArming;
  readonly #reports: Reports;
  /** The machine's processes that it is told of: the target's own, and children where they are watched. */
  readonly #processes: Set<number>;
  /** A slot was lacking once. */
  #tight = false;
  #counted = 0;
  #delivered = 0;

  constructor(simulation: Simulation, target: EngineTarget) {
    this.#simulation = simulation;
    this.target = target;
    this.#arming = new SimArming(simulation, target);
    this.#reports = new Reports(simulation.world, this.#arming);
    this.#processes = new Set([processInMachine(simulation.world.machine, target.pid)]);
    simulation.join(this);
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    const events: EngineEvent[] = [];
    for (const effect of effects) {
      if (effect.type === 'disarm') events.push(this.#disarm(effect.effect, effect.cookie));
      else if (effect.type === 'move') events.push(...this.#answers([effect], this.#arming.move(effect.piece)));
    }
    const arms = effects.filter((effect) => effect.type === 'arm');
    if (arms.length > 0) events.push(...this.#arm(arms));
    return events;
  }

  #disarm(effect: number, cookie: number): EngineEvent {
    this.forget([cookie]);
    return { type: 'done', effect, armed: null };
  }

  #arm(arms: readonly Arm[]): EngineEvent[] {
    const error = this.#arming.arm(arms.map(({ piece }) => piece));
    if (error?.failure !== 'no-slot') return this.#answers(arms, error);
    this.#tight = true;
    const capacity = this.capacity();
    return [...(capacity === null ? [] : [capacity]), ...this.#answers(arms, error)];
  }

  #answers(effects: readonly { readonly type: 'arm' | 'move'; readonly effect: number }[], error: ArmError | null): EngineEvent[] {
    const armed = { threads: this.#arming.threads.length, cpus: this.#simulation.world.machine.state.cpus.length, notCovered: [] };
    return effects.map(({ type, effect }) =>
      error === null
        ? { type: 'done', effect, armed: type === 'arm' ? armed : null }
        : { type: 'failed', effect, code: FAILURE_CODES[error.failure], error },
    );
  }

  forget(cookies: readonly number[]): void {
    this.#arming.disarm(cookies);
  }

  capacity(): CapacityEvent | null {
    if (!this.#tight) return null;
    const { pid, tid } = this.target;
    return { type: 'capacity', scope: tid === null ? { kind: 'process', pid } : { kind: 'thread', pid, tid }, free: this.#arming.free() };
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    const { machine } = this.#simulation.world;
    const { state, setup } = machine;
    const memory = state.spaces[processInMachine(machine, pid)] ?? null;
    if (memory === null) return null;
    return bytesAt(memory, setup.layout, { address: linearOfU64(address), length });
  }

  prepare(): number {
    throw cannotHandle(this.target.pid);
  }

  counts(): readonly HitCount[] {
    return [];
  }

  pause(): void {
    throw cannotHandle(this.target.pid);
  }

  /** It reads nothing at a hit. */
  useStores(): void {}

  collect(sink: EngineSink, final: boolean): number {
    if (!final) this.#simulation.run(STEPS_A_ROUND);
    const hits = this.#reports.deliver(sink);
    this.#delivered += hits;
    return hits;
  }

  happened(event: MachineEvent): void {
    switch (event.type) {
      case 'exception':
        this.#reports.exception(event);
        break;
      case 'triggered':
        if (this.#reports.triggered(event)) this.#counted++;
        break;
      case 'born':
        this.#born(event);
        break;
      case 'exec':
        if (this.#isOwn(event.tid)) this.#reports.executed(event.tid);
        break;
      case 'exit':
        if (this.#isOwn(event.tid)) this.#reports.ended(event.tid);
        break;
      default:
    }
  }

  #isOwn(tid: number): boolean {
    return this.#processes.has(this.#simulation.world.machine.thread(tid).pid);
  }

  #born(event: Extract<MachineEvent, { readonly type: 'born' }>): void {
    if (!this.#isOwn(event.parent)) return;
    const isChild = event.how !== 'clone';
    if (isChild && this.target.inherit === 'children') {
      this.#processes.add(event.pid);
      // What watches a single thread goes along by itself.
      if (this.target.tid === null) this.#arming.follow(event.pid);
    }
    this.#reports.born(event);
  }

  reconcile(): Reconciliation {
    const [counted, delivered] = [this.#counted, this.#delivered];
    return { counted, delivered, duplicates: 0, missing: Math.max(0, counted - delivered) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#arming.disarmAll();
    this.#simulation.leave(this);
  }
}
