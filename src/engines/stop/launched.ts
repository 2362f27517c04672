// The life of a program that the tracing thread has started: held, let go, and its end, which that thread alone is told.
import { pollChild } from '../../linux/wait.js';
import type { Ending, Lifecycle } from '../host/lifecycle.js';
import type { TracerLine } from './tracer-line.js';

export class StartedLifecycle implements Lifecycle {
  readonly #pid: number;
  readonly #line: TracerLine;
  #held = true;
  #ending: Ending | null = null;

  constructor(pid: number, line: TracerLine) {
    this.#pid = pid;
    this.#line = line;
  }

  get held(): boolean {
    return this.#held;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#line.call('release');
  }

  abandon(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#line.call('abandon');
  }

  advance(ready: () => boolean): void {
    while (this.#held && this.#line.call('advance') && !ready());
  }

  poll(): Ending | null {
    this.#ending ??= this.#line.isOpen ? this.#line.call('ending', this.#pid) : this.#reap();
    return this.#ending;
  }

  /** Once nobody traces it any more, it is an ordinary child. */
  #reap(): Ending | null {
    const status = pollChild(this.#pid);
    return status.kind === 'exited' || status.kind === 'killed' ? status : null;
  }
}
