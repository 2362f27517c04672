// Lets threads go and stand as gdb wants it, and tells it of stops: in all-stop mode one at a time, when all threads stand; in non-stop mode each by
// a notification of its own. What stops a thread and means nothing to gdb lets it go on.
import { hexOfText, utf8 } from '../../protocols/rsp/index.js';
import type { ClientEvent, ClientStop, ProcessEnd } from '../../session/debug/index.js';
import { Family } from './family.js';
import { CONTINUE, Motion, type MotionParts } from './motion.js';
import { Notices } from './notices.js';
import type { Peer } from './peer.js';
import { policyOf } from './policy.js';
import { Processes } from './processes.js';
import { refusalOf } from './refusals.js';
import type { Settings } from './settings.js';
import { Standing } from './standing.js';
import { type StopReason, stillHolds } from './stop-reasons.js';
import { endReply, type Report, type StopReplies } from './stop-reply.js';
import type { Action, Thread, Threads } from './threads.js';

export interface SteeringParts extends MotionParts {
  readonly settings: Settings;
  readonly replies: StopReplies;
  readonly peer: Peer;
  /** Children are followed, so that gdb can be told of forks. */
  readonly followsChildren: boolean;
  readonly threads: Threads;
  /** What a stop means to gdb; null: it goes on with what it was doing. */
  reasons(thread: Thread, stop: ClientStop): Promise<readonly StopReason[] | null>;
}

export class Steering {
  readonly #parts: SteeringParts;
  readonly #motion: Motion;
  readonly #notices: Notices;
  readonly #standing: Standing;
  readonly #processes: Processes;
  readonly #family: Family;
  /** Events are taken one after the other. */
  #events: Promise<void> = Promise.resolve();
  #eventsLeft = 0;
  /** Non-stop: who stands is being told as an answer, and not by notices. */
  #isListing = false;
  /** gdb has asked why the target stands: before that nobody does for its sake. */
  #hasBegun = false;
  /** All-stop: gdb waits for a stop reply. */
  #isRunning = false;
  #isInterrupted = false;
  /** The thread whose stop was told last. */
  #last: Thread | null = null;

  constructor(parts: SteeringParts) {
    this.#parts = parts;
    this.#motion = new Motion(parts);
    this.#notices = new Notices(parts.peer);
    this.#standing = new Standing(parts.client, parts.threads, () => this.known());
    this.#processes = new Processes(parts.client.pid);
    this.#family = new Family(parts, this.#processes, this.#motion);
    parts.client.onEvent((event) => {
      this.#eventsLeft++;
      this.#events = this.#events.then(() => this.#take(event)).catch((error: unknown) => this.#fail(error));
    });
  }

