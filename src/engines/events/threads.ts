// Arms every thread of a process, also those that are born meanwhile, and each of them once: returns when no thread can be without.
//
// A thread that is being born while its parent is armed has copied some, all or none of the parent's breakpoints, and becomes visible at any
// later time. So it is over only when
//  1. every thread that was armed has been seen where it is not creating a thread: what it began before has become visible by then;
//  2. after that, a whole look at the thread list finds nobody who lacks anything.
// The kernel lists threads in order of birth, so a thread that ends during a look has its successor further down. But a look breaks off at a
// thread that ends while the list stands on it: it is whole only where all that it showed were still there at the next look.
import { type Family, Lineage, type ThreadNews } from './lineage.js';

/** So many looks in a row that found nothing are enough where threads end during every look (measured: one in a hundred breaks off). */
const CALM_LOOKS = 8;
/** Milliseconds. A process that has not come to rest by then is armed as far as it goes, and the rest is named. */
export const PATIENCE = 10_000;
/** Threads that are completed between two readings of the rings. */
const COMPLETED_BETWEEN_NEWS = 16;
/** So long (ns) the id of a thread that has ended is surely not given to another: ids go round. */
const TID_REST = 50_000_000;
/** Pause (ms) between two looks where only a running thread must show where it is. */
const PAUSE = 0.1;

/** What a thread lacked: nothing, something (it has it now), or nobody knows. */
export type Completion = 'had-all' | 'completed' | 'ended';

/** What is done to single threads. Times in ns of CLOCK_MONOTONIC. */
export interface ThreadArmer {
  /** The threads listed now. */
  threads(): readonly number[];
  /** Opens all breakpoints on a thread that has none of them; false where it has ended. */
  arm(tid: number): boolean;
  /** Opens what a thread lacks, comparing it with `complete` ones. */
  complete(tid: number, complete: () => Iterable<number>): Completion;
  /** Births and ends of covered threads' children and of covered threads, reported since the last call, in order of time. */
  news(): readonly ThreadNews[];
  /** Whether the thread was, at some moment after it was armed, somewhere else than in the creation of a thread, or has ended. */
  atRest(tid: number): boolean;
  now(): number;
  pause(milliseconds: number): void;
}

/** How it went. */
export interface Coverage {
  /** Threads that are covered and there. */
  readonly covered: number;
  /** Threads that stayed without. */
  readonly missed: readonly number[];
  /** False where threads may have been born without breakpoints that nobody has seen yet. */
  readonly settled: boolean;
}

/** Arms all threads where nobody inherits anything: those that were there when this was called. */
export function armExistingThreads(armer: ThreadArmer): Coverage {
  const covered = new Set<number>();
  let listed = armer.threads();
  for (let look = 0; look < CALM_LOOKS; look++) {
    for (const tid of listed) if (!covered.has(tid) && armer.arm(tid)) covered.add(tid);
    const before = listed;
    listed = armer.threads();
    if (isWhole(before, listed)) break;
  }
  return { covered: listed.filter((tid) => covered.has(tid)).length, missed: [], settled: true };
}

/** Arms all threads where children inherit. `patience` in ms. */
export function armAllThreads(armer: ThreadArmer, family: Family, patience = PATIENCE): Coverage {
  const hunt = new Hunt(armer, family, patience);
  while (!hunt.look()) {
    if (hunt.isTired) return hunt.result(false);
  }
  return hunt.result(true);
}

/** True where nobody that the first look showed had ended by the second. */
function isWhole(look: readonly number[], next: readonly number[]): boolean {
  const there = new Set(next);
  return look.every((tid) => there.has(tid));
}

class Hunt {
  readonly #armer: ThreadArmer;
  readonly #lineage: Lineage;
  readonly #deadline: number;
  /** Armed threads that may still be in the middle of creating a thread. */
  readonly #restless = new Set<number>();
  /** The last look, where it found nothing. */
  #previous: readonly number[] | null = null;
  /** Threads that had ended when they were to be completed, and when that was. They may stay listed for long. */
  readonly #ended = new Map<number, number>();
  #calm = 0;

  constructor(armer: ThreadArmer, family: Family, patience: number) {
    this.#armer = armer;
    this.#lineage = new Lineage(family);
    this.#deadline = armer.now() + patience * 1e6;
    for (const tid of armer.threads()) if (armer.arm(tid)) this.#armed(tid);
  }

  get isTired(): boolean {
    return this.#armer.now() > this.#deadline;
  }

  #armed(tid: number): void {
    this.#lineage.armed(tid, this.#armer.now());
    this.#restless.add(tid);
  }

  /** One look at the thread list; true when it is over. */
  look(): boolean {
    const doubtful = this.#learn();
    this.#waitForRest();
    const wasRestless = this.#restless.size > 0;
    const listed = this.#armer.threads();
    const found = this.#completeAll([...doubtful, ...listed]);
    if (wasRestless && !found) this.#armer.pause(PAUSE);
    const previous = this.#previous;
    this.#previous = found || wasRestless ? null : listed;
    if (this.#previous === null) this.#calm = 0;
    else this.#calm++;
    return this.#calm === CALM_LOOKS || (this.#previous !== null && previous !== null && isWhole(previous, listed));
  }

  #learn(): number[] {
    return this.#lineage.learn(this.#armer.news());
  }

  #waitForRest(): void {
    for (const tid of this.#restless) {
      if (!this.#lineage.mayBeGivingBirth(tid) || this.#armer.atRest(tid)) this.#restless.delete(tid);
    }
  }

  /** Completes those of `tids` of which it is not known that they have everything; true where one had not, or ended before that was known. */
  #completeAll(tids: readonly number[]): boolean {
    const queue = tids.filter((tid) => this.#isUnknown(tid));
    const ended: number[] = [];
    let found = false;
    for (let done = 0; done < queue.length && !this.isTired; done++) {
      // A thread is listed a moment before its birth is reported; and the rings must not overflow meanwhile.
      if (done % COMPLETED_BETWEEN_NEWS === 0) queue.push(...this.#learn());
      const tid = queue[done];
      if (tid === undefined || !this.#isUnknown(tid)) continue;
      const outcome = this.#complete(tid);
      if (outcome === 'completed') found = true;
      if (outcome === 'ended') ended.push(tid);
    }
    return this.#haveEnded(ended) || found;
  }

  #isUnknown(tid: number): boolean {
    if (this.#lineage.covers(tid)) return false;
    const ended = this.#ended.get(tid);
    return ended === undefined || this.#armer.now() - ended > TID_REST;
  }

  /** True where one of the threads, which had ended when they were to be completed, may have had a child that lacks something. */
  #haveEnded(tids: readonly number[]): boolean {
    if (tids.length === 0) return false;
    this.#learn();
    const news = tids.some((tid) => !this.#ended.has(tid) && !this.#lineage.wasCovered(tid));
    for (const tid of tids) this.#ended.set(tid, this.#armer.now());
    return news;
  }

  #complete(tid: number): Completion {
    const outcome = this.#armer.complete(tid, () => this.#lineage.covered());
    if (outcome === 'completed') this.#armed(tid);
    if (outcome === 'had-all') this.#lineage.foundComplete(tid, this.#armer.now());
    return outcome;
  }

  result(settled: boolean): Coverage {
    const listed = this.#armer.threads();
    const covered = listed.filter((tid) => this.#lineage.covers(tid));
    const missed = settled ? [] : listed.filter((tid) => !this.#lineage.covers(tid));
    return { covered: covered.length, missed, settled };
  }
}
