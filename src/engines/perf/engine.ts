// The perf engine: hardware breakpoints by perf_event_open, read from mapped rings; never stops the target.
import type { LinuxError } from '../../linux/errno.js';
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { raiseFileLimit } from '../../linux/scheduling.js';
import type { Capabilities, Engine, EngineSession, EngineTarget } from '../contract.js';
import { armErrorOf } from '../events/arm-failure.js';
import { perfRefusal } from '../events/refused.js';
import { perfCapabilities } from './capabilities.js';
import { PerfSession } from './session.js';

export class PerfEngine implements Engine {
  readonly capabilities: Capabilities = perfCapabilities(ownPrivileges());
  readonly #patience: number | undefined;

  /** `patience`: milliseconds until a process that makes threads all the time is armed as far as it goes. */
  constructor(patience?: number) {
    this.#patience = patience;
  }

  /** Why it cannot watch anything here; null where it can, as far as shows without a process. */
  static try(): LinuxError | null {
    return perfRefusal();
  }

  open(target: EngineTarget): EngineSession {
    try {
      raiseFileLimit();
      return new PerfSession(this.capabilities, target, this.#patience);
    } catch (error) {
      throw armErrorOf(error, target.pid);
    }
  }
}
