// The start and end of the watched process, as far as this process has a say in them.

import { isAlive, startTime } from '../../linux/procfs/process.js';
import type { HeldProcess } from './held-process.js';

/** How a process ended. `gone`: it was not our child, so nobody told us. */
export type Ending =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: number }
  | { readonly kind: 'gone' };

export interface Lifecycle {
  /** True while a launched process is held before its first instruction. */
  readonly held: boolean;
  /** Lets a held process run. */
  release(): void;
  /** Ends a process that is still held: it has not run an instruction of its own. */
  abandon(): void;
  /** Lets a held process run until `ready` says true at one of its system calls, or until its entry point is reached; keeps it held. */
  advance(ready: () => boolean): void;
  /** How the process ended, once it has. */
  poll(): Ending | null;
}

/** A process that was there before us. */
export function attachedLifecycle(pid: number): Lifecycle {
  const born = startTime(pid);
  return {
    held: false,
    release: () => undefined,
    abandon: () => undefined,
    advance: () => undefined,
    // A process id can be given to another process; the time of birth cannot.
    poll: () => (isAlive(pid) && startTime(pid) === born ? null : { kind: 'gone' }),
  };
}

/** A process that we launched and hold. */
export function launchedLifecycle(held: HeldProcess): Lifecycle {
  return {
    get held() {
      return held.held;
    },
    release: () => held.release(),
    abandon: () => held.abandon(),
    advance: (ready) => held.advance(ready),
    poll: (): Ending | null => held.poll(),
  };
}
