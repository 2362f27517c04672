// The program of one session: which of its threads stand, what they show, and when they go on. All threads stand and go together.
import type { Client, ClientEvent, ClientStop } from '../../session/debug/index.js';
import {
  type Frame,
  framesOf,
  isVector,
  ProcessView,
  type ThreadRegisters,
  threadRegisters,
  withRegister,
  withVector,
} from '../../session/inspect/index.js';
import { Breakpoints } from './breakpoints.js';
import { FATAL_SIGNALS } from './capabilities.js';
import { WrongMomentError } from './errors.js';
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
  readonly breakpoints: Breakpoints;
  readonly #listener: DebuggeeListener;
  readonly #target: OpenedTarget;
  readonly #views = new Map<number, Promise<ProcessView>>();
  readonly #stops = new Map<number, ClientStop>();
  readonly #registers = new Map<number, ThreadRegisters>();
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

  /** Of the process that it began with, unless another is meant. Rejects with NoProcessImageError. */
  view(pid = this.client.pid): Promise<ProcessView> {
    const known = this.#views.get(pid);
    if (known !== undefined) return known.then(refreshed);
    const opened = ProcessView.open(pid);
    this.#views.set(pid, opened);
    opened.catch(() => this.#views.delete(pid));
    return opened;
  }

  /** Of a thread that stands. Rejects with WrongMomentError, ControlError. */
  async registers(tid: number): Promise<ThreadRegisters> {
    if (!this.#stops.has(tid))
      throw new WrongMomentError(`thread ${tid} runs, or is not there`, { hint: 'Pause the program to look at it.' });
    const known = this.#registers.get(tid);
    if (known !== undefined) return known;
    const registers = threadRegisters(await this.client.registers(tid), await this.client.extendedState(tid));
    this.#registers.set(tid, registers);
    return registers;
  }

  /**
   * Another value for a register of a thread that stands; what was given out of its frames shows it. Rejects as {@link registers} does, and with
   * RegisterValueRefusedError.
   */
  async setRegister(tid: number, name: string, value: bigint): Promise<void> {
    await this.registers(tid);
    const { client } = this;
    if (isVector(name)) await client.setExtendedState(tid, withVector(await client.extendedState(tid), name, value));
    else await client.setRegisters(tid, withRegister(await client.registers(tid), name, value));
    this.#registers.delete(tid);
    const { thread, frames } = await this.frames(tid);
    this.references.refresh(tid, thread, frames);
    const now = thread.get(name) ?? 0n;
    if (now !== value)
      throw new WrongMomentError(`the processor, or the kernel, has made 0x${now.toString(16)} of what ${name} was set to`);
  }

  /** The frames of a thread that stands, innermost first. Rejects as {@link registers} does. */
  async frames(
    tid: number,
    most?: number,
  ): Promise<{ readonly view: ProcessView; readonly thread: ThreadRegisters; readonly frames: Frame[] }> {
    const thread = await this.registers(tid);
    const view = await this.view(this.#stops.get(tid)?.pid);
    return { view, thread, frames: framesOf(view, thread, most) };
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
    for (const view of this.#views.values()) view.then((opened) => opened[Symbol.dispose]()).catch(() => undefined);
    this.#views.clear();
  }

  /** One thread goes. Returns the signal that it stopped for; 0: none. */
  #go(tid: number): number {
    const cause = this.#stops.get(tid)?.cause;
    this.#stops.delete(tid);
    this.#registers.delete(tid);
    this.references.clear();
    this.#phase = 'running';
    return cause?.kind === 'signal' ? cause.signal : 0;
  }

  #leave(): void {
    this.#stops.clear();
    this.#registers.clear();
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
    this.#registers.delete(tid);
    if (this.#waiter?.tid === tid) this.#waiter.take(null);
  }

  #stopped(stop: ClientStop): void {
    const { tid, cause } = stop;
    this.#stops.set(tid, stop);
    this.#registers.delete(tid);
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

function refreshed(view: ProcessView): ProcessView {
  view.refresh();
  return view;
}
