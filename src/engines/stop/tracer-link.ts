// The session's line to its tracing thread: starts it, has it do things while the caller waits, and sees that it ends before this process does.
//
//   control   0 calls made | 1 calls answered | 2 the thread's id, once it is ready | 3 somebody is to be told of news | 4 news is on its way
//             5 calls begun | 6 the thread has failed: what it threw is the last answer
//
// The thread sleeps in wait4, from which a signal wakes it; one that comes just before it sleeps is in vain, so it is sent again until it has answered.
import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { hushStops, prepareWakeups, wakeThread } from '../../linux/tracees.js';
import { newRingMemory, type RingMemory } from './report-ring.js';
import { type Answer, type Request, type TracerCalls, unpackError } from './wire.js';

/** Words of control. */
export const LINK = { called: 0, answered: 1, thread: 2, listens: 3, news: 4, taken: 5, failed: 6 } as const;

/** What a tracing thread is started with. */
export interface LinkMemory {
  readonly control: Int32Array;
  readonly ring: RingMemory;
  readonly port: MessagePort;
}

/** ms between two wake-ups for one call. */
const WAKE_INTERVAL = 1;
/** Looks for an answer before this thread sleeps: some 20 us, less than it takes to be woken. */
const LOOKS = 2000;
/** ms that a thread may take to start. */
const START_PATIENCE = 20_000;

/** A session's line to the thread that traces, wherever that is. */
export interface TracerLine {
  readonly ring: RingMemory;
  /** Has the thread do one thing; what it throws is thrown here. */
  call<K extends keyof TracerCalls>(name: K, ...args: Parameters<TracerCalls[K]>): ReturnType<TracerCalls[K]>;
  /** `listener` is called from the event loop when there is news; null: nobody is. */
  onNews(listener: (() => void) | null): void;
  readonly isOpen: boolean;
  /** The thread has ended by an error, which the next call throws. */
  readonly hasFailed: boolean;
  /** Lets go of everything that is traced, and ends the thread. Does nothing where that is done. */
  end(): void;
}

const links = new Set<TracerLink>();

// Node joins its threads when it ends, which would wait for ever for one that sleeps in a system call.
function endAll(): void {
  for (const link of [...links]) link.end();
}

export class TracerLink implements TracerLine {
  readonly ring = newRingMemory();
  readonly #control = new Int32Array(new SharedArrayBuffer(32));
  readonly #port: MessagePort;
  readonly #worker: Worker;
  #isOpen = true;
  #listener: (() => void) | null = null;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get hasFailed(): boolean {
    return Atomics.load(this.#control, LINK.failed) === 1;
  }

  /** Throws where the thread does not start. */
  constructor() {
    prepareWakeups();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const memory: LinkMemory = { control: this.#control, ring: this.ring, port: port2 };
    // The compiled file, whoever runs this one from its source.
    const entry = createRequire(import.meta.url).resolve('#hwbkpt/engines/tracing-thread.js');
    this.#worker = new Worker(entry, { workerData: memory, transferList: [port2], execArgv: [], trackUnmanagedFds: false });
    this.#worker.on('message', () => this.#news());
    this.#worker.unref();
    if (links.size === 0) process.once('exit', endAll);
    links.add(this);
    if (Atomics.wait(this.#control, LINK.thread, 0, START_PATIENCE) === 'timed-out') throw new Error('the tracing thread has not started');
  }

  call<K extends keyof TracerCalls>(name: K, ...args: Parameters<TracerCalls[K]>): ReturnType<TracerCalls[K]> {
    if (!this.#isOpen) throw new Error('the session is closed');
    hushStops();
    const request: Request = { name, args };
    this.#port.postMessage(request);
    this.#hurry();
    const answer = receiveMessageOnPort(this.#port)?.message as Answer | undefined;
    if (answer === undefined) throw new Error('the tracing thread has ended');
    if (answer.kind === 'error') throw unpackError(answer.error);
    return answer.result as ReturnType<TracerCalls[K]>;
  }

  #hurry(): void {
    const control = this.#control;
    const thread = control[LINK.thread] ?? 0;
    const number = Atomics.add(control, LINK.called, 1) + 1;
    Atomics.notify(control, LINK.called);
    for (;;) {
      const answered = Atomics.load(control, LINK.answered);
      if (answered === number || Atomics.load(control, LINK.failed) === 1) return;
      // A call that has begun may sleep itself, and is not to be woken.
      if (Atomics.load(control, LINK.taken) !== number) wakeThread(thread);
      for (let looks = 0; looks < LOOKS && Atomics.load(control, LINK.answered) === answered; looks++);
      Atomics.wait(control, LINK.answered, answered, WAKE_INTERVAL);
    }
  }

  onNews(listener: (() => void) | null): void {
    this.#listener = listener;
    Atomics.store(this.#control, LINK.listens, listener === null ? 0 : 1);
    if (listener === null) return;
    Atomics.store(this.#control, LINK.news, 0);
    // What came before is news too.
    setImmediate(() => this.#listener?.());
  }

  #news(): void {
    Atomics.store(this.#control, LINK.news, 0);
    this.#listener?.();
  }

  end(): void {
    if (!this.#isOpen) return;
    try {
      if (!this.hasFailed) this.call('close');
    } finally {
      this.#isOpen = false;
      links.delete(this);
      if (links.size === 0) process.off('exit', endAll);
      this.#port.close();
    }
  }
}
