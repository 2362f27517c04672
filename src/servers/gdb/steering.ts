// Lets threads go and stand as gdb wants it, and tells it of stops: in all-stop mode one at a time, when all threads stand; in non-stop mode each by
// a notification of its own. What stops a thread and means nothing to gdb lets it go on.
import { hexOfText, utf8 } from '../../protocols/rsp/index.js';
import type { ClientEvent, ProcessEnd } from '../../session/debug/index.js';
import { Arrivals, type ArrivalsParts } from './arrivals.js';
import { Departures } from './departures.js';
import { DueReports } from './due-reports.js';
import { Family } from './family.js';
import { Farewell } from './farewell.js';
import { Motion, type MotionParts } from './motion.js';
import { Notices } from './notices.js';
import { policyOf } from './policy.js';
import { Processes } from './processes.js';
import { Standing } from './standing.js';
import { ASKED, type StopReason } from './stop-reasons.js';
import { endReply, type Report, SIGTRAP, type StopReplies } from './stop-reply.js';
import type { Action, Thread } from './threads.js';
import { Turns } from './turns.js';

export interface SteeringParts extends MotionParts, Pick<ArrivalsParts, 'settings' | 'peer' | 'threads' | 'reasons'> {
  readonly replies: StopReplies;
  /** Children are followed, so that gdb can be told of forks. */
  readonly followsChildren: boolean;
}

export class Steering {
  readonly #parts: SteeringParts;
  readonly #motion: Motion;
  readonly #notices: Notices;
  readonly #standing: Standing;
  readonly #processes: Processes;
  readonly #family: Family;
  readonly #farewell: Farewell;
  readonly #due: DueReports;
  readonly #departures: Departures;
  readonly #events: Turns<ClientEvent>;
  /** Non-stop: who stands is being told as an answer, and not by notices. */
  #isListing = false;
  /** gdb has asked why the target stands: before that nobody does for its sake. */
  #hasBegun = false;
  /** All-stop: gdb waits for a stop reply. */
  #isRunning = false;
  #isInterrupted = false;
  /** The last stop was told as the end of a step. */
  #hasToldStep = false;
  /** The thread whose stop was told last. */
  #last: Thread | null = null;

