// hwbkpt find: the address of a variable without a name, by the values it takes.
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { BadValueError, Finder, InterruptedError, searchPath, soughtValue } from '../../session/find/index.js';
import type { Invocation } from '../command-spec.js';
import { STATUS, UsageError } from '../errors.js';
import { Dialogue } from '../find/dialogue.js';
import { type FindOptions, type FindTask, findOptions } from '../find/find-options.js';
import { countLine, jsonLines, type Looked, lookedLine, NONE_DID, placeLines, watchCommand } from '../find/found-text.js';
import { Progress } from '../find/progress.js';
import { printError, printLines } from '../output/print.js';

/** What one look has brought. */
interface Look {
  /** Null where only the places that were left have been read. */
  readonly looked: Looked | null;
  readonly gone: number;
}

export async function runFind(invocation: Invocation): Promise<number> {
  const options = findOptions(invocation);
  const asks = options.task.kind === 'begin' && !options.json && isatty(0) && isatty(2);
  using dialogue = asks ? new Dialogue(options.limit) : null;
  using progress = new Progress(() => dialogue?.stop());
  try {
    await run(options, dialogue, progress);
    return progress.interrupted ? INTERRUPTED : STATUS.OK;
  } catch (error) {
    // What was typed is no value of its type: nothing has been done yet.
    if (error instanceof BadValueError)
      throw new UsageError(error.message, { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error });
    if (!(error instanceof InterruptedError)) throw error;
    printError(`hwbkpt: ${error.message}\n`);
    return INTERRUPTED;
  }
}

/** As a shell has it for a command that Ctrl-C has ended. */
const INTERRUPTED = 128 + constants.signals.SIGINT;

async function run(options: FindOptions, dialogue: Dialogue | null, progress: Progress): Promise<void> {
  using finder = new Finder(options.target);
  progress.begin();
  const look = await lookAt(finder, options.task, progress);
  progress.clear();
  if (options.json) printLines(jsonLines(finder, { ...look, limit: options.limit, file: searchPath(options.target) }));
  else printLook(finder, look, options.limit);
  // Who has left no place may have mistyped: the search stays as it was.
  if (finder.count > 0 || look.looked !== null) finder.save();
  if (dialogue !== null) await ask(finder, dialogue, progress);
  if (!options.json) conclude(finder, dialogue !== null);
}

async function lookAt(finder: Finder, task: FindTask, progress: Progress): Promise<Look> {
  if (task.kind === 'narrow') {
    finder.resume();
    return { looked: null, gone: await finder.narrow(task.seen, progress) };
  }
  const start = performance.now();
  const { read, unreadable } = await finder.begin(soughtValue(task.value, task.type), task, progress);
  return { looked: { value: task.value, read, unreadable, seconds: (performance.now() - start) / 1000 }, gone: 0 };
}

function printLook(finder: Finder, { looked, gone }: Look, limit: number): void {
  if (looked !== null) printError(`hwbkpt: ${lookedLine(looked)}\n`);
  printLines([countLine(finder, looked, gone), ...placeLines(finder, limit)]);
  if (finder.count > 0) return;
  const advice = 'it may have another type (--type), lie at an odd address (--unaligned), or have changed meanwhile';
  printError(`hwbkpt: ${looked === null ? `${NONE_DID}: the search is kept as it was before` : advice}\n`);
}

async function ask(finder: Finder, dialogue: Dialogue, progress: Progress): Promise<void> {
  try {
    await dialogue.narrow(finder, progress);
  } finally {
    finder.save();
  }
}

/** The line that watches what is left, or how to go on. */
function conclude(finder: Finder, asked: boolean): void {
  const watch = watchCommand(finder);
  if (watch !== null && (finder.count === 1 || !asked)) printLines([watch]);
  if (finder.count <= 1) return;
  const whom = finder.target.kind === 'kernel' ? '--kernel' : `--pid ${finder.target.pid}`;
  printError(`hwbkpt: to go on when the value has changed: hwbkpt find --now VALUE ${whom}, or --changed, --unchanged\n`);
}
