// A client in the process that holds the target: checks what it may do, and hands it on.
import type { Capabilities } from '../../engines/contract.js';
import type { StepRequest, StopPolicy } from '../../engines/control.js';
import { ControlError } from '../../engines/errors.js';
import type { SharedTargetParts } from '../tap.js';
import type { Watch } from '../watch.js';
import type { Client, ClientEvent, ClientRole, ClientThread, ClientWatch, ClientWatchOptions, SlotUse } from './client.js';
import { SharedWatch } from './client-watch.js';
import { ClientClosedError, NoControlError, NotInControlError } from './errors.js';
import type { Member } from './member.js';
import type { Steering } from './steering.js';

/** What a client works with. */
export interface ClientParts {
  readonly pid: number;
  readonly member: Member;
  readonly inside: SharedTargetParts;
  /** Null: the engine stops nothing. */
  readonly steering: Steering | null;
  /** Enters a watch into the books, and out of them. */
  registered(watch: Watch, shared: SharedWatch): void;
  unregistered(watch: Watch): void;
  slots(): readonly SlotUse[];
  nextWatch(): number;
  /** It lets go of one process. */
  detach(pid: number): void;
  /** It leaves: its holds go. */
  leaving(): void;
  /** Its watches are closed, too. */
  left(): Promise<void>;
}

export class SharedClient implements Client {
  readonly #parts: ClientParts;
  readonly #watches = new Set<SharedWatch>();
  #leaving: Promise<void> | null = null;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.member.name;
  }

  get role(): ClientRole {
    return this.#parts.member.role;
  }

  get pid(): number {
    return this.#parts.pid;
  }

  get capabilities(): Capabilities {
    return this.#parts.inside.session.capabilities;
  }

  onEvent(listener: ((event: ClientEvent) => void) | null): void {
    this.#parts.member.listen(listener);
  }

  async watch(expression: string, options: ClientWatchOptions = {}): Promise<ClientWatch> {
    this.#checkOpen();
    const stops = options.stop ?? false;
    if (stops) this.#steering('stop threads');
    else if (options.pid !== undefined) this.#steering('watch one process of several');
    if (options.pid !== undefined && options.pid !== this.pid) this.#checkFollowed(options.pid);
    const { inside, registered, unregistered, nextWatch, steering } = this.#parts;
    const watch = await inside.watch(expression, options);
    const shared = new SharedWatch(nextWatch(), watch, {
      stops,
      pid: options.pid ?? null,
      closing: () => {
        steering?.flush(shared);
        unregistered(watch);
        this.#watches.delete(shared);
      },
    });
    registered(watch, shared);
    this.#watches.add(shared);
    if (this.#leaving !== null) {
      await shared.close();
      this.#checkOpen();
    }
    return shared;
  }

  /** Throws ControlError. */
  #checkFollowed(pid: number): void {
    if (!this.#threads().some((thread) => thread.pid === pid))
      throw new ControlError('no-such-thread', pid, `process ${pid} is not followed here, or was let go of`);
  }

  async slots(): Promise<readonly SlotUse[]> {
    this.#checkOpen();
    return this.#parts.slots();
  }

  async threads(): Promise<readonly ClientThread[]> {
    this.#checkOpen();
    const { inside, member } = this.#parts;
    const name = (pid: number, tid: number): string => inside.threadName(pid, tid) ?? '';
    return this.#threads().map(({ pid, tid }) => ({ pid, tid, name: name(pid, tid), stop: member.stops.get(tid) ?? null }));
  }

  /** Of processes that it has not let go of. */
  #threads(): { readonly pid: number; readonly tid: number }[] {
    const { inside, member } = this.#parts;
    return inside.threads().filter(({ pid }) => !member.letGo.has(pid));
  }

  async setPolicy(policy: StopPolicy): Promise<void> {
    const steering = this.#steering('say what stops threads');
    this.#parts.member.policy = policy;
    steering.applyPolicies();
  }

  async stop(tids: readonly number[] | 'all'): Promise<void> {
    const steering = this.#steering('stop threads');
    const all = this.#threads().map(({ tid }) => tid);
    steering.stop(this.#parts.member, tids === 'all' ? all : tids.filter((tid) => all.includes(tid)));
  }

  async resume(tids: readonly number[] | 'all', signal = 0): Promise<void> {
    const steering = this.#steering('let threads go on');
    steering.resume(this.#parts.member, tids === 'all' ? steering.heldBy(this.#parts.member) : tids, signal);
  }

  async step(tid: number, { signal = 0, by = 'breakpoint' }: Partial<StepRequest> = {}): Promise<void> {
    this.#steering('step').step(this.#parts.member, tid, { signal, by });
  }

  async registers(tid: number): Promise<BigUint64Array> {
    return this.#held(tid, 'read registers').registers(tid);
  }

  async setRegisters(tid: number, registers: BigUint64Array): Promise<void> {
    this.#held(tid, 'change registers').setRegisters(tid, registers);
  }

  async extendedState(tid: number): Promise<Uint8Array> {
    return this.#held(tid, 'read registers').extendedState(tid);
  }

  async setExtendedState(tid: number, state: Uint8Array): Promise<void> {
    this.#held(tid, 'change registers').setExtendedState(tid, state);
  }

  async signalInfo(tid: number): Promise<Uint8Array | null> {
    return this.#held(tid, 'look at signals').signalInfo(tid);
  }

  async setSignalInfo(tid: number, info: Uint8Array): Promise<void> {
    this.#held(tid, 'change signals').setSignalInfo(tid, info);
  }

  async readMemory(pid: number, address: bigint, length: number): Promise<Uint8Array | null> {
    this.#checkOpen();
    return this.#parts.inside.session.readMemory(pid, address, length);
  }

  async writeMemory(pid: number, address: bigint, bytes: Uint8Array): Promise<void> {
    this.#steering('write memory').control.writeMemory(pid, address, bytes);
  }

  async kill(pid: number): Promise<void> {
    this.#steering('end processes').control.kill(pid);
  }

  async detach(pid: number): Promise<void> {
    this.#steering('let go of processes');
    const there = [...this.#watches].filter((watch) => watch.pid === pid);
    this.#parts.detach(pid);
    await Promise.all(there.map((watch) => watch.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    const { member, leaving, left } = this.#parts;
    member.listen(null);
    leaving();
    member.closedBecause ??= 'it has left';
    await Promise.all([...this.#watches].map((watch) => watch.close()));
    await left();
  }

  #checkOpen(): void {
    const { member } = this.#parts;
    if (member.closedBecause !== null) throw new ClientClosedError(member.name, member.closedBecause);
  }

  /** Throws ClientClosedError, NotInControlError (`what` says what it may not) and NoControlError. */
  #steering(what: string): Steering {
    this.#checkOpen();
    const { member, steering } = this.#parts;
    if (member.role !== 'controls') throw new NotInControlError(member.name, what);
    if (steering === null) throw new NoControlError(this.capabilities.name);
    return steering;
  }

  /** Of a thread that it holds; else throws ControlError. */
  #held(tid: number, what: string): Steering['control'] {
    const steering = this.#steering(what);
    steering.check(this.#parts.member, tid);
    return steering.control;
  }
}
