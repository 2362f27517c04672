// The threads a session covers: how many there have been, what they are called, which of them was the last of its process.

/** What /proc says of threads now. */
export interface ThreadLookup {
  /** The threads of process `pid`; none when it is gone. */
  ids(pid: number): readonly number[];
  /** The name of a thread, or null. */
  name(pid: number, tid: number): string | null;
}

interface Thread {
  readonly pid: number;
  comm: string | null;
  /** No record said that it began: it was found in /proc, or made a hit. Its record may still come. */
  found: boolean;
}

/** Fed by the engine's thread records; names of threads that were there before come from /proc. */
export class ThreadBook {
  readonly #lookup: ThreadLookup;
  readonly #threads = new Map<number, Thread>();
  readonly #perProcess = new Map<number, number>();
  #seen = 0;

  constructor(lookup: ThreadLookup) {
    this.#lookup = lookup;
  }

  /** Threads covered so far, ended ones included. */
  get seen(): number {
    return this.#seen;
  }

  /** Those that are there now, as far as is known. */
  get tids(): Iterable<number> {
    return this.#threads.keys();
  }

  /** The same with their processes. */
  get all(): { readonly pid: number; readonly tid: number }[] {
    return [...this.#threads].map(([tid, { pid }]) => ({ pid, tid }));
  }

  /** Whether all threads that were seen have ended. */
  get isEmpty(): boolean {
    return this.#threads.size === 0;
  }

  /** The threads that are there when `pid` is armed; with `only` no other than that. */
  addExisting(pid: number, only: number | null): void {
    for (const tid of this.#lookup.ids(pid)) {
      if (!this.#threads.has(tid) && (only === null || tid === only))
        this.#add(tid, { pid, comm: this.#lookup.name(pid, tid), found: true });
    }
  }

  /** A record says that thread `tid` began, made by `parentTid`, whose name it takes over. */
  started(pid: number, tid: number, parentTid: number): void {
    const known = this.#threads.get(tid);
    if (known?.found === true && known.pid === pid) {
      known.found = false;
      return;
    }
    // The end of the one before, whose number this one has, was lost.
    if (known !== undefined) this.ended(tid);
    this.#add(tid, { pid, comm: this.#threads.get(parentTid)?.comm ?? this.#lookup.name(pid, tid), found: false });
  }

  #add(tid: number, thread: Thread): void {
    this.#threads.set(tid, thread);
    this.#perProcess.set(thread.pid, (this.#perProcess.get(thread.pid) ?? 0) + 1);
    this.#seen++;
  }

  /** Returns whether that was the last thread of its process. */
  ended(tid: number): boolean {
    const thread = this.#threads.get(tid);
    if (thread === undefined) return false;
    this.#threads.delete(tid);
    const left = (this.#perProcess.get(thread.pid) ?? 1) - 1;
    if (left > 0) this.#perProcess.set(thread.pid, left);
    else this.#perProcess.delete(thread.pid);
    return left <= 0;
  }

  /** Process `pid` runs another program: only its first thread is left, whichever made the call. */
  executed(pid: number): void {
    for (const [tid, thread] of this.#threads) if (thread.pid === pid && tid !== pid) this.ended(tid);
  }

  renamed(tid: number, comm: string): void {
    const thread = this.#threads.get(tid);
    if (thread !== undefined) thread.comm = comm;
  }

  /** The name of a thread that made a hit, from records or, at first sight, from /proc; null when nobody knows. */
  comm(pid: number, tid: number): string | null {
    const thread = this.#threads.get(tid);
    if (thread !== undefined) return thread.comm;
    const comm = this.#lookup.name(pid, tid);
    this.#add(tid, { pid, comm, found: true });
    return comm;
  }
}
