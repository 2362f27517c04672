// The parser of the command line, made from the command table.
import { Command, Option } from 'commander';
import type { CommandSpec, Invocation, OptionSpec } from './command-spec.js';
import { COMMANDS } from './command-table.js';
import { UsageError } from './errors.js';
import { printError, printLines } from './output/print.js';
import { versionText } from './version.js';

/** What to do with a command that has been read. */
export type Action = (spec: CommandSpec, values: readonly string[], options: Invocation['options']) => Promise<void>;

/** Reads what stands before `--`. Errors in usage are thrown, as CommanderError or UsageError. */
export function buildProgram(action: Action): Command {
  const program = quiet(new Command('hwbkpt'))
    .description("Who touches this piece of memory? Watches variables of running programs with the processor's debug registers.")
    .version(versionText(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', '\nA first try: hwbkpt demo');
  for (const spec of COMMANDS) addCommand(program, spec, action);
  return program;
}

/** Errors are thrown and not printed; help is printed without making a stream of standard output. */
function quiet(command: Command): Command {
  return command
    .helpOption('-h, --help', 'print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printLines([text.replace(/\n$/, '')]),
      writeErr: printError,
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function addCommand(program: Command, spec: CommandSpec, action: Action): void {
  const command = quiet(program.command(spec.name)).summary(spec.summary).description(spec.description);
  if (spec.launches)
    command.usage(`${spec.arguments.map(({ syntax }) => syntax).join(' ')} [options] (-p PID | --kernel | -- COMMAND [ARG...])`);
  for (const { syntax, description } of spec.arguments) command.argument(syntax, description);
  for (const option of spec.options) command.addOption(optionOf(option));
  command.addHelpText(
    'after',
    `\nExamples:\n${spec.examples.map(({ command: line, meaning }) => `  ${line}\n      ${meaning}`).join('\n')}`,
  );
  command.action(async () => action(spec, command.args, command.opts()));
}

function optionOf({ flags, description, choices, default: preset }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) {
    option.choices([...choices]);
    option.argParser((value: string) => checkedChoice(option.long ?? flags, value, choices));
  }
  return preset === undefined ? option : option.default(preset);
}

function checkedChoice(name: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  if (name === '--access' && value === 'r')
    throw new UsageError('x86 processors have no breakpoint for reads alone', {
      hint: 'Use --access rw: reads and writes, and each line says which it was.',
    });
  throw new UsageError(`${name} takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not ${JSON.stringify(value)}`);
}
