// hwbkpt inside a shell's pipes and redirections, and on a terminal.
import { inject } from 'vitest';
import { type Ended, ManagedProcess, type StartOptions } from '../helpers/managed-process.js';
import { HWBKPT } from '../helpers/paths.js';

const PATIENCE_MS = 30_000;

/** Throws where dist/ is not what the sources say. */
function checkDist(): void {
  const problem = inject('distProblem');
  if (problem !== null) throw new Error(problem);
}

/** A bash script in which `hwbkpt` is a function that runs it, and $1, $2 ... are `args`. */
export class ShellRun extends ManagedProcess {
  constructor(script: string, args: readonly string[] = [], options: StartOptions = {}) {
    checkDist();
    super('bash', ['-c', `hwbkpt() { "${process.execPath}" "${HWBKPT}" "$@"; }\n${script}`, 'bash', ...args], options);
  }
}

/** Runs a script to its end. */
export async function runShell(script: string, args: readonly string[] = [], options: StartOptions = {}): Promise<Ended> {
  await using run = new ShellRun(script, args, options);
  return await run.finishedWithin(PATIENCE_MS);
}

/** A command as one word of a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** hwbkpt on a terminal of its own, made by script(1); what it shows is standard output. `send` types. */
export class TerminalRun extends ManagedProcess {
  constructor(args: readonly string[], size: { readonly columns: number; readonly rows: number }) {
    checkDist();
    // Which shell script(1) takes is the environment's choice, and not each makes way for its last command: dash would end with its own status.
    const command = [process.execPath, HWBKPT, ...args].map(quoted).join(' ');
    super('script', ['-qefc', `stty cols ${size.columns} rows ${size.rows}; exec ${command}`, '/dev/null'], {
      stdin: 'pipe',
      environment: { TERM: 'xterm', NO_COLOR: '1' },
    });
  }
}
