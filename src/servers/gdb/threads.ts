// What is known of the threads of one client: who runs, who stands and why, what gdb wants of each, and what it has not been told yet.
import type { ClientStop } from '../../session/debug/index.js';
import type { StopReason } from './stop-reasons.js';

/** What gdb wants a thread to do. `signal`: Linux's number, delivered once; 0: none. */
export type Action =
  | { readonly kind: 'continue'; readonly signal: number }
  /** By one instruction, or on and on until it leaves `range`, whose end is outside. */
  | { readonly kind: 'step'; readonly signal: number; readonly range: { readonly start: bigint; readonly end: bigint } | null };

export interface Thread {
  readonly pid: number;
  readonly tid: number;
  /** Null while it runs, as far as this client knows. */
  stop: ClientStop | null;
  /** Null: gdb wants it to stand. */
  action: Action | null;
  /** Not told yet, in order. */
  readonly reasons: StopReason[];
  /** In non-stop mode: gdb knows that it stands. */
  isTold: boolean;
  /** In all-stop mode: gdb has let it go, and has not been told of a stop since. */
  isLetGo: boolean;
}

/** All threads, in the order in which they were met. */
export class Threads implements Iterable<Thread> {
  readonly #threads = new Map<number, Thread>();

  get(tid: number): Thread | null {
    return this.#threads.get(tid) ?? null;
  }

  /** The thread, new where it was not known; `action`: what a new one is wanted to do. */
  meet(id: { readonly pid: number; readonly tid: number }, action: Action | null): Thread {
    const known = this.#threads.get(id.tid);
    if (known !== undefined && known.pid === id.pid) return known;
    const thread: Thread = { pid: id.pid, tid: id.tid, stop: null, action, reasons: [], isTold: false, isLetGo: action !== null };
    this.#threads.set(id.tid, thread);
    return thread;
  }

  remove(tid: number): void {
    this.#threads.delete(tid);
  }

  removeProcess(pid: number): void {
    for (const { tid } of this.of(pid)) this.#threads.delete(tid);
  }

  of(pid: number): Thread[] {
    return [...this.#threads.values()].filter((thread) => thread.pid === pid);
  }

  [Symbol.iterator](): IterableIterator<Thread> {
    return this.#threads.values();
  }
}