  #fail(error: unknown): void {
    this.#parts.peer.say(`cannot steer process ${this.#parts.client.pid}: ${error instanceof Error ? error.message : String(error)}`);
  }

  /** How the last process ended; null while gdb has one. */
  get ended(): ProcessEnd | null {
    return this.#processes.lastEnd;
  }

  /** Processes that gdb knows, the first one first. */
  get processes(): readonly number[] {
    return this.#processes.known;
  }

  /** The thread that gdb means when it does not say: the one whose stop it was told last. */
  get current(): Thread | null {
    if (this.#last !== null && this.#parts.threads.get(this.#last.tid) === this.#last) return this.#last;
    const threads = this.known();
    return threads.find(({ pid, tid }) => pid === tid) ?? threads[0] ?? null;
  }

  /** Threads of processes that gdb knows. */
  known(): Thread[] {
    return [...this.#parts.threads].filter(({ pid }) => this.#processes.has(pid));
  }

  /** What stops threads, by what was agreed on. */
  async applyPolicy(): Promise<void> {
    const { client, settings, followsChildren } = this.#parts;
    await client.setPolicy(policyOf(settings, followsChildren));
  }

  /** Looks who is there, and makes all stand. */
  standStill(): Promise<void> {
    this.#hasBegun = true;
    return this.#standing.all();
  }

  /** Non-stop: makes all stand, and gives what `?` answers, the rest by vStopped; null: nobody is there. */
  async listStanding(): Promise<string | null> {
    const { replies } = this.#parts;
    this.#isListing = true;
    await this.standStill();
    const standing = this.known().filter(({ stop }) => stop !== null);
    for (const thread of standing) thread.isTold = true;
    const reports = standing.map((thread) => ({ thread, reason: thread.reasons.shift() ?? ASKED }));
    this.#isListing = false;
    return this.#notices.restart(await Promise.all(reports.map((report) => replies.of(report))));
  }

  /** The answer to vStopped. */
  nextNotice(): string | null {
    return this.#notices.next();
  }

  /**
   * All-stop: the answer to a step that could not be made. An error would have gdb try again for ever; an interrupt ends whatever it is about, and the
   * text tells why.
   */
  async stayed(why: string): Promise<string | null> {
    this.#tellWhy(why);
    return await this.lastStop(SIGINT);
  }

  /** gdb prints this, where it waits for a stop. */
  #tellWhy(why: string): void {
    this.#parts.peer.say(why);
    this.#parts.peer.send(`O${hexOfText(utf8(`hwbkpt: ${why}\n`))}`);
  }

  /** All-stop: what `?` answers. */
  async lastStop(signal = SIGTRAP): Promise<string | null> {
    if (this.ended !== null) return endReply(this.ended, this.#parts.settings);
    const thread = this.current;
    if (thread === null) return null;
    this.#last = thread;
    return this.#parts.replies.of({ thread, reason: { kind: 'signal', signal } });
  }

  /** Threads do what gdb wants of them; the others stay as they are. Throws RefusedError: nobody has moved then. */
  async go(actions: ReadonlyMap<Thread, Action>): Promise<void> {
    const steps = [...actions.values()].some(({ kind }) => kind === 'step');
    await this.#parts.points.settle({ steps });
    this.#standing.left();
    for (const [thread, action] of actions) {
      thread.action = action;
      thread.isTold = false;
      thread.isLetGo = true;
    }
    if (this.#nextReport() === null) await this.#start();
    this.#isRunning = true;
    this.#settle();
  }

  /** Steps come first: one that has no slot has to be refused before others have moved. */
  async #start(): Promise<void> {
    const ready = this.#ready();
    for (const thread of ready.filter(({ action }) => action?.kind === 'step')) {
      try {
        await this.#motion.step(thread);
      } catch (error) {
        for (const other of ready) other.action = null;
        throw refusalOf(error);
      }
    }
    await this.#motion.continue(this.#ready());
  }

  /** Those that stand, have nothing to tell and are wanted to run: what was not true any more is forgotten. */
  #ready(): Thread[] {
    const { threads, points } = this.#parts;
    const ready = [...threads].filter(
      ({ stop, action, reasons }) => stop !== null && action !== null && !reasons.some((reason) => stillHolds(reason, points)),
    );
    for (const { reasons } of ready) reasons.length = 0;
    return ready;
  }

  /** vCont;t, and the interrupt of non-stop mode. */
  async stop(threads: readonly Thread[]): Promise<void> {
    for (const thread of threads) {
      thread.action = null;
      if (thread.stop !== null && !thread.isTold && thread.reasons.length === 0) thread.reasons.push(ASKED);
    }
    await this.#parts.client.stop(threads.filter(({ stop }) => stop === null).map(({ tid }) => tid));
    this.#settle();
  }

  /** Ctrl-C in gdb; in all-stop mode nothing where gdb does not wait. */
  interrupt(): void {
    if (this.#parts.settings.nonStop) {
      void this.stop(this.known().filter(({ isTold }) => !isTold)).catch((error: unknown) => this.#fail(error));
      return;
    }
    if (!this.#isRunning) return;
    this.#isInterrupted = true;
    this.#settle();
  }

  /** gdb lets go of a process of several: it runs as if nobody looked. */
  async release(pid: number): Promise<void> {
    this.#processes.release(pid);
    const threads = this.#parts.threads.of(pid);
    await this.#swallowTraps(threads);
    if (this.#processes.isAwaited(pid)) return await this.#setFree(threads);
    this.#parts.threads.removeProcess(pid);
    await this.#parts.client.detach(pid);
  }

  /** Threads run as if nobody looked: a child of vfork is to be seen on its way still, at the end of which its parent goes on. */
  async #setFree(threads: readonly Thread[]): Promise<void> {
    for (const thread of threads) {
      thread.reasons.length = 0;
      thread.action = CONTINUE;
    }
    await this.#motion.continue(threads.filter(({ stop }) => stop !== null));
  }

  /** gdb is about to let go of all. */
  async releaseAll(): Promise<void> {
    await this.#swallowTraps(this.known());
  }

  /** A program that is let go of gets the signals that it stands for, but not those of int3s that gdb has written (--int3). */
  async #swallowTraps(threads: readonly Thread[]): Promise<void> {
    const trapped = threads.filter(({ stop }) => stop?.cause.kind === 'signal' && stop.cause.signal === SIGTRAP);
    if (trapped.length > 0)
      await this.#parts.client.resume(
        trapped.map(({ tid }) => tid),
        0,
      );
  }

  async #take(event: ClientEvent): Promise<void> {
    const { threads, points, peer } = this.#parts;
    switch (event.type) {
      case 'stopped':
        await this.#stopped(event.stop);
        break;
      case 'thread':
        if (event.change === 'ended') threads.remove(event.tid);
        else await this.#began(event);
        break;
      case 'process-ended':
        await this.#family.ended(event.end.pid);
        this.#processes.ended(event.end);
        break;
      case 'watch':
        if (event.change === 'ended') points.ended(event.watch.id);
        break;
      case 'closed':
        // Of a target that has ended gdb is still to be told.
        if (this.ended === null) {
          if (this.#isRunning) this.#tellWhy(event.because);
          else peer.say(event.because);
          peer.close();
        }
        break;
      case 'hit':
      case 'event':
        break;
    }
    this.#eventsLeft--;
    this.#standing.look();
    // What comes together is one thing: all threads of a process stop at once.
    if (this.#eventsLeft === 0) this.#settle();
  }

  /** A thread that begins while all are to stand does so too. */
  async #began(id: { readonly pid: number; readonly tid: number }): Promise<void> {
    const { settings, threads, client } = this.#parts;
    const isToStand = !settings.nonStop && !this.#isRunning && this.#hasBegun && this.#processes.has(id.pid);
    const thread = threads.meet(id, isToStand ? null : CONTINUE);
    if (isToStand && thread.stop === null) await client.stop([id.tid]);
  }

  async #stopped(stop: ClientStop): Promise<void> {
    const { registers, settings, threads } = this.#parts;
    const thread = threads.meet(stop, CONTINUE);
    thread.stop = stop;
    registers.forget(thread.tid);
    if (stop.cause.kind === 'exec') await this.#family.executed(stop);
    if (!this.#processes.has(stop.pid)) return this.#family.strangerStopped(thread, stop);
    this.#family.forked(stop);
    const reasons = await this.#parts.reasons(thread, stop);
    if (reasons === null) return;
    thread.reasons.push(...reasons);
    if (settings.nonStop && !this.#isListing && thread.action === null && reasons.length === 0 && !thread.isTold)
      thread.reasons.push(ASKED);
  }

  /**
   * What is told next. What is not true at the moment waits as long as its thread stands: gdb takes a breakpoint away while it steps one of several
   * threads over it, and sets it again. In all-stop mode gdb expects nothing (and ends by an internal error) of threads that it has not let go.
   */
  #nextReport(): Report | null {
    const { settings, points } = this.#parts;
    for (const thread of this.known()) {
      const reason = thread.reasons.find((candidate) => stillHolds(candidate, points));
      const isDue = settings.nonStop ? !thread.isTold : thread.isLetGo;
      if (reason !== undefined && thread.stop !== null && isDue) return { thread, reason };
    }
    return null;
  }

  /** It is told now. */
  #taken({ thread, reason }: Report): StopReason {
    thread.reasons.splice(thread.reasons.indexOf(reason), 1);
    return reason;
  }

  #settle(): void {
    if (this.#isListing) return;
    if (this.#parts.settings.nonStop) this.#settleNonStop();
    else if (this.#isRunning) this.#settleAllStop();
  }

  #settleAllStop(): void {
    const report = this.#nextReport();
    if (report === null && !this.#processes.hasEnds && !this.#isInterrupted) this.#goOn();
    else if (this.#standing.isReached) this.#tell(report);
    else if (!this.#standing.isAwaited)
      void this.standStill().then(
        () => this.#settle(),
        (error: unknown) => this.#fail(error),
      );
  }

  /** Threads that stand for nothing go on. */
  #goOn(): void {
    for (const thread of this.#ready().filter(({ action }) => action?.kind === 'step')) {
      void this.#motion.step(thread).catch((error: unknown) => {
        this.#tellWhy(refusalOf(error).message);
        thread.reasons.push({ kind: 'signal', signal: SIGINT });
        this.#settle();
      });
    }
    const ready = this.#ready();
    if (ready.length > 0) void this.#motion.continue(ready).catch((error: unknown) => this.#fail(error));
  }

  /** Ends come before stops: what has ended cannot be asked about. */
  #tell(report: Report | null): void {
    const { peer, settings, replies } = this.#parts;
    this.#isRunning = false;
    for (const thread of this.known()) {
      thread.action = null;
      thread.isLetGo = false;
    }
    const end = this.#processes.takeEnd();
    if (end !== null) {
      peer.send(endReply(end, settings));
      return;
    }
    const thread = report?.thread ?? this.current;
    if (thread === null) return;
    const reason: StopReason = report === null ? { kind: 'signal', signal: SIGINT } : this.#taken(report);
    if (report === null) this.#isInterrupted = false;
    this.#last = thread;
    void replies.of({ thread, reason }).then(
      (content) => peer.send(content),
      (error: unknown) => this.#fail(error),
    );
  }

  #settleNonStop(): void {
    for (let end = this.#processes.takeEnd(); end !== null; end = this.#processes.takeEnd())
      this.#notices.add(Promise.resolve(endReply(end, this.#parts.settings)));
    for (let report = this.#nextReport(); report !== null; report = this.#nextReport()) {
      this.#taken(report);
      report.thread.isTold = true;
      report.thread.action = null;
      this.#notices.add(this.#parts.replies.of(report));
    }
    this.#goOn();
  }
}

const SIGINT = 2;
/** Also what a target that stands when gdb comes is said to have been stopped by. */
const SIGTRAP = 5;
const ASKED: StopReason = { kind: 'signal', signal: 0 };
