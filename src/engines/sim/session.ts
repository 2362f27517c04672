// The sim engine at work: effects go to the machine's own kernel, and every round lets the machine run for a while.

import { highHalf, linearOfU64, lowHalf } from '../../facility/index.js';
import { REGISTER_WORDS } from '../../instructions/registers.js';
import type { MachineEvent } from '../../machine/index.js';
import { hostOf, type Instruction } from '../../machine/index.js';
import { readMemory } from '../../machine/memory.js';
import { instructionAt } from '../../machine/program.js';
import type {
  Capabilities,
  CapacityEvent,
  EngineEvent,
  EngineSession,
  EngineSink,
  EngineTarget,
  HardwareEffect,
  RawHit,
  Reconciliation,
} from '../contract.js';
import { ArmError } from '../errors.js';
import { leaveRegisters } from './code.js';
import type { World } from './world.js';

/** Steps of CPUs in one round: enough to be quick, few enough that readers keep up. */
const STEPS_A_ROUND = 2000;
/** Machines count from 0, people and systems from 1. */
const FIRST = 1;

export class SimSession implements EngineSession {
  readonly capabilities: Capabilities;
  readonly target: EngineTarget;
  readonly #world: World;
  readonly #host: ReturnType<typeof hostOf>;
  readonly #hit: RawHit = emptyHit();
  #released = false;
  #delivered = 0;
  /** The debug exception that the next hits belong to. */
  #exception: { readonly instruction: Instruction | null; readonly pc: number; readonly user: boolean } = {
    instruction: null,
    pc: 0,
    user: true,
  };

  constructor(world: World, target: EngineTarget, capabilities: Capabilities) {
    this.#world = world;
    this.target = target;
    this.capabilities = capabilities;
    this.#host = hostOf(world.machine);
  }

  /** From now on rounds let the machine run. */
  release(): void {
    this.#released = true;
  }

  get isReleased(): boolean {
    return this.#released;
  }

  apply(effects: readonly HardwareEffect[]): EngineEvent[] {
    return effects.map((effect) => this.#apply(effect));
  }

  #apply(effect: HardwareEffect): EngineEvent {
    if (effect.type === 'disarm') {
      this.#host.feed({ type: 'withdraw', id: effect.cookie });
      return { type: 'done', effect: effect.effect, armed: null };
    }
    const { cookie, address, length, access } = effect.piece;
    const pieces = [{ address, length }];
    const notices =
      effect.type === 'move'
        ? this.#host.feed({ type: 'change', id: cookie, pieces, access })
        : this.#host.feed({ type: 'request', request: { ...RAW_REQUEST, id: cookie, pieces, access, scope: this.#scope() } });
    const refused = notices.find((notice) => notice.type === 'refuse' && notice.request === cookie);
    if (refused?.type === 'refuse') {
      const error = new ArmError('no-slot', this.target.pid, new Error(`the machine's kernel answered ${refused.code}`));
      return { type: 'failed', effect: effect.effect, code: refused.code, error };
    }
    const threads = this.#world.machine.state.threads.filter(({ pid }) => pid === this.target.pid - FIRST).length;
    return { type: 'done', effect: effect.effect, armed: { threads, cpus: this.#world.machine.state.cpus.length, notCovered: [] } };
  }

  #scope(): { readonly kind: 'process'; readonly pid: number } | { readonly kind: 'thread'; readonly pid: number; readonly tid: number } {
    const pid = this.target.pid - FIRST;
    return this.target.tid === null ? { kind: 'process', pid } : { kind: 'thread', pid, tid: this.target.tid - FIRST };
  }

  forget(cookies: readonly number[]): void {
    for (const cookie of cookies) this.#host.feed({ type: 'withdraw', id: cookie });
  }

  capacity(): CapacityEvent | null {
    return null;
  }

  readMemory(pid: number, address: bigint, length: number): Uint8Array | null {
    const { state, setup } = this.#world.machine;
    const memory = state.spaces[pid - FIRST] ?? null;
    if (memory === null) return null;
    const bytes: number[] = [];
    for (let at = 0; at < length; at++) {
      const byte = readMemory(memory, setup.layout, linearOfU64(address) + at, 1);
      if (byte === null) return null;
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }

  collect(sink: EngineSink, final: boolean): number {
    const before = this.#delivered;
    if (!this.#released) return 0;
    for (let step = 0; step < STEPS_A_ROUND && !final; step++) {
      const busy = this.#world.step();
      for (const event of this.#world.machine.takeEvents()) this.#report(event, sink);
      if (!busy) break;
    }
    return this.#delivered - before;
  }

  #report(event: MachineEvent, sink: EngineSink): void {
    switch (event.type) {
      case 'exception':
        this.#exception = { instruction: this.#instructionBefore(event.pc), pc: event.pc, user: event.user };
        break;
      case 'triggered':
        if (event.told.who === 'request') this.#deliver(event.told.id, event, sink);
        break;
      case 'born': {
        const parent = this.#world.machine.thread(event.parent);
        const time = process.hrtime.bigint();
        const parentIds = { parentPid: parent.pid + FIRST, parentTid: event.parent + FIRST };
        sink.threadStarted({ pid: event.pid + FIRST, tid: event.tid + FIRST, ...parentIds, time });
        break;
      }
      case 'exit':
        sink.threadEnded({ pid: this.#world.machine.thread(event.tid).pid + FIRST, tid: event.tid + FIRST });
        break;
      default:
    }
  }

  /** A trap's saved address is behind its instruction, a repeating instruction's on it. */
  #instructionBefore(pc: number): Instruction | null {
    const { programs } = this.#world.machine.setup;
    const here = instructionAt(programs, pc);
    if (here?.op === 'rep-movs' || here?.op === 'rep-stos') return here;
    return instructionAt(programs, pc - 4);
  }

  #deliver(cookie: number, { tid, cpu }: Extract<MachineEvent, { readonly type: 'triggered' }>, sink: EngineSink): void {
    const thread = this.#world.machine.thread(tid);
    const { instruction, pc, user } = this.#exception;
    const time = process.hrtime.bigint();
    const hit = this.#hit;
    Object.assign(hit, { cookie, pid: thread.pid + FIRST, tid: tid + FIRST, cpu, kernel: !user });
    hit.timeLo = Number(time & 0xffff_ffffn);
    hit.timeHi = Number(time >> 32n);
    hit.ipLo = lowHalf(pc);
    hit.ipHi = highHalf(pc);
    leaveRegisters(hit.registers, { instruction, iterations: thread.context.rep, result: this.#resultOf(thread.pid, instruction) });
    this.#delivered++;
    sink.hit(hit);
  }

  #resultOf(pid: number, instruction: Instruction | null): number {
    const { state, setup } = this.#world.machine;
    const memory = state.spaces[pid] ?? null;
    if (memory === null || instruction?.op !== 'add') return 0;
    return readMemory(memory, setup.layout, instruction.at, instruction.length) ?? 0;
  }

  reconcile(): Reconciliation {
    return { counted: this.#delivered, delivered: this.#delivered, duplicates: 0, missing: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const RAW_REQUEST = { inherit: 'none', priority: 255, callbacks: false, answer: 'consumed', inKernel: true } as const;

function emptyHit(): RawHit {
  const ids = { cookie: 0, pid: 0, tid: 0, cpu: 0, timeLo: 0, timeHi: 0, ipLo: 0, ipHi: 0 };
  return { ...ids, kernel: false, registers: new Uint32Array(REGISTER_WORDS), registersAt: 0, stack: null };
}
