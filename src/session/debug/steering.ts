// Steers the threads of one target for all its clients: carries out what their holds come to, and tells each of the stops that it holds.
import type { Control, ThreadStop } from '../../engines/control.js';
import { ControlError } from '../../engines/errors.js';
import type { Hit } from '../../model/hit.js';
import type { ClientStop } from './client.js';
import type { SharedWatch } from './client-watch.js';
import { type Go, Holds, type Told } from './holds.js';
import type { Member } from './member.js';
import { asksFor, unionOf } from './policies.js';
import { StopHits } from './stop-hits.js';

export interface SteeringParts {
  readonly control: Control;
  /** All clients, by number. */
  readonly members: ReadonlyMap<number, Member>;
  /** Whose watch that is. */
  ownerOf(watch: SharedWatch): Member | null;
}

export class Steering {
  readonly control: Control;
  readonly #parts: SteeringParts;
  readonly #holds = new Holds();
  readonly #hits = new StopHits<SharedWatch>();

  constructor(parts: SteeringParts) {
    this.#parts = parts;
    this.control = parts.control;
  }

  /** A client's policy has changed, or a client has left. */
  applyPolicies(): void {
    this.control.setPolicy(unionOf([...this.#parts.members.values()].map(({ policy }) => policy)));
  }

  /** A hit of a watch that stops; its stop comes next. */
  hit(watch: SharedWatch, hit: Hit): void {
    const before = this.#hits.add(watch, hit);
    if (before !== null) this.#tellHit(watch, before);
  }

  #tellHit(watch: SharedWatch, hit: Hit): void {
    const owner = this.#parts.ownerOf(watch);
    if (owner?.letGo.has(hit.pid) === false) owner.tell({ type: 'hit', watch, hit });
  }

  /** No stop of `watch` will be told any more. */
  flush(watch: SharedWatch): void {
    for (const hit of this.#hits.takeOf(watch)) this.#tellHit(watch, hit);
  }

  stopped(stop: ThreadStop): void {
    const concerned = [...this.#parts.members.values()].filter(({ letGo }) => !letGo.has(stop.pid));
    const hits = this.#hits.take(stop.tid);
    const owners = new Set([...hits.keys()].map((watch) => this.#parts.ownerOf(watch)));
    const hitOwners = concerned.filter((member) => owners.has(member)).map(({ id }) => id);
    const policies = concerned.filter(({ policy }) => asksFor(policy, stop)).map(({ id }) => id);
    const wholeProcess = new Set(concerned.filter(({ policy }) => policy.wholeProcess).map(({ id }) => id));
    const asked = new Set([...hitOwners, ...policies]);
    const { told, go } = this.#holds.stands(stop, [...asked], wholeProcess);
    for (const one of told) this.#tell(one, hits);
    if (go !== null) this.#go([go], null);
  }

  #tell({ holder, stop, isOwn }: Told, hits: ReadonlyMap<SharedWatch, Hit>): void {
    const member = this.#parts.members.get(holder);
    if (member === undefined) return;
    const own = isOwn ? [...hits].filter(([watch]) => this.#parts.ownerOf(watch) === member) : [];
    const { pid, tid, time, cause } = stop;
    const shown: ClientStop['cause'] =
      own.length > 0
        ? { kind: 'hit', hits: own.map(([watch, hit]) => ({ watch, hit })) }
        : cause.kind === 'hit'
          ? { kind: 'interrupted' }
          : cause;
    const clientStop: ClientStop = { pid, tid, time, cause: shown };
    member.stops.set(tid, clientStop);
    member.tell({ type: 'stopped', stop: clientStop });
  }

  stop(member: Member, tids: readonly number[]): void {
    const asked = tids.filter((tid) => {
      const wanted = this.#holds.want(member.id, tid);
      if (wanted !== null && wanted !== 'ask') this.#tell(wanted, NO_HITS);
      return wanted === 'ask';
    });
    if (asked.length > 0) this.control.stop(asked);
  }

  resume(member: Member, tids: readonly number[], signal: number): void {
    const going = tids.map((tid) => {
      member.stops.delete(tid);
      return this.#holds.resume(member.id, tid, signal);
    });
    this.#go(
      going.filter((go) => go !== null),
      null,
    );
  }

  /** Throws ControlError, if it is this step that cannot be done. */
  step(member: Member, tid: number, request: Parameters<Control['step']>[1]): void {
    this.check(member, tid);
    const stop = member.stops.get(tid);
    member.stops.delete(tid);
    const go = this.#holds.step(member.id, tid, request);
    if (go === null) return;
    try {
      this.#go([go], member);
    } catch (error) {
      if (stop !== undefined && this.holds(member, tid)) member.stops.set(tid, stop);
      throw error;
    }
  }

  /** Lets go; a step that fails is told to those who wanted it, and thrown where that is `by`. */
  #go(all: readonly Go[], by: Member | null): void {
    const bySignal = new Map<number, number[]>();
    for (const go of all) {
      if (go.kind === 'resume') bySignal.set(go.signal, [...(bySignal.get(go.signal) ?? []), go.tid]);
      else this.#step(go, by);
    }
    for (const [signal, tids] of bySignal) this.control.resume(tids, signal);
  }

  #step(go: Extract<Go, { readonly kind: 'step' }>, by: Member | null): void {
    try {
      this.control.step(go.tid, go.request);
    } catch (error) {
      for (const told of this.#holds.failed(go, by?.id ?? null)) this.#tell(told, NO_HITS);
      if (by !== null || !(error instanceof ControlError)) throw error;
    }
  }

  holds(member: Member, tid: number): boolean {
    return this.#holds.stopOf(member.id, tid) !== null;
  }

  /** Throws ControlError where `member` does not hold the thread. */
  check(member: Member, tid: number): void {
    if (!this.holds(member, tid))
      throw new ControlError('not-stopped', tid, `thread ${tid} is not held by ${member.name}`, { hint: 'Stop it first.' });
  }

  /** All threads that `member` holds, or waits for. */
  heldBy(member: Member): readonly number[] {
    return this.#holds.of(member.id);
  }

  /** Of one that is no member any more. */
  leave(member: Member): void {
    member.stops.clear();
    this.applyPolicies();
    this.#go(this.#holds.leave(member.id), null);
  }

  /** `member` has let go of process `pid`: it holds nothing there any more. `isLast`: {@link detach} comes next. */
  leaveProcess(member: Member, pid: number, isLast: boolean): void {
    const tids = this.#threadsOf(pid);
    for (const tid of tids) member.stops.delete(tid);
    const going = this.#holds.leaveProcess(member.id, pid, tids);
    // What is to take a signal along runs with it first; the others do not run before they are let go of.
    this.#go(
      going.filter((go) => !isLast || (go.kind === 'resume' && go.signal !== 0)),
      null,
    );
  }

  /** Lets go of process `pid` for good. False: not all of its threads could be had, they sleep too deeply. */
  detach(pid: number): boolean {
    const tids = this.#threadsOf(pid);
    this.control.detach(pid, 0);
    const left = this.#threadsOf(pid);
    for (const tid of tids) if (!left.includes(tid)) this.#forget(tid);
    return left.length === 0;
  }

  #threadsOf(pid: number): number[] {
    return this.control
      .threads()
      .filter((thread) => thread.pid === pid)
      .map(({ tid }) => tid);
  }

  threadEnded(tid: number): void {
    for (const [watch, hit] of this.#hits.take(tid)) this.#tellHit(watch, hit);
    this.#forget(tid);
  }

  /** Of a process that executes another program only the first thread is left. */
  executed(pid: number): void {
    for (const tid of this.#holds.executed(pid)) this.#forget(tid);
  }

  #forget(tid: number): void {
    this.#holds.ended(tid);
    for (const { stops } of this.#parts.members.values()) stops.delete(tid);
  }
}

const NO_HITS: ReadonlyMap<SharedWatch, Hit> = new Map();
