// The program of one session: which of its threads stand, what they show, and when they go on. All threads stand and go together.
import type { Client, ClientEvent, ClientStop } from '../../session/debug/index.js';
import type { ProcessView, ThreadRegisters } from '../../session/inspect/index.js';
import { Breakpoints } from './breakpoints.js';
import { FATAL_SIGNALS } from './capabilities.js';
import { Looks, type ThreadFrames } from './looks.js';
import type { OpenedTarget } from './open-target.js';
import { References } from './references.js';

/** What is told of a debuggee, in order. Stops that nobody waits for with {@link Debuggee.goUntilStop}. */
export interface DebuggeeListener {
  /** A thread stands for a reason of its own; the others will. */
  stopped(stop: ClientStop): Promise<void>;
  /** What is not about stops. */
  event(event: Exclude<ClientEvent, { readonly type: 'stopped' }>): void;
}

/** The program, and what is chosen when a session begins. */
export interface DebuggeeOptions {
  readonly isLaunched: boolean;
  readonly priority: number | null;
  readonly target: OpenedTarget;
}

/** `starting`: it is held, and nothing was told yet. */
type Phase = 'starting' | 'running' | 'stopped';

export class Debuggee {
  readonly client: Client;
  readonly isLaunched: boolean;
  readonly references = new References();
  readonly looks: Looks;
  readonly breakpoints: Breakpoints;
  readonly #listener: DebuggeeListener;
  readonly #target: OpenedTarget;
  readonly #stops = new Map<number, ClientStop>();
  #phase: Phase;
  #isPausing = false;
  #signals = new Set(FATAL_SIGNALS);
  #waiter: { readonly tid: number; readonly take: (stop: ClientStop | null) => void; hasTaken: boolean } | null = null;
  /** Stops that came together with the one that was waited for. */
  #unclaimed: ClientStop[] = [];
  #turn: Promise<void> = Promise.resolve();
  #stands: () => void = () => undefined;
  /** Resolves when a program that is held since its start has told that it stands. */
  readonly standing = new Promise<void>((resolve) => {
    this.#stands = resolve;
  });
  /** Stops with reasons of their own that are still to be dealt with. */
  #pending = 0;

