// A session's line to the thread that traces, wherever that is: what all of them promise, and what they share. How a call gets there is their own.
//
//   control   0 calls made | 1 calls answered | 2 the thread's id, once it is ready | 3 who wants news: 0 nobody, 1 is to be told, 2 looks | 4 there is news
//             5 calls begun | 6 the thread has failed: what it threw is the last answer
import { lookFor } from '../../linux/short-wait.js';
import type { RingMemory } from './report-ring.js';
import { type Answer, type Request, type TracerCalls, unpackError } from './wire.js';

/** Values of the word `listens`. */
export const LISTENS = { no: 0, wakes: 1, looks: 2 } as const;
/** Words of control. */
export const LINK = { called: 0, answered: 1, thread: 2, listens: 3, news: 4, taken: 5, failed: 6 } as const;

/** us that news is looked for when a thread was let go: one that is watched hard stops again sooner than this thread could be woken. */
const PATIENCE = 80;

/**
 * Nice value of the tracing thread and of the session's, where that is allowed: before the threads that are traced, however many. One that has hit stands
 * until it is served.
 */
export const TRACER_PRIORITY = -20;

export abstract class TracerLine {
  abstract readonly ring: RingMemory;
  /** The words drawn above. */
  protected readonly control: Int32Array;
  /** What has the thread: for messages. */
  readonly #tracer: string;
  #isOpen = true;
  #listener: (() => void) | null = null;
  #isLingering = false;

  constructor(control: Int32Array, tracer: 'thread' | 'process') {
    this.control = control;
    this.#tracer = `the tracing ${tracer}`;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The thread has ended by an error, which the next call throws. */
  get hasFailed(): boolean {
    return Atomics.load(this.control, LINK.failed) === 1;
  }

  /** The number of the call that is made next, modulo 2^32. */
  get nextCall(): number {
    return (Atomics.load(this.control, LINK.called) + 1) | 0;
  }

  /** Has the thread do one thing; what it throws is thrown here. */
  call<K extends keyof TracerCalls>(name: K, ...args: Parameters<TracerCalls[K]>): ReturnType<TracerCalls[K]> {
    if (!this.#isOpen) throw new Error('the session is closed');
    const answer = this.exchange({ name, args });
    if (answer === undefined) throw new Error(`${this.#tracer} has ended`);
    if (answer.kind === 'error') throw unpackError(answer.error);
    return answer.result as ReturnType<TracerCalls[K]>;
  }

  /** `listener` is called from the event loop when there is news; null: nobody is. */
  onNews(listener: (() => void) | null): void {
    this.#listener = listener;
    Atomics.store(this.control, LINK.listens, listener === null ? LISTENS.no : LISTENS.wakes);
    if (listener === null) return;
    Atomics.store(this.control, LINK.news, 0);
    // What came before is news too.
    setImmediate(() => this.#listener?.());
  }

  /** Lets go of everything that is traced, and ends the thread. Does nothing where that is done. */
  end(): void {
    if (!this.#isOpen) return;
    try {
      if (!this.hasFailed) this.call('close');
    } finally {
      this.#isOpen = false;
      this.close();
    }
  }

  /** A thread was let go: what it does next may come at once. */
  linger(): void {
    if (this.#listener !== null && !this.#isLingering) setImmediate(() => this.#linger());
    this.#isLingering = this.#listener !== null;
  }

  #linger(): void {
    this.#isLingering = false;
    if (this.#listener === null || !this.#isOpen) return;
    const { control } = this;
    Atomics.store(control, LINK.listens, LISTENS.looks);
    lookFor(() => Atomics.load(control, LINK.news) === 1 || null, PATIENCE);
    Atomics.store(control, LINK.listens, LISTENS.wakes);
    if (Atomics.load(control, LINK.news) === 1) this.hear();
  }

  /** News has come. */
  protected hear(): void {
    Atomics.store(this.control, LINK.news, 0);
    this.#listener?.();
  }

  /** Sends a call and waits for its answer; undefined where the thread has ended. */
  protected abstract exchange(request: Request): Answer | undefined;

  /** Gives back what the line itself holds, once the thread has let go. */
  protected abstract close(): void;
}
