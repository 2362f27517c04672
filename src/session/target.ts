// One watched process: composes engine, program and pipelines, and is what a library user holds.
import { present } from '../base/assert.js';
import type { EngineSession } from '../engines/contract.js';
import { threadIds, threadName } from '../engines/host/facts.js';
import type { Ending, Lifecycle } from '../engines/host/lifecycle.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { NotCovered } from '../model/coverage.js';
import type { WatchInfo } from '../model/hit.js';
import type { SummaryMessage } from '../model/messages.js';
import { Armory } from './armory.js';
import { CodeKnowledge } from './code-knowledge.js';
import { Collector } from './collector.js';
import { Counting, checkRate } from './counting.js';
import { explainArmFailure } from './diagnostics.js';
import { EndingLook } from './ending.js';
import { NoSuchProcessError, TargetClosedError } from './errors.js';
import { FollowGuards, type GuardParts } from './follow-guards.js';
import { FrameGuards } from './frame-guards.js';
import { findFrameWatch } from './frame-watch-search.js';
import { stoppingAt } from './hit-plan.js';
import type { SharedWatchOptions, TargetOptions, WatchOptions } from './options.js';
import { Outbox, type Outgoing } from './outbox.js';
import type { PipelineContext } from './pipeline.js';
import type { Program } from './program.js';
import { Pace, Pulse } from './pulse.js';
import { type Stamps, stampsOf } from './race.js';
import { Slots } from './slots.js';
import { StackResolver } from './stack.js';
import type { SharedTargetParts, Tap } from './tap.js';
import { ThreadBook } from './threads.js';
import type { Watch } from './watch.js';
import { WatchKeeper } from './watch-keeper.js';

/** How often (ms) it is looked at least whether pointers have changed: until then what they lead to is not watched. */
const FOLLOW_INTERVAL = 1;

/** How often (ms) an engine's counts are taken. */
const COUNTS_INTERVAL = 200;

/** How often (ms) it is looked whether strangers have left debug registers that a watch waits for. */
const STRANGERS_INTERVAL = 1000;

/** What attach and launch give a target. */
export interface TargetParts {
  readonly session: EngineSession;
  readonly program: Program;
  readonly lifecycle: Lifecycle;
  readonly options: TargetOptions;
  /** Who knows the target's threads; the system, unless said otherwise. */
  readonly facts?: {
    threadIds(pid: number): number[];
    threadName(pid: number, tid: number): string | null;
  };
  /** An engine's refusal as an error with advice; what concerns processes, unless said otherwise. */
  explain?(error: unknown, info: WatchInfo): unknown;
}

/**
 * A watched process, made by attach or launch, or the kernel, made by attachKernel. Hold it with `await using`, or dispose of it: that lets
 * go of the process, which runs on; one that was launched and never resumed is ended.
 */
export class Target implements AsyncDisposable {
  /** Null: the kernel. */
  readonly pid: number | null;
  readonly #parts: TargetParts;
  readonly #threads: ThreadBook;
  readonly #code: CodeKnowledge;
  readonly #stacks: StackResolver;
  readonly #slots: Slots;
  readonly #armory: Armory;
  readonly #collector: Collector;
  readonly #counting: Counting;
  readonly #watches: WatchKeeper;
  readonly #pulse: Pulse;
  readonly #pace = new Pace();
  readonly #ending: EndingLook;
  readonly #ended: Promise<void>;
  #settleEnded: { resolve(): void; reject(error: unknown): void } = { resolve: () => undefined, reject: () => undefined };
  #hits = 0;
  #lastCounts = 0;
  #lastStrangersLook = 0;
  #tap: Tap | null = null;
  #isOver = false;
  #isDisposed = false;

