// Every error becomes a message for people and an exit status; never a stack trace, unless HWBKPT_DEBUG asks for it.
import { CommanderError } from 'commander';
import { AssertionError } from '../base/assert.js';
import { HwbkptError } from '../base/errors.js';
import { PartError } from '../expressions/index.js';
import { RemoteError } from '../servers/share/errors.js';
import { STATUS, UsageError } from './errors.js';
import { printError } from './output/print.js';
import { visible } from './output/visible.js';

const BUG = 'This is a bug of hwbkpt: please report it, with what HWBKPT_DEBUG=1 adds to this text.';

/** Errors about something that was typed. */
const BAD_TEXT: readonly string[] = ['bad-expression', 'bad-condition'];

/** Prints what is wrong and what to do; returns the status to end with. */
export function report(error: unknown): number {
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof HwbkptError) {
    print(error, error.message, [markedPart(error), error.hint].filter((text) => text !== undefined).join('\n') || undefined);
    return error instanceof UsageError || BAD_TEXT.includes(error.code) ? STATUS.USAGE : STATUS.FAILED;
  }
  const message = error instanceof Error ? error.message : String(error);
  print(error, error instanceof AssertionError ? `internal error: ${message}` : `unexpected error: ${message}`, BUG);
  return STATUS.FAILED;
}

/** The expression with a caret below what the error is about, where that is a part of it. */
function markedPart(error: HwbkptError): string | undefined {
  const marked = error instanceof RemoteError || (error instanceof PartError && error.position !== 0) ? error.marked : null;
  return marked?.split('\n').map(visible).join('\n');
}

function reportUsage(error: CommanderError): number {
  if (error.exitCode === 0) return STATUS.OK;
  // Help instead of a command has been printed already.
  if (error.code === 'commander.help') return STATUS.USAGE;
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  print(
    error,
    message,
    [...more.map((line) => line.replace(/^\((.*)\)$/, '$1')), 'See `hwbkpt --help`, or `hwbkpt COMMAND --help`.'].join('\n'),
  );
  return STATUS.USAGE;
}

function print(error: unknown, message: string, hint: string | undefined): void {
  printError(`hwbkpt: ${message}\n${hint === undefined ? '' : `${hint.replace(/^/gm, '  ')}\n`}`);
  if (process.env['HWBKPT_DEBUG'] && error instanceof Error) printError(`${error.stack ?? ''}\n`);
}