  constructor(parts: SteeringParts) {
    this.#parts = parts;
    this.#motion = new Motion(parts);
    this.#notices = new Notices(parts.peer);
    this.#standing = new Standing(parts.client, parts.threads, () => this.known());
    this.#processes = new Processes(parts.client.pid);
    this.#family = new Family(parts, this.#processes, this.#motion);
    this.#farewell = new Farewell({ client: parts.client, threads: parts.threads, processes: this.#processes, motion: this.#motion });
    this.#due = new DueReports(parts, () => this.known());
    this.#departures = new Departures({
      ...{ motion: this.#motion, due: this.#due },
      refused: (thread, why) => this.#stepRefused(thread, why),
      failed: (error) => this.#fail(error),
    });
    const arrivals = new Arrivals({
      ...{ ...parts, processes: this.#processes, family: this.#family },
      mode: () => ({ isRunning: this.#isRunning, hasBegun: this.#hasBegun, isListing: this.#isListing }),
      tellWhy: (why) => this.#tellWhy(why),
    });
    this.#events = new Turns({
      take: (event) => arrivals.take(event),
      failed: (error) => this.#fail(error),
      done: (isLast) => this.#taken(isLast),
    });
    parts.client.onEvent((event) => this.#events.add(event));
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

  /** Processes have ended of which gdb is still to be told. */
  get hasEnds(): boolean {
    return this.#processes.hasEnds;
  }

  /** All-stop: what was to go has been killed by somebody, or is about to end: gdb is told of that in place of a stop. */
  awaitEnd(): void {
    this.#isRunning = true;
    this.#settle();
  }

  /** Ends a process. gdb, whose wish that is, is told only of the last one's end: it has forgotten the others (and ends by an internal error). */
  async kill(pid: number): Promise<void> {
    if (this.processes.length > 1) this.#processes.release(pid);
    await this.#parts.client.kill(pid);
  }

  /** What stops threads, by what was agreed on. */
  async applyPolicy(): Promise<void> {
    const { client, settings, followsChildren } = this.#parts;
    await client.setPolicy(policyOf(settings, followsChildren));
  }

  /** gdb asks for the first time, in all-stop mode: all stand. */
  async begin(): Promise<void> {
    await this.standStill();
    this.#forgetExecs();
  }

  /** What gdb finds at the beginning is what there is: programs that threads became before are no news to it. */
  #forgetExecs(): void {
    for (const { reasons } of this.known()) {
      const kept = reasons.filter(({ kind }) => kind !== 'exec');
      reasons.splice(0, reasons.length, ...kept);
    }
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
    await this.begin();
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
    if (this.#due.next() === null) await this.#departures.begin();
    this.#isRunning = true;
    this.#settle();
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

  /**
   * Ctrl-C in gdb; in all-stop mode nothing where gdb does not wait. But between two of many steps (a software watchpoint, `next`) it came too late for
   * the one and is meant for the next.
   */
  interrupt(): void {
    if (this.#parts.settings.nonStop) {
      void this.stop(this.known().filter(({ isTold }) => !isTold)).catch((error: unknown) => this.#fail(error));
      return;
    }
    if (!this.#isRunning) {
      this.#isInterrupted ||= this.#hasToldStep;
      return;
    }
    this.#isInterrupted = true;
    this.#settle();
  }

  /** gdb lets go of a process of several: it runs as if nobody looked. */
  release(pid: number): Promise<void> {
    return this.#farewell.of(pid);
  }

  /** gdb is about to let go of all. */
  releaseAll(): Promise<void> {
    return this.#farewell.swallowTraps(this.known());
  }

  /** What comes together is one thing: all threads of a process stop at once. */
  #taken(isLast: boolean): void {
    this.#standing.look();
    if (isLast) this.#settle();
  }

  #settle(): void {
    // Before gdb has asked who is there a notice would be out of place.
    if (this.#isListing || !this.#hasBegun) return;
    if (this.#parts.settings.nonStop) this.#settleNonStop();
    else if (this.#isRunning) this.#settleAllStop();
  }

  #settleAllStop(): void {
    const report = this.#due.next();
    if (report === null && !this.#processes.hasEnds && !this.#isInterrupted) this.#departures.goOn();
    else if (this.#standing.isReached) this.#tell(report);
    else if (!this.#standing.isAwaited)
      void this.standStill().then(
        () => this.#settle(),
        (error: unknown) => this.#fail(error),
      );
  }

  #stepRefused(thread: Thread, why: string): void {
    this.#tellWhy(why);
    thread.reasons.push({ kind: 'signal', signal: SIGINT });
    this.#settle();
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
    const due = report === null ? null : this.#due.take(report);
    // A step tells nothing new to somebody who wants the stepping to end.
    const isInterrupt = due === null || (due.kind === 'step' && this.#isInterrupted);
    const reason: StopReason = isInterrupt ? { kind: 'signal', signal: SIGINT } : due;
    if (isInterrupt) this.#isInterrupted = false;
    this.#hasToldStep = reason.kind === 'step';
    this.#last = thread;
    void replies.of({ thread, reason }).then(
      (content) => peer.send(content),
      (error: unknown) => this.#fail(error),
    );
  }

  #settleNonStop(): void {
    for (let end = this.#processes.takeEnd(); end !== null; end = this.#processes.takeEnd())
      this.#notices.add(Promise.resolve(endReply(end, this.#parts.settings)));
    for (let report = this.#due.next(); report !== null; report = this.#due.next()) {
      this.#due.take(report);
      report.thread.isTold = true;
      report.thread.action = null;
      this.#notices.add(this.#parts.replies.of(report));
    }
    this.#departures.goOn();
  }
}

const SIGINT = 2;
