// The two places a run prints to: hits to standard output or `-o`, notes to standard error. Where both are one terminal, pipe or file, one sink
// writes them, so that they come in order.
import { fstatSync } from 'node:fs';
import type { RunTarget } from '../servers/share/index.js';
import { Channel } from './output/channel.js';
import { isSameFile, LineStart } from './output/line-start.js';
import { LineSink } from './output/sink.js';
import { WrittenCount } from './output/written-count.js';

const STDERR = 2;

export class Streams {
  readonly hits: LineSink;
  readonly #notes: LineSink;
  readonly #lineStarts: readonly LineStart[];
  readonly #written: WrittenCount;

  /** `onGone`: nobody reads the hits any more. */
  constructor(output: { readonly fd: number; readonly name: string }, target: RunTarget, onGone: () => void) {
    this.#written = new WrittenCount(target.pid);
    const sharer = { pid: target.pid, held: target.held, written: this.#written };
    const hitStart = LineStart.between(output.fd, sharer);
    this.hits = new LineSink({ channel: new Channel(output.fd), name: output.name, lineStart: hitStart, onGone });
    if (isSameFile(fstatSync(output.fd), fstatSync(STDERR))) {
      this.#notes = this.hits;
      this.#lineStarts = [hitStart];
    } else {
      const noteStart = LineStart.between(STDERR, sharer);
      this.#notes = new LineSink({
        channel: new Channel(STDERR),
        name: 'standard error',
        lineStart: noteStart,
        onGone: () => undefined,
      });
      this.#lineStarts = [hitStart, noteStart];
    }
  }

  /** A line for people, beside the hits. */
  note(text: string): void {
    this.#notes.line(`hwbkpt: ${text}`);
  }

  push(): void {
    this.hits.push();
    this.#notes.push();
  }

  /** The target has made a process that may print, too. */
  forked(): void {
    for (const start of this.#lineStarts) start.forked();
  }

  /** Ctrl-C has been pressed, and where there is a terminal it shows that. */
  echoed(): void {
    for (const start of this.#lineStarts) start.echoed();
  }

  /** Writes the rest. */
  async end(): Promise<void> {
    await this.hits.end();
    if (this.#notes !== this.hits) await this.#notes.end();
    this.#written[Symbol.dispose]();
  }
}
