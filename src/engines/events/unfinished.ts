// Threads that may have inherited a breakpoint before its program was attached. Two ways to know that nobody has:
//
// - A marker: threads that are armed get one more breakpoint, after all others, that only takes a slot. Who is born with it has the others whole;
//   who is born with some of the others and without it may have an unfinished one.
// - Where no slot is left for that: a birth that is reported between the opening of the last breakpoint on the parent and a moment after its
//   program was attached may have copied it in between.
import type { EngineTarget } from '../contract.js';
import type { ThreadNews } from './lineage.js';

/** Threads may have inherited something unfinished: all is to be begun again. */
export class UnfinishedError extends Error {
  /** There is no slot for a marker. */
  readonly unmarked: boolean;

  constructor(unmarked: boolean) {
    super('a thread was born while its parent was being armed');
    this.unmarked = unmarked;
  }
}

/** What is done about it. */
export interface Doubts {
  /** Threads get markers. */
  readonly marks: boolean;
  /** It has been tried for long enough: threads in doubt are left alone, and named. */
  readonly resigned: boolean;
}

/** ns. From the copying of the parent's events to the report of the birth it takes some 20 us. */
const BIRTH = 50_000;

/** When the last breakpoint of each thread was opened, where there are no markers. */
export class BirthWindows {
  readonly #target: EngineTarget;
  readonly #windows = new Map<number, { readonly from: number; readonly to: number }>();

  constructor(target: EngineTarget) {
    this.#target = target;
  }

  /** The last breakpoint of the thread was opened and finished between `from` and `to`, ns. */
  opened(tid: number, from: number, to: number): void {
    this.#windows.set(tid, { from, to });
  }

  /** Throws UnfinishedError where one of these births may have copied an unfinished breakpoint. */
  check(news: readonly ThreadNews[]): void {
    if (news.some((item) => item.kind === 'born' && this.#isDoubtful(item))) throw new UnfinishedError(false);
  }

  #isDoubtful({ pid, parentTid, time }: ThreadNews & { kind: 'born' }): boolean {
    if (pid !== this.#target.pid && this.#target.inherit !== 'children') return false;
    const window = this.#windows.get(parentTid);
    return window !== undefined && time >= window.from && time <= window.to + BIRTH;
  }
}