  constructor(options: DebuggeeOptions & { readonly changed: (breakpoint: object) => void }, listener: DebuggeeListener) {
    const { client } = options.target;
    this.client = client;
    this.looks = new Looks(client, this.#stops, this.references);
    this.isLaunched = options.isLaunched;
    const isStopped = (): boolean => this.#phase !== 'running';
    this.breakpoints = new Breakpoints(client, { priority: options.priority, isStopped, view: () => this.view() }, options.changed);
    this.#listener = listener;
    this.#target = options.target;
    this.#phase = options.isLaunched ? 'starting' : 'running';
    client.onEvent((event) => this.#onEvent(event));
  }

  /** Begins to be told of signals and programs that take its place. */
  async begin(): Promise<void> {
    await this.stopAtSignals(this.#signals);
  }

  async stopAtSignals(signals: ReadonlySet<number>): Promise<void> {
    this.#signals = new Set(signals);
    await this.client.setPolicy({ signals: this.#signals, clones: false, forks: false, execs: true, wholeProcess: true });
  }

  get isStopped(): boolean {
    return this.#phase === 'stopped';
  }

  /** Whether it is held since its start. */
  get isStarting(): boolean {
    return this.#phase === 'starting';
  }

  /** Whether another thread has a reason of its own to stand, of which nothing was told yet. */
  get isOtherPending(): boolean {
    return this.#pending > 0;
  }

  /** Threads stand, and the client has been told. */
  markStopped(): void {
    this.#phase = 'stopped';
    this.#isPausing = false;
  }

  stopOf(tid: number): ClientStop | null {
    return this.#stops.get(tid) ?? null;
  }

  /** Any thread that stands. */
  get anyStop(): ClientStop | null {
    return [...this.#stops.values()][0] ?? null;
  }

  /** See Looks. Of the process that it began with, unless another is meant. */
  view(pid = this.client.pid): Promise<ProcessView> {
    return this.looks.view(pid);
  }

  /** See Looks. */
  registers(tid: number): Promise<ThreadRegisters> {
    return this.looks.registers(tid);
  }

  /** See Looks. */
  frames(tid: number, most?: number): Promise<ThreadFrames> {
    return this.looks.frames(tid, most);
  }

  /** Asks all threads to stop. */
  async pause(): Promise<void> {
    this.#isPausing = true;
    await this.client.stop('all');
  }

  /** All threads go on, each with the signal that it stopped for. */
  async resume(): Promise<void> {
    const stops = [...this.#stops.values()];
    this.#leave();
    for (const { tid, cause } of stops) if (cause.kind === 'signal') await this.client.resume([tid], cause.signal);
    await this.client.resume('all');
  }

  /** Thread `tid` goes on; the others stand. */
  async resumeOnly(tid: number): Promise<void> {
    const signal = this.#go(tid);
    await this.client.resume([tid], signal);
  }

  /** {@link resume}s, or does what `go` does instead, and waits for the next stop that has a reason. Null: thread `tid`, or all, has ended. */
  async goUntilStop(tid: number, go: () => Promise<void> = () => this.resume()): Promise<ClientStop | null> {
    const waiting = this.#unclaimed.shift();
    if (waiting !== undefined) return waiting;
    const next = new Promise<ClientStop | null>((take) => {
      this.#waiter = { tid, take, hasTaken: false };
    });
    try {
      await go();
      return await next;
    } finally {
      this.#waiter = null;
    }
  }

  /** Nobody waits any more: what {@link goUntilStop} has not given is told as other stops are. */
  stopWaiting(): void {
    for (const stop of this.#unclaimed.splice(0)) this.#deal(stop);
  }

  /** One instruction of thread `tid`; the others stand meanwhile. */
  async step(tid: number): Promise<void> {
    const before = this.#stops.get(tid);
    const signal = this.#go(tid);
    try {
      await this.client.step(tid, { signal });
    } catch (error) {
      // It stands as before.
      if (before !== undefined) this.#stops.set(tid, before);
      throw error;
    }
  }

  /** Resolves when the stops that have come so far are dealt with. */
  settled(): Promise<void> {
    return this.#turn;
  }

  /** Lets go of the program. */
  async leave(): Promise<void> {
    this.#waiter?.take(null);
    await this.#target.left();
    await this.client[Symbol.asyncDispose]();
    this.looks[Symbol.dispose]();
  }

  /** One thread goes. Returns the signal that it stopped for; 0: none. */
  #go(tid: number): number {
    const cause = this.#stops.get(tid)?.cause;
    this.#stops.delete(tid);
    this.looks.forget(tid);
    this.references.clear();
    this.#phase = 'running';
    return cause?.kind === 'signal' ? cause.signal : 0;
  }

  #leave(): void {
    this.#stops.clear();
    this.looks.forgetAll();
    this.references.clear();
    this.#phase = 'running';
  }

  #onEvent(event: ClientEvent): void {
    switch (event.type) {
      case 'stopped':
        this.#stopped(event.stop);
        return;
      case 'thread':
        if (event.change === 'ended') this.#ended(event.tid);
        break;
      case 'process-ended':
        if (event.end.pid === this.client.pid) this.#waiter?.take(null);
        break;
      case 'closed':
        this.#waiter?.take(null);
        break;
      default:
    }
    this.#listener.event(event);
  }

  #ended(tid: number): void {
    this.#stops.delete(tid);
    this.looks.forget(tid);
    if (this.#waiter?.tid === tid) this.#waiter.take(null);
  }

  #stopped(stop: ClientStop): void {
    const { tid, cause } = stop;
    this.#stops.set(tid, stop);
    this.looks.forget(tid);
    if (this.#phase === 'starting') {
      this.#stands();
      return;
    }
    if (cause.kind === 'interrupted' && !this.#isPausing) {
      // It stands because another one does. Comes it late, after all were let go on, so is it.
      if (this.#phase === 'running' && this.#waiter === null) this.#next(() => this.#resumeLate(tid));
      return;
    }
    if (this.#phase === 'stopped' && cause.kind === 'interrupted') return;
    if (this.#waiter === null) this.#deal(stop);
    else if (this.#waiter.hasTaken) this.#unclaimed.push(stop);
    else {
      this.#waiter.hasTaken = true;
      this.#waiter.take(stop);
    }
  }

  #deal(stop: ClientStop): void {
    this.#pending++;
    this.#next(async () => {
      this.#pending--;
      // What was let go of meanwhile is over.
      if (this.#stops.get(stop.tid) === stop) await this.#listener.stopped(stop);
    });
  }

  async #resumeLate(tid: number): Promise<void> {
    if (this.#phase !== 'running' || this.#waiter !== null || this.#isPausing || !this.#stops.has(tid)) return;
    this.#stops.delete(tid);
    await this.client.resume([tid]);
  }

  /** One after the other; what fails because the program is gone is told by its end. */
  #next(what: () => Promise<void>): void {
    this.#turn = this.#turn.then(what).catch(() => undefined);
  }
}
