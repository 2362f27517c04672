// Launches a program, held before its first instruction until it is armed.
import type { Engine } from '../engines/contract.js';
import { HeldProcess } from '../engines/host/held-process.js';
import { launchedLifecycle } from '../engines/host/lifecycle.js';
import { type StartsTargets, startsTargets } from '../engines/host/started-target.js';
import { makesTargets, type OwnTarget } from '../engines/own-target.js';
import { checkCommand } from './check-command.js';
import { chooseEngine } from './choose-engine.js';
import { explainArmFailure } from './diagnostics.js';
import { BadRequestError, CannotLaunchError } from './errors.js';
import { openLiveProgram } from './live-program.js';
import type { TargetOptions } from './options.js';
import { openOwnProgram } from './own-program.js';
import { Target } from './target.js';

/**
 * Starts `argv[0]` (looked up in PATH like a shell does) with this process's standard descriptors, environment and directory,
 * and holds it before its first instruction. It runs on with Target.resume, or when somebody iterates over one of its watches.
 * Throws CannotLaunchError, WrongArchitectureError, NoPermissionError, BadRequestError.
 */
export async function launch(argv: readonly string[], options: TargetOptions = {}): Promise<Target> {
  const [command] = argv;
  if (command === undefined) throw new BadRequestError('no command to launch');
  const { engine } = await chooseEngine(options.engine ?? 'auto');
  if (makesTargets(engine)) return ownTarget(engine.launch(argv, options.inherit ?? 'threads'), options);
  checkCommand(command);
  if (startsTargets(engine)) return startedTarget(engine, argv, options);
  const held = HeldProcess.start(argv, process.env, options.surroundings);
  if (!(held instanceof HeldProcess)) throw failedExec(command, held.status);
  try {
    return hold(held, engine, options);
  } catch (error) {
    held.abandon();
    throw explainArmFailure(error);
  }
}

/** A target that its engine starts and holds. */
async function startedTarget(engine: Engine & StartsTargets, argv: readonly string[], options: TargetOptions): Promise<Target> {
  const started = startOrExplain(engine, argv, options);
  if ('kind' in started) throw failedExec(argv[0] ?? '', started.status);
  const { pid, session, lifecycle } = started;
  try {
    return new Target({ session, lifecycle, program: openLiveProgram(pid), options });
  } catch (error) {
    lifecycle.abandon();
    await session[Symbol.asyncDispose]();
    throw explainArmFailure(error);
  }
}

function startOrExplain(engine: StartsTargets, argv: readonly string[], options: TargetOptions): ReturnType<StartsTargets['start']> {
  try {
    const { surroundings, inherit = 'threads' } = options;
    return engine.start({ argv, environment: { ...process.env }, surroundings }, inherit);
  } catch (error) {
    throw explainArmFailure(error);
  }
}

/** A target that its engine has made. */
function ownTarget(own: OwnTarget, options: TargetOptions): Target {
  const { session, lifecycle, threadIds, threadName } = own;
  return new Target({ session, program: openOwnProgram(own), lifecycle, options, facts: { threadIds, threadName } });
}

function hold(held: HeldProcess, engine: Engine, options: TargetOptions): Target {
  const program = openLiveProgram(held.pid);
  try {
    const session = engine.open({ pid: held.pid, tid: null, inherit: options.inherit ?? 'threads' });
    return new Target({ session, program, lifecycle: launchedLifecycle(held), options });
  } catch (error) {
    program[Symbol.dispose]();
    throw error;
  }
}

/** Why the exec of `command` came to nothing; a shell's words may stand above. */
function failedExec(command: string, status: number): CannotLaunchError {
  if (status > 128)
    return new CannotLaunchError(command, `the kernel ended it with signal ${status - 128} while loading it`, {
      hint: 'Its file is damaged or cut short: build or install it again.',
    });
  return new CannotLaunchError(command, `its exec failed (status ${status})`, {
    hint: 'Is it a program for this machine, is its interpreter installed, and does its file system allow programs?',
  });
}
