// The command line: parses by the command table, runs one command, and turns every error into a message and a status.
import { Command, CommanderError, Option } from 'commander';
import { AssertionError } from '../base/assert.js';
import { HwbkptError } from '../base/errors.js';
import { COMMANDS, type CommandSpec } from './command-table.js';
import { STATUS, UsageError } from './errors.js';
import { versionText } from './version.js';

/** Runs `hwbkpt` with `args` (without node and script); resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
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

type Action = (spec: CommandSpec, values: readonly string[], options: Record<string, string | boolean | undefined>) => Promise<void>;

/** The parser, made from the command table. */
export function buildProgram(action: Action): Command {
  const program = new Command('hwbkpt')
    .description("Who touches this piece of memory? Watches variables of running programs with the processor's debug registers.")
    .version(versionText(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const spec of COMMANDS) addCommand(program, spec, action);
  program.addHelpText('after', '\nA first try: hwbkpt demo');
  return program;
}

function addCommand(program: Command, spec: CommandSpec, action: Action): void {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  if (spec.launches) command.usage(`${spec.arguments.map(({ syntax }) => syntax).join(' ')} [options] (-p PID | -- COMMAND [ARG...])`);
  for (const { syntax, description } of spec.arguments) command.argument(syntax, description);
  for (const option of spec.options) {
    const made = new Option(option.flags, option.description);
    if (option.choices !== undefined) made.choices([...option.choices]);
    if (option.default !== undefined) made.default(option.default);
    command.addOption(made);
  }
  command.addHelpText(
    'after',
    `\nExamples:\n${spec.examples.map(({ command: line, meaning }) => `  ${line}\n      ${meaning}`).join('\n')}`,
  );
  command.action(async () => action(spec, command.args, command.opts()));
}

/** Prints an error for people; returns the status it ends with. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return STATUS.OK;
    if (error.code === 'commander.help') return STATUS.USAGE;
    printError(error.message.replace(/^error: /, ''), 'See `hwbkpt --help`, or `hwbkpt COMMAND --help`.');
    return STATUS.USAGE;
  }
  if (error instanceof HwbkptError) {
    printError(error.message, error.hint);
    return error instanceof UsageError || error.code === 'bad-expression' ? STATUS.USAGE : STATUS.FAILED;
  }
  if (error instanceof AssertionError)
    printError(`internal error: ${error.stack ?? error.message}`, 'This is a bug of hwbkpt: please report it with this text.');
  else
    printError(
      `unexpected: ${error instanceof Error ? (process.env['HWBKPT_DEBUG'] ? error.stack : error.message) : String(error)}`,
      'Set HWBKPT_DEBUG=1 to see where.',
    );
  return STATUS.FAILED;
}

function printError(message: string, hint: string | undefined): void {
  process.stderr.write(`hwbkpt: ${message}\n`);
  if (hint !== undefined) process.stderr.write(`${hint.replace(/^/gm, '  ')}\n`);
}
