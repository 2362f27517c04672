// A process that we launched and hold by ptrace before its first instruction; let go of for good once it is armed.
//
//   spawnGated -> sh waits at its gate -> SEIZE -> gate opens -> (run-to-exec) exec -> [exec stop: held] -> (system-call stops) -> DETACH
//
// A tracer's death at an exec stop or, with TRACESYSGOOD, at a system-call stop lets the process run on unharmed: both stops deliver no signal.

import { PerfEvent, packExecuteCounter } from '../../linux/perf-event.js';
import { entryPoint } from '../../linux/procfs/auxv.js';
import { ptraceDetach, ptraceSyscall } from '../../linux/ptrace.js';
import { passOnPriority, setFileLimit } from '../../linux/scheduling.js';
import { spawnGated } from '../../linux/spawn.js';
import { PLAIN_SURROUNDINGS, type Surroundings } from '../../linux/surroundings.js';
import type { WaitStatus } from '../../linux/wait.js';
import { pollChild, waitForChild } from '../../linux/wait.js';
import { runToExec, type StartFailure, signalOf } from './run-to-exec.js';

type Ended = Extract<WaitStatus, { kind: 'exited' | 'killed' }>;

/** One launched process. All calls from one OS thread. */
export class HeldProcess {
  readonly pid: number;
  #held = true;
  #ended: Ended | null = null;

  private constructor(pid: number) {
    this.pid = pid;
  }

  /** Starts a program and stops it at its exec. Throws LinuxError where it cannot be traced; the program then runs untraced. */
  static start(
    argv: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    surroundings: Surroundings = PLAIN_SURROUNDINGS,
  ): HeldProcess | StartFailure {
    const launched = spawnGated({ argv, environment: { ...environment, ...surroundings.environment }, surroundings });
    const failure = runToExec(launched);
    if (failure !== null) return failure;
    passOnPriority(launched.pid);
    if (surroundings.fileLimit !== null) setFileLimit(launched.pid, surroundings.fileLimit);
    return new HeldProcess(launched.pid);
  }

  /** True while the process is held. */
  get held(): boolean {
    return this.#held;
  }

  /** How the process ended while it was held; null where it has not. */
  get ended(): Ended | null {
    return this.#ended;
  }

  /** Lets the process run for good. */
  release(): void {
    if (this.letGo() && this.#ended === null) ptraceDetach(this.pid, 0);
  }

  /** From now on another part of this thread steers the process, which still stands. False where nobody held it any more. */
  letGo(): boolean {
    const wasHeld = this.#held;
    this.#held = false;
    return wasHeld;
  }

  /** Ends a process that was never let go. */
  abandon(): void {
    if (!this.letGo()) return;
    process.kill(this.pid, 'SIGKILL');
    while (this.#ended === null) {
      const status = waitForChild(this.pid);
      if (status.kind === 'exited' || status.kind === 'killed') this.#ended = status;
    }
  }

  /** Runs the process from one system call to the next until `ready`, until its entry point has been passed, or until it ends. */
  advance(ready: () => boolean): void {
    while (this.advanceOnce() && !ready());
  }

  /** Runs the process to its next stop at a system call. False where its entry point has been passed, or it has ended or runs. */
  advanceOnce(): boolean {
    const entry = entryPoint(this.pid);
    if (!this.#held || this.#ended !== null || entry === null) return false;
    // Only while it runs: when it stands, all its registers are for watches.
    using counter = PerfEvent.open(packExecuteCounter(entry), { tid: this.pid, cpu: -1 });
    for (let signal = 0; ; ) {
      ptraceSyscall(this.pid, signal);
      const status = waitForChild(this.pid);
      if (status.kind === 'exited' || status.kind === 'killed') {
        this.#ended = status;
        return false;
      }
      if (status.kind === 'syscall') return counter.count() === 0;
      signal = signalOf(status);
    }
  }

  /** How the process ended, or null while it has not. Reaps it. */
  poll(): Ended | null {
    if (this.#ended !== null) return this.#ended;
    const status = pollChild(this.pid);
    if (status.kind === 'exited' || status.kind === 'killed') this.#ended = status;
    return this.#ended;
  }
}
