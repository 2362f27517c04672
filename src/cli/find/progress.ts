// How far a long search is, in one line that is drawn over itself, and the end of it by Ctrl-C.
import { isatty } from 'node:tty';
import { ownSurroundings } from '../../linux/surroundings.js';
import { InterruptedError, type Monitor } from '../../session/find/index.js';
import { Interrupts } from '../interrupts.js';
import { printError } from '../output/print.js';
import { bytesText } from './found-text.js';

const STDERR = 2;
/** A search that is over sooner (ms) says nothing. */
const PATIENCE_MS = 400;
const REDRAW_MS = 100;

/** Follows the searches of one call. Hold it with `using`. */
export class Progress implements Monitor, Disposable {
  readonly #interrupts: Interrupts;
  readonly #terminal = isatty(STDERR);
  #start = performance.now();
  #drawn = 0;

  /** `onInterrupt`: for what waits for something else than a search. */
  constructor(onInterrupt: () => void) {
    this.#interrupts = new Interrupts({ ignored: ownSurroundings().ignoredSignals, onFirst: onInterrupt });
  }

  /** True once Ctrl-C was pressed. */
  get interrupted(): boolean {
    return this.#interrupts.happened;
  }

  /** A search begins. */
  begin(): void {
    this.#start = performance.now();
    this.#drawn = 0;
  }

  async progress(done: number, total: number): Promise<void> {
    // Signals are taken between the turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.interrupted) {
      this.clear();
      throw new InterruptedError(`interrupted after ${bytesText(done)} of ${bytesText(total)}`, {
        hint: 'The search is as it was before this look.',
      });
    }
    this.#draw(done, total);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn > 0) printError('\r\u001b[K');
    this.#drawn = 0;
  }

  #draw(done: number, total: number): void {
    const now = performance.now();
    if (!this.#terminal || now - this.#start < PATIENCE_MS || now - this.#drawn < REDRAW_MS) return;
    printError(`\rhwbkpt: ${bytesText(done)} of ${bytesText(total)} searched (${Math.floor((100 * done) / total)} %)\u001b[K`);
    this.#drawn = now;
  }

  [Symbol.dispose](): void {
    this.clear();
    this.#interrupts[Symbol.dispose]();
  }
}
