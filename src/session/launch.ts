// Launches a program, held before its first instruction until it is armed.
import { accessSync, constants, statSync } from 'node:fs';
import { HeldProcess } from '../engines/host/held-process.js';
import { launchedLifecycle } from '../engines/host/lifecycle.js';
import { chooseEngine } from './choose-engine.js';
import { explainArmFailure } from './diagnostics.js';
import { BadRequestError, CannotLaunchError } from './errors.js';
import { openLiveProgram } from './live-program.js';
import type { TargetOptions } from './options.js';
import { Target } from './target.js';

/**
 * Starts `argv[0]` (looked up in PATH like a shell does) with this process's standard descriptors, environment and directory,
 * and holds it before its first instruction. It runs on with Target.resume, or when somebody iterates over one of its watches.
 * Throws CannotLaunchError, WrongArchitectureError, NoPermissionError, BadRequestError.
 */
export async function launch(argv: readonly string[], options: TargetOptions = {}): Promise<Target> {
  const [command] = argv;
  if (command === undefined) throw new BadRequestError('no command to launch');
  const engine = chooseEngine(options.engine ?? 'auto');
  checkCommand(command);
  const held = HeldProcess.start(argv, process.env);
  if (!(held instanceof HeldProcess))
    throw new CannotLaunchError(command, `its exec failed (status ${held.status})`, {
      hint: 'Is it a program for this machine, and is its interpreter installed?',
    });
  try {
    const program = openLiveProgram(held.pid);
    const session = engine.open({ pid: held.pid, tid: null, inherit: options.inherit ?? 'threads' });
    return new Target({ session, program, lifecycle: launchedLifecycle(held), options });
  } catch (error) {
    held.abandon();
    throw explainArmFailure(error);
  }
}

/** Throws CannotLaunchError with the reason a shell would have, before anything is started. */
function checkCommand(command: string): void {
  const candidates = command.includes('/')
    ? [command]
    : (process.env['PATH'] ?? '/usr/bin:/bin').split(':').map((folder) => `${folder === '' ? '.' : folder}/${command}`);
  const existing = candidates.filter((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  if (existing.some((path) => isExecutable(path))) return;
  const [found] = existing;
  if (found === undefined)
    throw new CannotLaunchError(command, 'no such command', {
      hint: command.includes('/') ? 'Check the path.' : 'It is not in PATH; give its path.',
    });
  throw new CannotLaunchError(command, statSync(found).isDirectory() ? 'it is a directory' : 'it is not executable', {
    hint: `See \`ls -l ${found}\`; \`chmod +x\` makes a file executable.`,
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
