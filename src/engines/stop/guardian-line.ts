// The session's line to a guardian: the thread that traces, in a process of its own that survives this one and then takes all breakpoints out.
//
// As in tracer-link.ts a call is announced by a word, and a signal wakes the sleeping guardian until it has taken the call; calls and answers go
// through pipes, reports through memory that both have.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { threadState } from '../../linux/procfs/thread-state.js';
import { SharedMemory } from '../../linux/shared-memory.js';
import { openPipe } from '../../linux/spawn.js';
import { signalThread, WAKE_SIGNAL } from '../../linux/tracees.js';
import { readFrame, writeFrame } from './frames.js';
import { GUARDIAN_MEMORY_BYTES, guardianMemoryIn } from './guardian-memory.js';
import type { RingMemory } from './report-ring.js';
import { sleep } from './sleep.js';
import { LINK, TracerLine } from './tracer-line.js';
import type { Answer, Request } from './wire.js';

/** ms between two looks, and how many of them it may take to start. */
const LOOK_INTERVAL = 0.2;
const START_PATIENCE = 20_000;
/** Looks between two at whether it is still there. */
const LOOKS_PER_CHECK = 100;

/** How a guardian is started. */
export interface GuardianOptions {
  /** In a session of its own, where no signal to this process group reaches it. Not where it starts programs: they belong to the terminal. */
  readonly apart: boolean;
}

export class GuardianLine extends TracerLine {
  readonly ring: RingMemory;
  readonly #requests: number;
  readonly #answers: number;
  readonly #news: Socket;
  readonly #guardian: ChildProcess;

  /** Throws where it does not start. */
  constructor({ apart }: GuardianOptions) {
    const { memory, fd } = SharedMemory.create(GUARDIAN_MEMORY_BYTES);
    // The words are used until this process ends: the mapping is never disposed of.
    const { control, ring } = guardianMemoryIn(memory.bytes());
    super(control, 'process');
    this.ring = ring;
    const [requests, answers, news] = [openPipe(), openPipe(), openPipe()];
    this.#requests = requests.write;
    this.#answers = answers.read;
    this.#news = new Socket({ fd: news.read, readable: true, writable: false });
    const entry = createRequire(import.meta.url).resolve('#hwbkpt/engines/stop/guardian.js');
    const descriptors = ['inherit', 'inherit', 'inherit', requests.read, answers.write, news.write, fd] as const;
    this.#guardian = spawn(process.execPath, [entry, String(process.pid)], { stdio: [...descriptors], detached: apart });
    for (const end of [requests.read, answers.write, news.write, fd]) closeSync(end);
    this.#guardian.on('error', () => undefined);
    this.#guardian.unref();
    this.#news.on('data', () => this.hear());
    this.#news.on('error', () => undefined);
    this.#news.unref();
    this.#awaitStart();
  }

  protected exchange(request: Request): Answer | undefined {
    writeFrame(this.#requests, request);
    this.#hurry();
    return readFrame(this.#answers)?.value as Answer | undefined;
  }

  protected close(): void {
    this.#news.destroy();
    closeSync(this.#requests);
    closeSync(this.#answers);
  }

  #awaitStart(): void {
    const deadline = performance.now() + START_PATIENCE;
    this.#lookUntil(() => {
      if (performance.now() > deadline) throw new Error('the tracing process has not started');
      return Atomics.load(this.control, LINK.thread) !== 0;
    });
  }

  /** Announces a call, and wakes the guardian until it takes it: it may sleep itself then, and is not to be woken. */
  #hurry(): void {
    const { control } = this;
    const thread = control[LINK.thread] ?? 0;
    const number = Atomics.add(control, LINK.called, 1) + 1;
    this.#lookUntil(() => {
      if (Atomics.load(control, LINK.taken) === number || this.hasFailed) return true;
      signalThread(thread, thread, WAKE_SIGNAL);
      return false;
    });
  }

  #lookUntil(isDone: () => boolean): void {
    for (let looks = 1; !isDone(); looks++) {
      if (looks % LOOKS_PER_CHECK === 0) this.#checkThere();
      sleep(LOOK_INTERVAL);
    }
  }

  /** What has ended waits to be reaped by the event loop. */
  #checkThere(): void {
    const { pid } = this.#guardian;
    const state = pid === undefined ? null : threadState(pid, pid);
    if (state === null || state === 'Z' || state === 'X') throw new Error('the tracing process has ended');
  }
}
