// One watch as its target keeps it: what it has asked for, what is armed for it now, and the hits that are still to come of what was.
import type { Armory } from './armory.js';
import type { Collector } from './collector.js';
import type { CountedPieces, Counter } from './counting.js';
import type { ArmedPieces, Order } from './fulfilment.js';
import type { WatchOptions } from './options.js';
import type { Watch } from './watch.js';
import type { WatchRoutes } from './watch-routes.js';

/** Who is told when pieces come and go. */
export interface KeptParts {
  readonly armory: Armory;
  readonly collector: Collector;
  readonly routes: WatchRoutes;
}

/** What does not change. `counter` null: it counts nothing. */
interface Kept {
  readonly watch: Watch;
  readonly options: WatchOptions;
  readonly counter: Counter | null;
}

export class KeptWatch {
  readonly #parts: KeptParts;
  readonly watch: Watch;
  readonly options: WatchOptions;
  readonly #counter: Counter | null;
  /** Null while it is registered in no program. */
  order: Order | null = null;
  /** Null while it has no registers. */
  #pieces: ArmedPieces | null = null;
  /** The same as its counter knows it; null where it has none. */
  #counted: CountedPieces | null = null;
  #delivered: Promise<void> = Promise.resolve();

  constructor(parts: KeptParts, { watch, options, counter }: Kept) {
    this.#parts = parts;
    this.watch = watch;
    this.options = options;
    this.#counter = counter;
  }

  get isArmed(): boolean {
    return this.#pieces !== null;
  }

  /** Resolves when the last hit of what was disarmed is delivered. */
  get delivered(): Promise<void> {
    return this.#delivered;
  }

  /** `pieces` are armed for it. */
  connect(pieces: ArmedPieces): void {
    const { order, pipeline, cookies } = pieces;
    this.#pieces = pieces;
    this.#parts.routes.open(pipeline.info, this.watch, order.filter);
    this.#parts.collector.add(pipeline, order.request);
    this.#counted = this.#counter === null ? null : { info: order.info, cookies, byEngine: order.byEngine };
    if (this.#counted !== null) this.#counter?.armed(this.#counted);
  }

  /** Gives up its registers, or its wish for them. */
  release(): void {
    const { order } = this;
    this.order = null;
    if (order !== null) this.#parts.armory.disarm(order);
    this.disconnect();
  }

  /** It has no registers any more; its last hits are still to come. */
  disconnect(): void {
    const pieces = this.#pieces;
    this.#pieces = null;
    if (pieces === null) return;
    if (this.#counted !== null) this.#counter?.disarmed(this.#counted);
    const { collector, routes } = this.#parts;
    this.#delivered = new Promise((resolve) => {
      collector.close(pieces.pipeline, pieces.order.request, () => {
        routes.close(pieces.pipeline.info);
        resolve();
      });
    });
  }
}
