// The stop engine: traces all threads of a process, each of which stops at each hit; what is seen there is exact, and may be changed.
import { ownPrivileges } from '../../linux/procfs/privileges.js';
import { processStatus } from '../../linux/procfs/process.js';
import { raiseFileLimit } from '../../linux/scheduling.js';
import type { Inherit } from '../../model/access.js';
import type { Capabilities, Engine, EngineTarget } from '../contract.js';
import { ArmError } from '../errors.js';
import { armErrorOf } from '../events/arm-failure.js';
import { perfRefusal } from '../events/refused.js';
import type { StartFailure } from '../host/run-to-exec.js';
import type { StartedTarget, StartPlan, StartsTargets } from '../host/started-target.js';
import { stopCapabilities } from './capabilities.js';
import { StartedLifecycle } from './launched.js';
import { openLine } from './open-line.js';
import { StopSession } from './session.js';

export class StopEngine implements Engine, StartsTargets {
  readonly capabilities: Capabilities;
  readonly #isRefused: boolean;

  /** `isRefused`: perf events are, so that debug registers must do. */
  constructor(isRefused = perfRefusal() !== null) {
    this.#isRefused = isRefused;
    this.capabilities = stopCapabilities(ownPrivileges(), isRefused);
  }

  start(plan: StartPlan, inherit: Inherit): StartedTarget | StartFailure {
    raiseFileLimit();
    const link = openLine(this.#isRefused, { starts: true });
    try {
      const pid = link.call('start', plan, inherit);
      if (typeof pid !== 'number') {
        link.end();
        return pid;
      }
      const session = new StopSession(this.capabilities, { pid, tid: null, inherit }, link);
      return { pid, session, lifecycle: new StartedLifecycle(pid, link) };
    } catch (error) {
      link.end();
      throw error;
    }
  }

  open(target: EngineTarget): StopSession {
    try {
      raiseFileLimit();
      checkParent(target.pid);
      const link = openLine(this.#isRefused, { starts: false });
      try {
        link.call('attach', target);
        return new StopSession(this.capabilities, target, link);
      } catch (error) {
        link.end();
        throw error;
      }
    } catch (error) {
      throw armErrorOf(error, target.pid);
    }
  }
}

/** Node waits for the children that it has started, and would take their stops from the tracer, which is a thread of the same process. */
function checkParent(pid: number): void {
  if (processStatus(pid)?.parent !== process.pid) return;
  const hint = 'Start it with launch(), or from another process.';
  throw new ArmError(
    'unsupported',
    pid,
    new Error('it was started by this very process, whose own wait for it would take its stops'),
    hint,
  );
}
