// The command line: reads it by the command table, runs one command, and turns every error into a message and a status.
import { writeFileSync } from 'node:fs';
import { STATUS, UsageError } from './errors.js';
import { buildProgram } from './parser.js';
import { report } from './report.js';

/** Runs `hwbkpt` with `args` (without node and script); resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  // Nothing may end in a stack trace, also what goes wrong between the steps of a run.
  process.on('uncaughtException', (error) => process.exit(report(error)));
  nameProcess();
  const split = args.indexOf('--');
  const own = split < 0 ? args : args.slice(0, split);
  const command = split < 0 ? null : args.slice(split + 1);
  let status: number = STATUS.OK;
  const program = buildProgram(async (spec, values, options) => {
    if (command !== null && !spec.launches) throw new UsageError(`hwbkpt ${spec.name} takes no command after --`);
    const run = await spec.load();
    status = await run({ arguments: values, options, command });
  });
  try {
    await program.parseAsync(own, { from: 'user' });
    return status;
  } catch (error) {
    return report(error);
  }
}

/** Who looks for holders of debug registers is to read this name, not `node`. */
function nameProcess(): void {
  try {
    writeFileSync('/proc/self/comm', 'hwbkpt');
  } catch {
    // No /proc, no name.
  }
}
