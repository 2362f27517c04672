// Knows which threads have all breakpoints, from who was armed and who gave birth to whom.
//
//   clone(2) in the kernel:   copy the parent's events -> ... -> visible in /proc -> birth record -> the child runs
//
// The first birth that a parent reports after it was armed may have copied the parent's events before they were there; from the second on it
// has them. What a thread was born with it passes on whole: all its descendants have it too.

/** What the rings tell of threads. Times in ns of CLOCK_MONOTONIC. */
export type ThreadNews =
  | { readonly kind: 'born'; readonly pid: number; readonly tid: number; readonly parentTid: number; readonly time: number }
  | { readonly kind: 'ended'; readonly tid: number; readonly time: number };

interface ArmedThread {
  /** When its last event was opened. */
  readonly since: number;
  /** The first birth that it reported after that. */
  firstBirth: { readonly tid: number; readonly time: number } | null;
}

/** Who takes events along: threads of the process, or also the processes that it makes. */
export interface Family {
  readonly pid: number;
  readonly children: boolean;
}

/** Threads by what is known of them. A thread that is not known may have all, some or none of the breakpoints. */
export class Lineage {
  readonly #armed = new Map<number, ArmedThread>();
  /** Threads that have had everything since their birth, and when that became known. */
  readonly #bornComplete = new Map<number, number>();
  /** Of those that have ended, the covered ones. */
  readonly #endedCovered = new Set<number>();
  readonly #family: Family;

  constructor(family: Family) {
    this.#family = family;
  }

  /** The thread was given what it lacked; the last of it at `time`. */
  armed(tid: number, time: number): void {
    this.#armed.set(tid, { since: time, firstBirth: null });
  }

  /** At `time` the thread was found to have everything since its birth. */
  foundComplete(tid: number, time: number): void {
    this.#bornComplete.set(tid, time);
  }

  covers(tid: number): boolean {
    return this.#armed.has(tid) || this.#bornComplete.has(tid);
  }

  /** Whether a thread that has ended was covered to its end. */
  wasCovered(tid: number): boolean {
    return this.#endedCovered.has(tid) || this.covers(tid);
  }

  /** Covered threads, in no order. */
  *covered(): Generator<number> {
    yield* this.#armed.keys();
    yield* this.#bornComplete.keys();
  }

  /** Whether a birth that thread `tid` began before it was armed can still be going on, as far as births tell. */
  mayBeGivingBirth(tid: number): boolean {
    return this.#armed.get(tid)?.firstBirth === null;
  }

  /** Takes in news, in order of time. Returns new processes of which it is not known whether they have everything: no thread list shows them. */
  learn(news: readonly ThreadNews[]): number[] {
    const doubtful: number[] = [];
    for (const item of news) {
      if (item.kind === 'ended') this.#ended(item);
      else if (this.#isDoubtful(item)) doubtful.push(item.tid);
    }
    return doubtful;
  }

  /** A thread id may have been given to a new thread, and that one be armed, before the end of the old one is read. */
  #ended({ tid, time }: ThreadNews): void {
    const armed = (this.#armed.get(tid)?.since ?? time) < time && this.#armed.delete(tid);
    const born = (this.#bornComplete.get(tid) ?? time) < time && this.#bornComplete.delete(tid);
    if (armed || born) this.#endedCovered.add(tid);
  }

  #isDoubtful({ pid, tid, parentTid, time }: ThreadNews & { kind: 'born' }): boolean {
    const sure = this.#bornComplete.has(parentTid) || this.#isLaterBirth(parentTid, { tid, time });
    const foreign = pid !== this.#family.pid;
    if (foreign && !this.#family.children) return false;
    if (sure) this.#bornComplete.set(tid, time);
    return foreign && !this.covers(tid);
  }

  /** News may come a little out of order where the parent moved to another CPU, and twice where it has two trackers: then nothing is sure. */
  #isLaterBirth(parentTid: number, child: { readonly tid: number; readonly time: number }): boolean {
    const parent = this.#armed.get(parentTid);
    if (parent === undefined || child.time <= parent.since) return false;
    parent.firstBirth ??= child;
    return child.time > parent.firstBirth.time && child.tid !== parent.firstBirth.tid;
  }
}
