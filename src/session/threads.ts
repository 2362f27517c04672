// The threads and processes a session covers: how many there have been, what they are called, which processes are alive.
import { threadIds, threadName } from '../engines/host/facts.js';

interface Thread {
  readonly pid: number;
  comm: string | null;
}

/** Fed by the engine's thread records; names of threads that were there before come from /proc. */
export class ThreadBook {
  readonly #threads = new Map<number, Thread>();
  readonly #perProcess = new Map<number, number>();
  #seen = 0;

  /** Threads covered so far, ended ones included. */
  get seen(): number {
    return this.#seen;
  }

  /** The threads that are there when `pid` is armed. */
  addExisting(pid: number, only: number | null): void {
    for (const tid of threadIds(pid)) if (only === null || tid === only) this.started(pid, tid, null);
  }

  started(pid: number, tid: number, parentTid: number | null): void {
    if (this.#threads.has(tid)) return;
    const comm = (parentTid === null ? null : this.#threads.get(parentTid)?.comm) ?? threadName(pid, tid);
    this.#threads.set(tid, { pid, comm });
    this.#perProcess.set(pid, (this.#perProcess.get(pid) ?? 0) + 1);
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

  renamed(tid: number, comm: string): void {
    const thread = this.#threads.get(tid);
    if (thread !== undefined) thread.comm = comm;
  }

  /** The thread's name, from records or, at first sight, from /proc; null when nobody knows. */
  comm(pid: number, tid: number): string | null {
    const thread = this.#threads.get(tid);
    if (thread === undefined) this.started(pid, tid, null);
    return thread?.comm ?? null;
  }
}
