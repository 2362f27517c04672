// find on a terminal: asks what the value does next, until one place is left or the asker has seen enough.
import { createInterface, type Interface } from 'node:readline';
import { HwbkptError } from '../../base/errors.js';
import { type Finder, InterruptedError, type Seen } from '../../session/find/index.js';
import { printError, printLines } from '../output/print.js';
import { plural } from '../output/text.js';
import { countLine, NONE_DID, placeLines, watchCommand } from './found-text.js';
import type { Progress } from './progress.js';

const PROMPT = 'the value now, or c (changed), u (unchanged), l (list), q (quit): ';
/** What `l` shows. */
const LISTED = 100;

type Answer = { readonly kind: 'seen'; readonly seen: Seen } | { readonly kind: 'list' | 'quit' | 'help' };

function answerOf(line: string): Answer {
  const text = line.trim();
  switch (text) {
    case 'c':
    case 'changed':
      return { kind: 'seen', seen: { kind: 'changed' } };
    case 'u':
    case 'unchanged':
      return { kind: 'seen', seen: { kind: 'unchanged' } };
    case 'l':
    case 'list':
      return { kind: 'list' };
    case 'q':
    case 'quit':
      return { kind: 'quit' };
    case '':
    case '?':
    case 'h':
    case 'help':
      return { kind: 'help' };
    default:
      return { kind: 'seen', seen: { kind: 'now', was: null, now: text } };
  }
}

/** The questions and answers. Hold it with `using`. */
export class Dialogue implements Disposable {
  readonly #lines: Interface;
  readonly #limit: number;

  /** `limit`: places shown after each answer. */
  constructor(limit: number) {
    this.#limit = limit;
    // Without a terminal of its own, so that the kernel edits the line and Ctrl-C is a signal.
    this.#lines = createInterface({ input: process.stdin, terminal: false });
  }

  /** No more questions. */
  stop(): void {
    this.#lines.close();
  }

  /** Goes on until at most one place is left, or somebody wants no more. */
  async narrow(finder: Finder, progress: Progress): Promise<void> {
    if (finder.count <= 1) return;
    printError(PROMPT);
    for await (const line of this.#lines) {
      const answer = answerOf(line);
      if (answer.kind === 'quit') return;
      if (answer.kind === 'list') printLines(placeLines(finder, LISTED));
      if (answer.kind === 'seen') await this.#look(finder, answer.seen, progress);
      if (finder.count <= 1) return;
      printError(PROMPT);
    }
    printError('\n');
  }

  async #look(finder: Finder, seen: Seen, progress: Progress): Promise<void> {
    progress.begin();
    let gone: number;
    try {
      gone = await finder.narrow(seen, progress);
    } catch (error) {
      if (error instanceof InterruptedError || !(error instanceof HwbkptError) || error.code !== 'bad-value') throw error;
      printError(`hwbkpt: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
      return;
    } finally {
      progress.clear();
    }
    if (finder.count === 0) {
      finder.undo();
      printError(`hwbkpt: ${NONE_DID}; ${plural(finder.count, 'place')} as before\n`);
      return;
    }
    const watch = watchCommand(finder);
    printLines([countLine(finder, null, gone), ...placeLines(finder, this.#limit), ...(finder.count > 1 && watch !== null ? [watch] : [])]);
  }

  [Symbol.dispose](): void {
    this.#lines.close();
  }
}
