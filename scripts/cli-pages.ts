// The pages of docs/cli as text, from the command table: one for each command, and an index. Pure.
import type { ArgumentSpec, CommandSpec, OptionSpec } from '#hwbkpt/cli/command-spec.js';
import { markdownTable as table } from './markdown-table.js';

/** Stands at the top of every page. */
const GENERATED = '<!-- Made from src/cli/command-table.ts by `npm run docs`: change it there. -->';

/** File name to contents. */
export function cliPages(commands: readonly CommandSpec[]): Map<string, string> {
  const pages = new Map(commands.map((command) => [`${command.name}.md`, commandPage(command)]));
  return pages.set('index.md', indexPage(commands));
}

function indexPage(commands: readonly CommandSpec[]): string {
  const rows = commands.map(({ name, summary }) => [`[\`${name}\`](${name}.md)`, summary]);
  return joined([
    '# Commands',
    table(['command', 'does'], rows),
    'Every command takes `-h, --help`; `hwbkpt --version` prints the version.',
    '## Exit status',
    table(
      ['status', 'meaning'],
      [
        ["the command's own", 'with `-- COMMAND`; 128 + N when signal N killed it'],
        ['0', 'with `--pid`, and when a command that watches nothing did its work'],
        ['2', 'wrong usage'],
        ['3', 'with `--strict`, instead of 0: something was lost, changed unseen, or was not covered'],
        ['125', 'hwbkpt itself failed: the message says why, and what would help'],
        ['130', 'a second Ctrl-C: left at once'],
      ],
    ),
    'Hits go to standard output, or where `-o` says; all other text goes to standard error. With `--json` the armed line, events and the summary are JSON too and go where the hits go; errors stay on standard error. See [json.md](../json.md).',
  ]);
}

function commandPage(command: CommandSpec): string {
  return joined([
    `# hwbkpt ${command.name}`,
    command.description,
    codeBlock('text', [usageLine(command)]),
    ...argumentSection(command.arguments),
    ...optionSection(command.options),
    '## Examples',
    ...command.examples.map(({ command: line, meaning }) => `${capital(meaning)}:\n\n${codeBlock('sh', [line])}`),
    '[All commands](index.md)',
  ]);
}

function usageLine({ name, arguments: parts, options, launches }: CommandSpec): string {
  const words = ['hwbkpt', name, ...parts.map(({ syntax }) => syntax)];
  if (options.length > 0) words.push('[options]');
  if (launches) words.push('(-p PID | -- COMMAND [ARG...])');
  return words.join(' ');
}

function argumentSection(parts: readonly ArgumentSpec[]): string[] {
  if (parts.length === 0) return [];
  const rows = parts.map(({ syntax, description }) => [`\`${syntax}\``, description]);
  return ['## Arguments', table(['argument', 'meaning'], rows)];
}

function optionSection(options: readonly OptionSpec[]): string[] {
  if (options.length === 0) return [];
  const rows = options.map((option) => [`\`${option.flags}\``, option.description, limits(option)]);
  return ['## Options', table(['option', 'meaning', 'values'], rows)];
}

/** The choices, with the default in bold. */
function limits({ choices, default: standard }: OptionSpec): string {
  if (choices === undefined) return standard === undefined ? '' : `default \`${standard}\``;
  return choices.map((choice) => (choice === standard ? `**\`${choice}\`**` : `\`${choice}\``)).join(', ');
}

function codeBlock(language: string, lines: readonly string[]): string {
  return `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function joined(parts: readonly string[]): string {
  return `${[GENERATED, ...parts].join('\n\n')}\n`;
}
