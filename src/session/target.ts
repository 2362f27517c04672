// One watched process: composes engine, program and pipelines, and is what a library user holds.
import { HwbkptError } from '../base/errors.js';
import type { EngineSession } from '../engines/contract.js';
import type { Ending, Lifecycle } from '../engines/host/lifecycle.js';
import { AccessRebuilder, loadDecoder } from '../instructions/index.js';
import type { NotCovered } from '../model/coverage.js';
import type { SummaryMessage } from '../model/messages.js';
import { type ArmedPieces, Armory } from './armory.js';
import { Collector } from './collector.js';
import type { TargetOptions, WatchOptions } from './options.js';
import { type Item, Outbox } from './outbox.js';
import { PlaceCache } from './places.js';
import type { Program } from './program.js';
import { resolveStack } from './stack.js';
import { ThreadBook } from './threads.js';
import { Watch } from './watch.js';
import type { PipelineContext } from './watch-pipeline.js';

/** Rounds of collecting: this often (ms) while hits come, and while they do not. */
const BUSY_ROUND = 2;
const IDLE_ROUND = 5;

interface ActiveWatch {
  readonly watch: Watch;
  pieces: ArmedPieces;
  readonly options: WatchOptions;
}

export class Target implements AsyncDisposable {
  readonly pid: number;
  readonly #session: EngineSession;
  readonly #program: Program;
  readonly #lifecycle: Lifecycle;
  readonly #options: TargetOptions;
  readonly #threads = new ThreadBook();
  readonly #places: PlaceCache;
  readonly #context: PipelineContext;
  readonly #armory: Armory;
  readonly #collector: Collector;
  readonly #active = new Map<object, ActiveWatch>();
  readonly #notCovered = new Set<NotCovered>();
  #rebuilder: AccessRebuilder | null = null;
  #timer: NodeJS.Timeout | null = null;
  #hits = 0;
  #ending: Ending | null = null;
  #closed = false;
  readonly #ended: Promise<void>;
  #resolveEnded: () => void = () => undefined;

