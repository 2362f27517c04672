// Engines that trace their targets start them themselves: a thread that traces may hold only what it has started to trace itself.
import type { Surroundings } from '../../linux/surroundings.js';
import type { Inherit } from '../../model/access.js';
import type { Engine, EngineSession } from '../contract.js';
import type { Lifecycle } from './lifecycle.js';
import type { StartFailure } from './run-to-exec.js';

/** A program that was started, and stands at its exec. Who has it disposes of the session. */
export interface StartedTarget {
  readonly pid: number;
  readonly session: EngineSession;
  readonly lifecycle: Lifecycle;
}

/** How a program is started. */
export interface StartPlan {
  /** argv[0] is looked up in PATH when it has no slash. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly surroundings: Surroundings | undefined;
}

export interface StartsTargets {
  /** Starts a program and holds it before its first instruction. Throws LinuxError or ArmError where it cannot be traced. */
  start(plan: StartPlan, inherit: Inherit): StartedTarget | StartFailure;
}

/** Whether `engine` starts programs itself. */
export function startsTargets(engine: Engine): engine is Engine & StartsTargets {
  return 'start' in engine;
}
