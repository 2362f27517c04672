// One round of a target after the other: what the engine has seen is taken in, and now and then it is looked whether anything has changed around it.
import type { CodeKnowledge } from './code-knowledge.js';
import type { Collector } from './collector.js';
import type { Counting } from './counting.js';
import type { EndingLook } from './ending.js';
import { Pace } from './pulse.js';
import type { Slots } from './slots.js';
import type { ThreadBook } from './threads.js';
import type { WatchKeeper } from './watch-keeper.js';

/** How often (ms) it is looked at least whether pointers have changed: until then what they lead to is not watched. */
const FOLLOW_INTERVAL = 1;

/** How often (ms) an engine's counts are taken. */
const COUNTS_INTERVAL = 200;

/** How often (ms) it is looked whether strangers have left debug registers that a watch waits for. */
const STRANGERS_INTERVAL = 1000;

/** What a round goes over. */
export interface RoundParts {
  readonly code: CodeKnowledge;
  readonly counting: Counting;
  readonly collector: Collector;
  readonly slots: Slots;
  readonly watches: WatchKeeper;
  readonly ending: EndingLook;
  readonly threads: ThreadBook;
}

export class Rounds {
  readonly #parts: RoundParts;
  readonly #pace = new Pace();
  #lastCounts = 0;
  #lastStrangersLook = 0;

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  /** One round. The code must be known. */
  round(): { readonly busy: boolean } {
    const { collector, slots, watches } = this.#parts;
    const counted = this.#takeCounts(performance.now());
    const busy = collector.round() || counted;
    slots.catchUp();
    watches.retry(Number(process.hrtime.bigint()));
    this.#lookAround(busy, performance.now());
    return { busy };
  }

  /** ms to the next round after one that was `busy`. */
  pauseAfter({ busy }: { readonly busy: boolean }): number {
    const { watches } = this.#parts;
    const pause = this.#pace.pause(busy, watches.isWatching);
    return watches.isFollowing ? Math.min(pause, FOLLOW_INTERVAL) : pause;
  }

  /** Takes now and then what the engine counts, so that its places are looked up while their code is there. */
  #takeCounts(now: number): boolean {
    if (now - this.#lastCounts < COUNTS_INTERVAL) return false;
    this.#lastCounts = now;
    return this.#parts.counting.read();
  }

  /** Looks now and then whether code has changed, strangers have left, and the process has ended. */
  #lookAround(busy: boolean, now: number): void {
    const { code, slots, ending, threads } = this.#parts;
    if (busy) code.look(now);
    if (slots.isKeptOut && now - this.#lastStrangersLook >= STRANGERS_INTERVAL) {
      this.#lastStrangersLook = now;
      slots.look();
    }
    ending.look(now, !threads.isEmpty);
  }
}
