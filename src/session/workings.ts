// What a target is made of: engine, program and pipelines put together, and who tells whom.
import type { EngineSession } from '../engines/contract.js';
import { threadIds, threadName } from '../engines/host/facts.js';
import type { Lifecycle } from '../engines/host/lifecycle.js';
import type { WatchInfo } from '../model/hit.js';
import { Armory } from './armory.js';
import { CodeKnowledge } from './code-knowledge.js';
import { Collector } from './collector.js';
import { Counting } from './counting.js';
import { explainArmFailure } from './diagnostics.js';
import { EndingLook } from './ending.js';
import { FollowGuards } from './follow-guards.js';
import type { TargetOptions } from './options.js';
import { Outbox, type Outgoing } from './outbox.js';
import type { PipelineContext } from './pipeline.js';
import type { Program } from './program.js';
import { type Stamps, stampsOf } from './race.js';
import { Rounds } from './rounds.js';
import { Slots } from './slots.js';
import { StackResolver } from './stack.js';
import { ThreadBook } from './threads.js';
import { WatchKeeper } from './watch-keeper.js';
import { WatchMaker } from './watch-maker.js';

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

/** Who is told what his workings do. */
export interface TargetOwner {
  /** Somebody begins to read. */
  iterating(): void;
  /** There is something to do now. */
  hurry(): void;
  items(items: readonly Outgoing[]): void;
  failed(error: unknown): void;
}

export class Workings {
  readonly #parts: TargetParts;
  readonly threads: ThreadBook;
  readonly ending: EndingLook;
  readonly code: CodeKnowledge;
  readonly slots: Slots;
  readonly armory: Armory;
  readonly collector: Collector;
  readonly counting: Counting;
  readonly watches: WatchKeeper;
  readonly maker: WatchMaker;
  readonly rounds: Rounds;
  readonly #stacks: StackResolver;

  constructor(parts: TargetParts, owner: TargetOwner) {
    const { session, program, lifecycle, options, facts, explain = explainArmFailure } = parts;
    const inherit = options.inherit ?? 'threads';
    this.#parts = parts;
    this.threads = new ThreadBook({ ids: facts?.threadIds ?? threadIds, name: facts?.threadName ?? threadName });
    this.ending = new EndingLook(program.pid, lifecycle);
    this.code = new CodeKnowledge(program, (code) => session.useStores((ipLo, ipHi) => code.storeAt(ipLo, ipHi)));
    this.#stacks = new StackResolver(this.code.places, () => program.frames);
    const stamps = stampsOf(session.capabilities);
    const outbox = new Outbox(stamps);
    this.slots = new Slots(session, {
      evicted: (request) => this.watches.evicted(request),
      installed: (request) => this.watches.installed(request),
    });
    this.armory = new Armory({
      ...{ session, slots: this.slots, program, lifecycle, inherit, context: this.#makeContext(outbox, stamps) },
      explain,
    });
    this.collector = new Collector({
      ...{ session, inherit, outbox, stamps, pid: program.pid, threads: this.threads, routes: this.slots.routes },
      events: {
        exec: (comm, now) => this.watches.executed(comm, now),
        items: (items) => owner.items(items),
        collected: () => this.watches.followUp(Number(process.hrtime.bigint())),
        life: (event) => this.slots.note(event),
      },
    });
    this.counting = this.#makeCounting(owner);
    this.watches = new WatchKeeper({
      ...{ counting: this.counting, armory: this.armory, collector: this.collector, program, buffered: options.onItems === undefined },
      iterating: () => owner.iterating(),
      hurry: () => owner.hurry(),
      guards: (how) => new FollowGuards(this.maker.guardParts(how)),
      execed: () => this.#executed(),
      forgetCode: () => this.code.forget(),
    });
    const shared = { session, program, slots: this.slots, collector: this.collector, code: this.code, watches: this.watches };
    this.maker = new WatchMaker({ ...shared, armory: this.armory, maxRate: options.maxRate, explain });
    this.rounds = new Rounds({ ...shared, counting: this.counting, ending: this.ending, threads: this.threads });
  }

  #makeCounting(owner: TargetOwner): Counting {
    const { session, options } = this.#parts;
    return new Counting({
      ...{ session, places: this.code.places, maxRate: options.maxRate ?? null },
      rebuilder: () => this.code.rebuilder,
      stack: (raw) => this.#stacks.resolve(raw),
      pause: (cookies, paused) => session.pause(cookies, paused),
      missed: () => this.collector.missed(),
      threads: () => this.threads.tids,
      failed: (error) => owner.failed(error),
    });
  }

  #makeContext(outbox: Outbox, stamps: Stamps): PipelineContext {
    const { session } = this.#parts;
    return {
      rebuilder: () => this.code.rebuilder,
      rebuilderOf: (fsBase) => this.code.rebuilderOf(fsBase),
      places: this.code.places,
      ...{ outbox, stamps },
      readMemory: (pid, address, length) => session.readMemory(pid, address, length),
      comm: (pid, tid) => this.threads.comm(pid, tid),
      stack: (raw, wish) => this.#stacks.resolve(raw, wish),
    };
  }

  #executed(): void {
    const { pid } = this.#parts.program;
    if (pid !== null) this.slots.executed(pid);
  }
}
