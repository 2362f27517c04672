// The perf engine: hardware breakpoints by perf_event_open, read from mapped rings; never stops the target.
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { raiseFileLimit, tryRaisePriority } from '../../linux/scheduling.js';
import type { Capabilities, Engine, EngineSession, EngineTarget } from '../contract.js';
import { armErrorOf } from './arm-failure.js';
import { perfCapabilities } from './capabilities.js';
import { PerfSession } from './session.js';

/** Nice value of the reading thread: with every CPU busy hitting, a reader of normal priority loses most of it (DESIGN.md section 6). */
const READER_PRIORITY = -20;

export class PerfEngine implements Engine {
  readonly capabilities: Capabilities = perfCapabilities(ownPrivileges());

  open(target: EngineTarget): EngineSession {
    try {
      raiseFileLimit();
      tryRaisePriority(READER_PRIORITY);
      return new PerfSession(this.capabilities, target);
    } catch (error) {
      throw armErrorOf(error, target.pid);
    }
  }
}
