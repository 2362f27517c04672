// Watches the kernel itself, on all CPUs.
import type { EngineSession } from '../engines/contract.js';
import { ArmError } from '../engines/errors.js';
import type { Lifecycle } from '../engines/host/lifecycle.js';
import type { WatchInfo } from '../model/hit.js';
import { chooseEngine } from './choose-engine.js';
import { BadRequestError, CannotArmError } from './errors.js';
import { explainKernelRefusal } from './kernel-advice.js';
import { KernelProgram } from './kernel-program.js';
import type { KernelOptions } from './options.js';
import { Target } from './target.js';

/** Whose memory a session that watches the kernel reads: there is no process 0. */
const KERNEL = 0;

/**
 * Begins to watch the kernel; nothing is armed yet. Names are those of /proc/kallsyms and of `vmlinux`, if given: addresses of that file are
 * moved to where the running kernel is.
 * Throws EngineUnavailableError, BadRequestError for an engine that cannot, CannotArmError, NotAKernelFileError, WrongVmlinuxError,
 * KernelAddressesHiddenError.
 */
export async function attachKernel(options: KernelOptions = {}): Promise<Target> {
  const { engine } = await chooseEngine(options.engine ?? 'auto', 'kernel');
  const session = openSession(() => engine.openKernel?.() ?? null, engine.capabilities.name);
  try {
    const read = (address: bigint, length: number) => session.readMemory(KERNEL, address, length);
    const program = new KernelProgram({ read, vmlinux: options.vmlinux ?? null, measures: true });
    const explain = (error: unknown, info: WatchInfo) => explainKernelRefusal(error, { info, hasKprobes: () => program.hasKprobes });
    return new Target({ session, program, lifecycle: KERNEL_LIFE, options, facts: NOBODY, explain });
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

function openSession(open: () => EngineSession | null, engine: string): EngineSession {
  try {
    const session = open();
    if (session !== null) return session;
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    const text = error.cause instanceof Error ? error.cause.message : error.message;
    throw new CannotArmError(`the kernel cannot be watched here: ${text}`, {
      hint: 'Run `hwbkpt doctor` to see what works.',
      cause: error,
    });
  }
  throw new BadRequestError(`engine ${engine} cannot watch the kernel`, { hint: 'Another one may: --engine auto tries them.' });
}

/** It was there before us, and outlives us. */
const KERNEL_LIFE: Lifecycle = {
  held: false,
  release: () => undefined,
  abandon: () => undefined,
  advance: () => undefined,
  poll: () => null,
};

/** Each hit says whose it is; nobody is looked up. */
const NOBODY = { threadIds: () => [], threadName: () => null };
