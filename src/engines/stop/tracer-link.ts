// The session's line to its tracing thread: starts it, has it do things while the caller waits, and sees that it ends before this process does.
//
// The thread sleeps in wait4, from which a signal wakes it; one that comes just before it sleeps is in vain, so it is sent again until it has answered.
import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { raisePriorityOfAll, withAllInRealTime } from '../../linux/scheduling.js';
import { lookFor } from '../../linux/short-wait.js';
import { hushStops, prepareWakeups, wakeThread } from '../../linux/tracees.js';
import { newRingMemory, type RingMemory } from './report-ring.js';
import { LINK, TRACER_PRIORITY, TracerLine } from './tracer-line.js';
import type { Answer, Request } from './wire.js';

/** What a tracing thread is started with. */
export interface LinkMemory {
  readonly control: Int32Array;
  readonly ring: RingMemory;
  readonly port: MessagePort;
}

/** ms between two wake-ups for one call. */
const WAKE_INTERVAL = 1;
/** us that an answer is looked for before this thread sleeps: the other one has to be woken, and to be woken oneself takes as long again. */
const PATIENCE = 100;
/** ms that a thread may take to start. */
const START_PATIENCE = 20_000;

const links = new Set<TracerLink>();

// Node joins its threads when it ends, which would wait for ever for one that sleeps in a system call.
function endAll(): void {
  for (const link of [...links]) link.end();
}

export class TracerLink extends TracerLine {
  readonly ring = newRingMemory();
  readonly #port: MessagePort;
  readonly #worker: Worker;
  /** This process's, as long as the line is open: who is kept waiting by it is a thread of the program. */
  readonly #priority = raisePriorityOfAll(TRACER_PRIORITY);

  /** Throws where the thread does not start. */
  constructor() {
    super(new Int32Array(new SharedArrayBuffer(32)), 'thread');
    prepareWakeups();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const memory: LinkMemory = { control: this.control, ring: this.ring, port: port2 };
    // The compiled file, whoever runs this one from its source.
    const entry = createRequire(import.meta.url).resolve('#hwbkpt/engines/tracing-thread.js');
    // Beside 1,000 busy threads it would not have loaded its code in 20 seconds.
    this.#worker = withAllInRealTime(() => startWorker(entry, memory));
    this.#worker.unref();
    if (Atomics.load(this.control, LINK.thread) === 0) {
      this.#priority[Symbol.dispose]();
      throw new Error('the tracing thread has not started');
    }
    this.#worker.on('message', () => this.hear());
    if (links.size === 0) process.once('exit', endAll);
    links.add(this);
  }

  protected exchange(request: Request): Answer | undefined {
    hushStops();
    this.#port.postMessage(request);
    this.#hurry();
    return receiveMessageOnPort(this.#port)?.message as Answer | undefined;
  }

  #hurry(): void {
    const { control } = this;
    const thread = control[LINK.thread] ?? 0;
    const number = Atomics.add(control, LINK.called, 1) + 1;
    Atomics.notify(control, LINK.called);
    for (;;) {
      const answered = Atomics.load(control, LINK.answered);
      if (answered === number || Atomics.load(control, LINK.failed) === 1) return;
      // A call that has begun may sleep itself, and is not to be woken.
      if (Atomics.load(control, LINK.taken) !== number) wakeThread(thread);
      if (lookFor(() => Atomics.load(control, LINK.answered) !== answered || null, PATIENCE) === true) continue;
      Atomics.wait(control, LINK.answered, answered, WAKE_INTERVAL);
    }
  }

  protected close(): void {
    this.#priority[Symbol.dispose]();
    links.delete(this);
    if (links.size === 0) process.off('exit', endAll);
    this.#port.close();
  }
}

/** Returns when it is there, or START_PATIENCE is over. */
function startWorker(entry: string, memory: LinkMemory): Worker {
  const worker = new Worker(entry, { workerData: memory, transferList: [memory.port], execArgv: [], trackUnmanagedFds: false });
  Atomics.wait(memory.control, LINK.thread, 0, START_PATIENCE);
  return worker;
}