  /** For attach and launch. */
  constructor(parts: TargetParts) {
    const { session, program, lifecycle, options } = parts;
    const inherit = options.inherit ?? 'threads';
    this.#parts = parts;
    this.#threads = new ThreadBook({ ids: parts.facts?.threadIds ?? threadIds, name: parts.facts?.threadName ?? threadName });
    this.pid = program.pid;
    this.#ending = new EndingLook(program.pid, lifecycle);
    this.#ended = new Promise((resolve, reject) => {
      this.#settleEnded = { resolve, reject };
    });
    // Whoever only iterates gets a failure from there.
    this.#ended.catch(() => undefined);
    this.#code = new CodeKnowledge(program, (code) => session.useStores((ipLo, ipHi) => code.storeAt(ipLo, ipHi)));
    this.#stacks = new StackResolver(this.#code.places, () => program.frames);
    this.#addThreads();
    const stamps = stampsOf(session.capabilities);
    const outbox = new Outbox(stamps);
    this.#slots = new Slots(session, {
      evicted: (request) => this.#watches.evicted(request),
      installed: (request) => this.#watches.installed(request),
    });
    this.#armory = new Armory({
      ...{ session, slots: this.#slots, program, lifecycle, inherit, context: this.#makeContext(outbox, stamps) },
      explain: (error, info) => (parts.explain ?? explainArmFailure)(error, info),
    });
    this.#collector = new Collector({
      ...{ session, inherit, outbox, stamps, pid: this.pid, threads: this.#threads, routes: this.#slots.routes },
      events: {
        exec: (comm, now) => this.#watches.executed(comm, now),
        items: (items) => this.#deliver(items),
        collected: () => this.#watches.followUp(Number(process.hrtime.bigint())),
        life: (event) => this.#slots.note(event),
      },
    });
    this.#pulse = new Pulse(
      () => this.#round(),
      (error) => this.#finish({ error }),
    );
    this.#counting = this.#makeCounting();
    this.#watches = new WatchKeeper({
      ...{ counting: this.#counting, armory: this.#armory, collector: this.#collector, program, buffered: options.onItems === undefined },
      iterating: () => this.resume(),
      hurry: () => this.#pulse.hurry(),
      guards: (how) => new FollowGuards(this.#guardParts(how)),
      execed: () => this.#executed(),
      forgetCode: () => this.#code.forget(),
    });
  }

  #guardParts({ stop: stops = false }: SharedWatchOptions): GuardParts {
    const { explain = explainArmFailure, session } = this.#parts;
    const pid = present(this.pid, 'the process whose pointers are watched');
    const rebuilder = (): AccessRebuilder | null => this.#code.rebuilder;
    const handling = (address: bigint, length: number): number => (stops ? stoppingAt(session, address, length) : 0);
    return { slots: this.#slots, collector: this.#collector, pid, explain, rebuilder, stops, handling };
  }

  #makeCounting(): Counting {
    const { session, options } = this.#parts;
    return new Counting({
      ...{ session, places: this.#code.places, maxRate: options.maxRate ?? null },
      rebuilder: () => this.#code.rebuilder,
      stack: (raw) => this.#stacks.resolve(raw),
      pause: (cookies, paused) => session.pause(cookies, paused),
      missed: () => this.#collector.missed(),
      threads: () => this.#threads.tids,
      failed: (error) => this.#finish({ error }),
    });
  }

  /** Takes in the threads that are there now. Of the kernel's target none is known before it hits. */
  #addThreads(): void {
    if (this.pid !== null) this.#threads.addExisting(this.pid, this.#parts.options.tid ?? null);
  }

  #executed(): void {
    if (this.pid !== null) this.#slots.executed(this.pid);
  }

  #makeContext(outbox: Outbox, stamps: Stamps): PipelineContext {
    const { session } = this.#parts;
    return {
      rebuilder: () => this.#code.rebuilder,
      places: this.#code.places,
      ...{ outbox, stamps },
      readMemory: (pid, address, length) => session.readMemory(pid, address, length),
      comm: (pid, tid) => this.#threads.comm(pid, tid),
      stack: (raw, wish) => this.#stacks.resolve(raw, wish),
    };
  }

  /** The engine at work: `perf`. */
  get engine(): string {
    return this.#parts.session.capabilities.name;
  }

  /** What watching may do to the target, one sentence for people; null: nothing. */
  get risk(): string | null {
    return this.#parts.session.capabilities.risk ?? null;
  }

  /** True while a launched program is held before its first instruction. */
  get held(): boolean {
    return this.#parts.lifecycle.held;
  }

  /** How the process ended, once that is known; null before. */
  get ending(): Ending | null {
    return this.#ending.ending;
  }

  /**
   * Resolves when no more hits can come and all have been delivered: the process has ended, {@link disarm} was called, or an exec has ended
   * the last watch. Rejects with what went wrong inside the session, should anything; the target is disarmed then.
   */
  get ended(): Promise<void> {
    // Also where nothing is watched somebody has to look.
    if (!this.#isOver) this.#pulse.hurry();
    return this.#ended;
  }

  /**
   * Watches what `expression` names. When the promise resolves, the breakpoint is in every thread, or the watch, if it has a priority, waits
   * for debug registers (Watch.isArmed). Hits wait until somebody iterates over
   * the watch (up to 250,000 of them), or go to TargetOptions.onItems.
   * Throws the errors of names (ExpressionError, UnknownSymbolError, AmbiguousSymbolError and the others of expressions/), CoverError where
   * the free debug registers do not suffice, NoSlotError, NoPermissionError, NotMappedError, NoSuchProcessError, CannotArmError, BadRequestError,
   * and TargetClosedError after {@link ended}. Nothing is armed then.
   */
  watch(expression: string, options: WatchOptions = {}): Promise<Watch> {
    return this.#watch(expression, options, false);
  }

  async #watch(expression: string, options: SharedWatchOptions, tapped: boolean): Promise<Watch> {
    if (this.#ending.poll() !== null && this.pid !== null) throw new NoSuchProcessError(this.pid, `process ${this.pid} has ended`);
    if (this.#isOver) throw new TargetClosedError(this.pid);
    checkRate(this.#parts.options.maxRate, options.keep, this.#parts.session.capabilities);
    // Rounds wait for that, and every one of them counts where pointers change.
    if (options.follow === true) await this.#code.load();
    const watch = await this.#keep(expression, options, tapped);
    // Threads that began since the first look.
    this.#addThreads();
    return watch;
  }

  async #keep(expression: string, options: SharedWatchOptions, tapped: boolean): Promise<Watch> {
    // Before the loader is let run to find a name: its function may be called before there is another chance to stop.
    const local = expression.includes('::') ? await this.#localVariable(expression, options, tapped) : null;
    if (local !== null) return local;
    if (options.follow === true) return this.#watches.follow(expression, options, tapped);
    return this.#watches.keep(this.#armory.arm(expression, options), options, tapped);
  }

  /** A watch on a local variable; null where the name means none. */
  async #localVariable(expression: string, options: SharedWatchOptions, tapped: boolean): Promise<Watch | null> {
    const { program, options: target } = this.#parts;
    if (target.maxRate !== undefined) return null;
    await this.#code.load();
    const guards = new FrameGuards(this.#guardParts(options));
    const found = await findFrameWatch({ armory: this.#armory, program, guards }, expression, options);
    return found === null ? null : this.#watches.keepFollowing(found, options, tapped);
  }

  /** Lets a launched program run; iterating over a watch does that too. Does nothing for a program that runs. */
  resume(): void {
    const { lifecycle, program } = this.#parts;
    if (!lifecycle.held) return;
    const { frames } = program;
    // A short program may be gone before anybody can look for its libraries: they are known before it runs.
    if (this.#armory.showsStacks && frames !== null) {
      lifecycle.advance(() => frames.isLoaded());
      frames.prepare();
    }
    lifecycle.release();
  }

  async #round(): Promise<number | null> {
    // The rings hold the hits until that is through.
    await this.#code.load();
    if (this.#isOver) return null;
    const counted = this.#takeCounts(performance.now());
    const busy = this.#collector.round() || counted;
    this.#slots.catchUp();
    this.#watches.retry(Number(process.hrtime.bigint()));
    this.#lookAround(busy, performance.now());
    if (this.ending !== null || (this.#watches.isOver && this.#tap === null)) {
      this.#finish(null);
      return null;
    }
    const pause = this.#pace.pause(busy, this.#watches.isWatching);
    return this.#watches.isFollowing ? Math.min(pause, FOLLOW_INTERVAL) : pause;
  }

  /** Takes now and then what the engine counts, so that its places are looked up while their code is there. */
  #takeCounts(now: number): boolean {
    if (now - this.#lastCounts < COUNTS_INTERVAL) return false;
    this.#lastCounts = now;
    return this.#counting.read();
  }

  /** Looks now and then whether code has changed, strangers have left, and the process has ended. */
  #lookAround(busy: boolean, now: number): void {
    if (busy) this.#code.look(now);
    if (this.#slots.isKeptOut && now - this.#lastStrangersLook >= STRANGERS_INTERVAL) {
      this.#lastStrangersLook = now;
      this.#slots.look();
    }
    this.#ending.look(now, !this.#threads.isEmpty);
  }

  #deliver(items: readonly Outgoing[]): void {
    for (const item of items) if (item.kind === 'process-ended' && item.end.pid === this.pid) this.#ending.told(item.end.end);
    const { hits, rest } = this.#watches.deliver(items, this.#tap);
    this.#hits += hits;
    if (rest.length > 0) this.#parts.options.onItems?.(rest);
  }

  /** Disarms everything and delivers the rest; the target runs on. */
  #finish(failure: { readonly error: unknown } | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pulse.stop();
    let problem = failure;
    try {
      this.#counting.stop();
      this.#watches.disarm();
      if (this.#code.rebuilder !== null) this.#collector.finish(this.ending !== null, (comm) => this.#watches.endAfterExec(comm));
    } catch (error) {
      problem ??= { error };
    }
    this.#watches.end(problem);
    this.#tap?.over(overBecause(problem, this.ending));
    if (problem === null) this.#settleEnded.resolve();
    else this.#settleEnded.reject(problem.error);
  }

  /** For session/debug: `tap` is told, from now on, what those are told who share the target. Once. */
  share(tap: Tap): SharedTargetParts {
    const { session, facts } = this.#parts;
    const { control } = session;
    this.#tap = tap;
    this.#collector.tellsThreads = true;
    control?.onActivity(() => this.#pulse.urge());
    this.#pulse.hurry();
    return {
      session,
      watch: (expression, options) => this.#watch(expression, options, true),
      slots: () => this.#watches.slots(),
      threads: () => control?.threads() ?? this.#threads.all,
      threadName: facts?.threadName ?? threadName,
    };
  }

  /** Disarms all watches, delivers what is left and resolves {@link ended}. The target runs on; one that is held stays so. */
  async disarm(): Promise<void> {
    await this.#code.load();
    this.#finish(null);
  }

  /** Looks whether the process has ended; for use after {@link ended}, when nobody else looks any more. */
  pollEnding(): Ending | null {
    return this.#ending.poll();
  }

  /** Whether the engine can sample: TargetOptions.maxRate needs that. */
  get canSample(): boolean {
    return this.#parts.session.capabilities.pauses;
  }

  /** With TargetOptions.maxRate: the part of the time that was watched, 0 to 1, once that was less than all; null before. */
  get watched(): number | null {
    return this.#counting.watched;
  }

  /** The totals so far; `lost` is final after {@link ended}, and counts what readers of watches missed too. */
  summary(): SummaryMessage {
    const { losses } = this.#collector;
    const missing = this.#isOver ? this.#parts.session.reconcile().missing : 0;
    return {
      type: 'summary',
      hits: this.#hits + this.#counting.count,
      lost: Math.max(losses.lost, missing) + this.#watches.missed,
      unseen_changes: losses.unseenChanges,
      threads: this.#threads.seen,
      cpus: this.#watches.cpus,
      engine: this.engine,
      not_covered: [...this.#watches.notCovered, ...(this.watched === null ? [] : (['sampled'] as const))],
    };
  }

  /** What no engine of this kind can ever see; the part of `not_covered` that `--strict` does not mind. */
  get inherentBlindness(): readonly NotCovered[] {
    return this.#parts.session.capabilities.blindTo;
  }

  /** Lets go of the process, which runs on; one that was launched and never resumed is ended. Doing it twice does nothing. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    const { session, program, lifecycle } = this.#parts;
    try {
      await this.disarm();
    } finally {
      lifecycle.abandon();
      await session[Symbol.asyncDispose]();
      program[Symbol.dispose]();
    }
  }
}

function overBecause(problem: { readonly error: unknown } | null, ending: Ending | null): string {
  if (problem !== null) return problem.error instanceof Error ? problem.error.message : String(problem.error);
  return ending === null ? 'the target is let go of' : 'the process has ended';
}