  /** Made by attach and launch. */
  constructor(parts: { session: EngineSession; program: Program; lifecycle: Lifecycle; options: TargetOptions }) {
    this.#session = parts.session;
    this.#program = parts.program;
    this.#lifecycle = parts.lifecycle;
    this.#options = parts.options;
    this.pid = parts.program.pid;
    this.#ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    const outbox = new Outbox();
    this.#places = new PlaceCache((address, kernel) => this.#program.place(address, kernel));
    this.#context = this.#makeContext(outbox);
    this.#threads.addExisting(this.pid, parts.options.tid ?? null);
    this.#armory = new Armory({ ...parts, context: this.#context, inherit: parts.options.inherit ?? 'threads' });
    this.#collector = new Collector({
      session: this.#session,
      pid: this.pid,
      outbox,
      threads: this.#threads,
      events: { exec: (comm) => this.#armAgain(comm), items: (items) => this.#deliver(items) },
    });
  }

  /** The engine at work. */
  get engine(): string {
    return this.#session.capabilities.name;
  }

  /** True while a launched program is held before its first instruction. */
  get held(): boolean {
    return this.#lifecycle.held;
  }

  /** How the process ended, once it has. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Resolves when no more hits can come: the process or all watches have ended, or the target was closed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /**
   * Watches what `expression` names. When the promise resolves, the breakpoint is in every thread.
   * Throws the errors of expressions/, CoverError, NoSlotError, NoPermissionError, NotMappedError, BadRequestError.
   */
  async watch(expression: string, options: WatchOptions = {}): Promise<Watch> {
    const pieces = this.#armWhenKnown(expression, options);
    const watch = new Watch(pieces.pipeline.info, pieces.arming, {
      buffered: this.#options.onItems === undefined,
      close: () => this.#closeWatch(active),
      iterating: () => this.resume(),
    });
    const active: ActiveWatch = { watch, pieces, options };
    this.#activate(active);
    this.#schedule(0);
    return watch;
  }

  /** Lets a launched program run. Iterating over a watch does that too. */
  resume(): void {
    if (this.#lifecycle.held) this.#lifecycle.release();
  }

  /** A name of a held program may be in a library that is not loaded yet: then the loader is let run until it is, or has finished. */
  #armWhenKnown(expression: string, options: WatchOptions): ArmedPieces {
    try {
      return this.#armory.arm(expression, options);
    } catch (error) {
      if (!this.held || !isUnknownName(error)) throw error;
      this.#lifecycle.advance(() => this.#program.refresh() && this.#armory.canResolve(expression, options));
      return this.#armory.arm(expression, options);
    }
  }

  #makeContext(outbox: Outbox): PipelineContext {
    return {
      rebuilder: () => this.#rebuilder,
      places: this.#places,
      outbox,
      readMemory: (pid, address, length) => this.#session.readMemory(pid, address, length),
      comm: (pid, tid) => this.#threads.comm(pid, tid),
      stack: (raw) => resolveStack(raw, this.#places),
    };
  }

  #activate(active: ActiveWatch): void {
    const { pipeline, cookies, arming } = active.pieces;
    this.#active.set(pipeline.info, active);
    this.#collector.add(pipeline, cookies);
    for (const code of arming.notCovered) this.#notCovered.add(code);
  }

  #schedule(delay: number): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#round();
    }, delay);
  }

  async #round(): Promise<void> {
    if (this.#closed) return;
    // The decoder takes long to load and nobody needs it before the first hit: the rings hold the hits meanwhile.
    this.#rebuilder ??= new AccessRebuilder(await loadDecoder(), this.#program.code, (address) => this.#program.functionStart(address));
    if (this.#closed) return;
    const reports = this.#collector.round(false);
    this.#ending ??= this.#lifecycle.held ? null : this.#lifecycle.poll();
    if (this.#ending !== null || this.#active.size === 0) this.#finish();
    else this.#schedule(reports > 0 ? BUSY_ROUND : IDLE_ROUND);
  }

  #deliver(items: readonly Item[]): void {
    for (const item of items) {
      if (item.kind !== 'hit') continue;
      this.#hits++;
      this.#active.get(item.watch)?.watch.deliver(item);
    }
    this.#options.onItems?.(items);
  }

  /** Another program runs: names mean other addresses now, or nothing. */
  #armAgain(comm: string): void {
    const before = [...this.#active.values()];
    for (const { pieces } of before) {
      this.#armory.disarm(pieces);
      this.#collector.retire(pieces.pipeline);
    }
    // The last hits in the old program, while their watch can still take them.
    this.#collector.flush();
    this.#active.clear();
    const inTime = !this.#closed && this.#openNewProgram();
    for (const active of before) {
      if (inTime) this.#rearm(active, comm);
      else this.#endMissed(active.watch, comm, 'watching ended before it could be armed there');
    }
  }

  /** Returns false where the process has ended meanwhile. */
  #openNewProgram(): boolean {
    this.#places.clear();
    this.#rebuilder?.forgetCode();
    try {
      this.#program.refresh();
      return true;
    } catch (error) {
      if (error instanceof HwbkptError) return false;
      throw error;
    }
  }

  #rearm(active: ActiveWatch, comm: string): void {
    const { watch, options } = active;
    try {
      active.pieces = this.#armory.arm(watch.info.expression, options);
      // What the new program did before this moment was not watched.
      active.pieces.arming.notCovered.push('after-exec');
      watch.rearmed(active.pieces.pipeline.info, active.pieces.arming);
      this.#activate(active);
      this.#collector.announce({ kind: 'armed-again', watch: watch.info, threads: watch.arming.threads });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isUnknownName(error)) this.#endWatch(watch, comm, reason);
      else this.#endMissed(watch, comm, reason);
    }
  }

  /** The new program may have touched the memory, and nobody looked. */
  #endMissed(watch: Watch, comm: string, reason: string): void {
    this.#notCovered.add('after-exec');
    this.#endWatch(watch, comm, reason);
  }

  #endWatch(watch: Watch, comm: string, why: string): void {
    const reason = `the process runs another program now (${comm}): ${why}`;
    this.#collector.announce({ kind: 'watch-ended', watch: watch.info, reason });
    watch.end(reason);
  }

  #closeWatch(active: ActiveWatch): void {
    if (!this.#active.has(active.watch.info)) return;
    this.#armory.disarm(active.pieces);
    this.#collector.round(true);
    this.#collector.retire(active.pieces.pipeline);
    this.#active.delete(active.watch.info);
    active.watch.end(null);
    if (this.#active.size === 0) this.#finish();
  }

  /** Disarms everything and delivers the rest; the target runs on. Idempotent. */
  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { pieces } of this.#active.values()) this.#armory.disarm(pieces);
    this.#collector.round(true);
    for (const { watch } of this.#active.values()) watch.end(null);
    this.#resolveEnded();
  }

  /** Disarms all watches, collects what is left and resolves {@link ended}. The target runs on. */
  async disarm(): Promise<void> {
    this.#rebuilder ??= new AccessRebuilder(await loadDecoder(), this.#program.code, (address) => this.#program.functionStart(address));
    this.#finish();
  }

  /** Looks whether the process has ended; for use after the watches have. */
  pollEnding(): Ending | null {
    this.#ending ??= this.#lifecycle.poll();
    return this.#ending;
  }

  /** The totals; `lost` is final after {@link disarm}. */
  summary(): SummaryMessage {
    const { losses } = this.#collector;
    const missing = this.#closed ? this.#session.reconcile().missing : 0;
    return {
      type: 'summary',
      hits: this.#hits,
      lost: Math.max(losses.lost, missing),
      unseen_changes: losses.unseenChanges,
      threads: this.#threads.seen,
      engine: this.engine,
      not_covered: [...this.#notCovered],
    };
  }

  /** What no engine of this kind can ever see; the part of `not_covered` that `--strict` does not mind. */
  get inherentBlindness(): readonly NotCovered[] {
    return this.#session.capabilities.blindTo;
  }

  /** Lets go of the process, which runs on; one that was launched and never resumed is ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.disarm();
    this.#lifecycle.abandon();
    await this.#session[Symbol.asyncDispose]();
    this.#program[Symbol.dispose]();
  }
}

function isUnknownName(error: unknown): boolean {
  return error instanceof HwbkptError && ['unknown-symbol', 'unknown-module', 'no-symbols'].includes(error.code);
}
