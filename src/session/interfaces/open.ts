// Opens a running process for the designs' own interfaces.
import { present } from '../../base/assert.js';

import type { Engine, EngineSession } from '../../engines/contract.js';
import { ArmError } from '../../engines/errors.js';
import type { Rules } from '../../facility/index.js';
import { chooseEngine } from '../choose-engine.js';
import { explainArmFailure } from '../diagnostics.js';
import { BadRequestError } from '../errors.js';
import { checkRules, LiveKernel } from './live-kernel.js';

/** How a process is opened. */
export interface OpenOptions {
  /** Whose rules hold: hwbkpt, netbsd, netbsd-2016 or freebsd of `hwbkpt/machine`'s KERNELS. */
  readonly rules: Rules;
  /** Default `breakpoint`. */
  readonly stepBy?: 'breakpoint' | 'trap-flag' | undefined;
  /** Whether requests of the kernel's can be made too (registerKernel); default false: they are answered EPERM. */
  readonly kernel?: boolean | undefined;
}

/**
 * Takes over all threads of process `pid` and what it makes: nothing is armed yet, and nobody stops. Not for a child of this very Node process,
 * which would take its stops. Rejects with EngineUnavailableError, BadRequestError, NoSuchProcessError, NoPermissionError.
 */
export async function openLiveKernel(pid: number, { rules, stepBy = 'breakpoint', kernel = false }: OpenOptions): Promise<LiveKernel> {
  checkRules(rules);
  const { engine } = await chooseEngine('stop');
  const ofKernel = kernel ? await openKernel() : null;
  try {
    const threads = openThreads(engine, pid);
    const control = present(threads.control, 'control of a session whose engine stops its target');
    return new LiveKernel({ threads, control, kernel: ofKernel }, { rules, stepBy });
  } catch (error) {
    await ofKernel?.[Symbol.asyncDispose]();
    throw error;
  }
}

function openThreads(engine: Engine, pid: number): EngineSession {
  try {
    return engine.open({ pid, tid: null, inherit: 'children' });
  } catch (error) {
    throw error instanceof ArmError ? explainArmFailure(error) : error;
  }
}

async function openKernel(): Promise<EngineSession> {
  const { engine } = await chooseEngine('auto', 'kernel');
  const session = engine.openKernel?.();
  if (session === undefined) throw new BadRequestError(`engine ${engine.capabilities.name} cannot watch the kernel`);
  return session;
}
