// Ways to a target that is made to be shared.
import { attach } from '../attach.js';
import { launch } from '../launch.js';
import type { TargetOptions } from '../options.js';
import { SharedTarget } from './shared-target.js';

/** Who watches when no client does: nobody. */
const NOBODY = 'hwbkpt';

/** Stopping takes the engine that can, unless another one is asked for. */
function withControl(options: TargetOptions): TargetOptions {
  return { ...options, engine: options.engine ?? 'stop' };
}

/**
 * As attach, for clients: the engine is `stop` unless said otherwise. The leave of the last client lets go of the process.
 * Throws what attach throws.
 */
export async function attachShared(pid: number, options: TargetOptions = {}): Promise<SharedTarget> {
  return new SharedTarget(await attach(pid, withControl(options)), { disposes: true, owner: NOBODY });
}

/**
 * As launch, for clients: the program stands before its first instruction, held by the first client that controls.
 * Throws what launch throws.
 */
export async function launchShared(argv: readonly string[], options: TargetOptions = {}): Promise<SharedTarget> {
  return new SharedTarget(await launch(argv, withControl(options)), { disposes: true, owner: NOBODY });
}
