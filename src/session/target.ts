// One watched process, as a library user holds it: opens watches, makes its rounds, and ends.
import { threadName } from '../engines/host/facts.js';
import type { Ending } from '../engines/host/lifecycle.js';
import type { NotCovered } from '../model/coverage.js';
import type { SummaryMessage } from '../model/messages.js';
import { NoSuchProcessError, TargetClosedError } from './errors.js';
import type { SharedWatchOptions, WatchOptions } from './options.js';
import type { Outgoing } from './outbox.js';
import { Pulse } from './pulse.js';
import type { SharedTargetParts, Tap } from './tap.js';
import type { Watch } from './watch.js';
import { type TargetParts, Workings } from './workings.js';

/**
 * A watched process, made by attach or launch, or the kernel, made by attachKernel. Hold it with `await using`, or dispose of it: that lets
 * go of the process, which runs on; one that was launched and never resumed is ended.
 */
export class Target implements AsyncDisposable {
  /** Null: the kernel. */
  readonly pid: number | null;
  readonly #parts: TargetParts;
  readonly #works: Workings;
  readonly #pulse: Pulse;
  readonly #ended: Promise<void>;
  #settleEnded: { resolve(): void; reject(error: unknown): void } = { resolve: () => undefined, reject: () => undefined };
  #hits = 0;
  #tap: Tap | null = null;
  #isOver = false;
  #isDisposed = false;

  /** For attach and launch. */
  constructor(parts: TargetParts) {
    this.#parts = parts;
    this.pid = parts.program.pid;
    this.#ended = new Promise((resolve, reject) => {
      this.#settleEnded = { resolve, reject };
    });
    // Whoever only iterates gets a failure from there.
    this.#ended.catch(() => undefined);
    this.#works = new Workings(parts, {
      iterating: () => this.resume(),
      hurry: () => this.#pulse.hurry(),
      items: (items) => this.#deliver(items),
      failed: (error) => this.#finish({ error }),
    });
    this.#pulse = new Pulse(
      () => this.#round(),
      (error) => this.#finish({ error }),
    );
    this.#addThreads();
  }

  /** Takes in the threads that are there now. Of the kernel's target none is known before it hits. */
  #addThreads(): void {
    if (this.pid !== null) this.#works.threads.addExisting(this.pid, this.#parts.options.tid ?? null);
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
    return this.#works.ending.ending;
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
    const isLeftBehind = options.pid !== undefined && this.#tap?.keeps() === true;
    if (this.#works.ending.poll() !== null && this.pid !== null && !isLeftBehind)
      throw new NoSuchProcessError(this.pid, `process ${this.pid} has ended`);
    if (this.#isOver) throw new TargetClosedError(this.pid);
    const watch = await this.#works.maker.make(expression, options, tapped);
    // Threads that began since the first look.
    this.#addThreads();
    return watch;
  }

  /** Lets a launched program run; iterating over a watch does that too. Does nothing for a program that runs. */
  resume(): void {
    const { lifecycle, program } = this.#parts;
    if (!lifecycle.held) return;
    const { frames } = program;
    // A short program may be gone before anybody can look for its libraries: they are known before it runs.
    if (this.#works.armory.showsStacks && frames !== null) {
      lifecycle.advance(() => frames.isLoaded());
      frames.prepare();
    }
    lifecycle.release();
  }

  async #round(): Promise<number | null> {
    // The rings hold the hits until that is through.
    await this.#works.code.load();
    if (this.#isOver) return null;
    const round = this.#works.rounds.round();
    if (this.ending === null ? this.#works.watches.isOver && this.#tap === null : this.#tap?.keeps() !== true) {
      this.#finish(null);
      return null;
    }
    return this.#works.rounds.pauseAfter(round);
  }

  #deliver(items: readonly Outgoing[]): void {
    for (const item of items) if (item.kind === 'process-ended' && item.end.pid === this.pid) this.#works.ending.told(item.end.end);
    const { hits, rest } = this.#works.watches.deliver(items, this.#tap);
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
      this.#works.counting.stop();
      this.#works.watches.disarm();
      if (this.#works.code.rebuilder !== null)
        this.#works.collector.finish(this.ending !== null, (comm) => this.#works.watches.endAfterExec(comm));
    } catch (error) {
      problem ??= { error };
    }
    this.#works.watches.end(problem);
    this.#tap?.over(overBecause(problem, this.ending));
    if (problem === null) this.#settleEnded.resolve();
    else this.#settleEnded.reject(problem.error);
  }

  /** For session/debug: `tap` is told, from now on, what those are told who share the target. Once. */
  share(tap: Tap): SharedTargetParts {
    const { session, facts } = this.#parts;
    const { control } = session;
    this.#tap = tap;
    this.#works.collector.tellsThreads = true;
    control?.onActivity(() => this.#pulse.urge());
    this.#pulse.hurry();
    return {
      session,
      watch: (expression, options) => this.#watch(expression, options, true),
      slots: () => this.#works.watches.slots(),
      threads: () => control?.threads() ?? this.#works.threads.all,
      threadName: facts?.threadName ?? threadName,
    };
  }

  /** Disarms all watches, delivers what is left and resolves {@link ended}. The target runs on; one that is held stays so. */
  async disarm(): Promise<void> {
    await this.#works.code.load();
    this.#finish(null);
  }

  /** Looks whether the process has ended; for use after {@link ended}, when nobody else looks any more. */
  pollEnding(): Ending | null {
    return this.#works.ending.poll();
  }

  /** Whether the engine can sample: TargetOptions.maxRate needs that. */
  get canSample(): boolean {
    return this.#parts.session.capabilities.pauses;
  }

  /** With TargetOptions.maxRate: the part of the time that was watched, 0 to 1, once that was less than all; null before. */
  get watched(): number | null {
    return this.#works.counting.watched;
  }

  /** The totals so far; `lost` is final after {@link ended}, and counts what readers of watches missed too. */
  summary(): SummaryMessage {
    const { losses } = this.#works.collector;
    const missing = this.#isOver ? this.#parts.session.reconcile().missing : 0;
    return {
      type: 'summary',
      hits: this.#hits + this.#works.counting.count,
      lost: Math.max(losses.lost, missing) + this.#works.watches.missed,
      unseen_changes: losses.unseenChanges,
      threads: this.#works.threads.seen,
      cpus: this.#works.watches.cpus,
      engine: this.engine,
      not_covered: [...this.#works.watches.notCovered, ...(this.watched === null ? [] : (['sampled'] as const))],
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
