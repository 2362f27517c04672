// How a watch of a target comes to be: on a local variable in its function's calls, on what a name leads to, or on an address for good.
import { present } from '../base/assert.js';
import type { EngineSession } from '../engines/contract.js';
import type { AccessRebuilder } from '../instructions/index.js';
import type { WatchInfo } from '../model/hit.js';
import type { Armory } from './armory.js';
import type { CodeKnowledge } from './code-knowledge.js';
import type { Collector } from './collector.js';
import { checkRate } from './counting.js';
import type { GuardParts } from './follow-guards.js';
import { FrameGuards } from './frame-guards.js';
import { findFrameWatch } from './frame-watch-search.js';
import { stoppingAt } from './hit-plan.js';
import type { SharedWatchOptions, TargetOptions } from './options.js';
import type { Program } from './program.js';
import type { Slots } from './slots.js';
import type { Watch } from './watch.js';
import type { WatchKeeper } from './watch-keeper.js';

/** What watches are made of. */
export interface WatchMakerParts {
  readonly session: EngineSession;
  readonly program: Program;
  readonly maxRate: TargetOptions['maxRate'];
  readonly slots: Slots;
  readonly collector: Collector;
  readonly code: CodeKnowledge;
  readonly armory: Armory;
  readonly watches: WatchKeeper;
  /** The engine's refusal as an error with advice. */
  explain(error: unknown, info: WatchInfo): unknown;
}

export class WatchMaker {
  readonly #parts: WatchMakerParts;

  constructor(parts: WatchMakerParts) {
    this.#parts = parts;
  }

  /** As Target.watch, of a target that has not ended. `tapped`: its hits and events go to the tap alone. */
  async make(expression: string, options: SharedWatchOptions, tapped: boolean): Promise<Watch> {
    const { armory, watches, code, maxRate, session } = this.#parts;
    checkRate(maxRate, options.keep, session.capabilities);
    // Rounds wait for that, and every one of them counts where pointers change.
    if (options.follow === true) await code.load();
    // Before the loader is let run to find a name: its function may be called before there is another chance to stop.
    const local = expression.includes('::') ? await this.#localVariable(expression, options, tapped) : null;
    if (local !== null) return local;
    if (options.follow === true) return watches.follow(expression, options, tapped);
    return watches.keep(armory.arm(expression, options), options, tapped);
  }

  /** A watch on a local variable; null where the name means none. */
  async #localVariable(expression: string, options: SharedWatchOptions, tapped: boolean): Promise<Watch | null> {
    const { armory, watches, code, program, maxRate } = this.#parts;
    if (maxRate !== undefined) return null;
    await code.load();
    const guards = new FrameGuards(this.guardParts(options));
    const found = await findFrameWatch({ armory, program, guards }, expression, options);
    return found === null ? null : watches.keepFollowing(found, options, tapped);
  }

  /** For what watches the pointers on the way to a watch, or the calls of its function. */
  guardParts({ stop: stops = false }: SharedWatchOptions): GuardParts {
    const { session, slots, collector, code, explain } = this.#parts;
    const pid = present(this.#parts.program.pid, 'the process whose pointers are watched');
    const rebuilder = (): AccessRebuilder | null => code.rebuilder;
    const handling = (address: bigint, length: number): number => (stops ? stoppingAt(session, address, length) : 0);
    return { slots, collector, pid, explain, rebuilder, stops, handling };
  }
}
