// The text that a process prints, collected from its start, with a wait for what is still to come.
import type { Readable } from 'node:stream';

const DEFAULT_PATIENCE_MS = 20_000;

/** One output stream of a process. */
export class OutputText {
  #text = '';
  #closed = false;
  readonly #listeners = new Set<() => void>();

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#tell();
    });
    stream?.on('close', () => {
      this.#closed = true;
      this.#tell();
    });
  }

  /** All text so far. */
  get text(): string {
    return this.#text;
  }

  /** Complete lines so far. */
  get lines(): string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** The first complete line that matches, as soon as it is there. Rejects at the end of the output, or after `patience` milliseconds. */
  waitForLine(pattern: RegExp, patience = DEFAULT_PATIENCE_MS): Promise<string> {
    return new Promise((resolve, reject) => {
      const giveUp = (why: string): void => {
        stop();
        reject(new Error(`no line like ${pattern} ${why}; there was:\n${this.#text}`));
      };
      const timer = setTimeout(() => giveUp(`within ${patience} ms`), patience);
      const look = (): void => {
        const line = this.lines.find((candidate) => pattern.test(candidate));
        if (line !== undefined) {
          stop();
          resolve(line);
        } else if (this.#closed) giveUp('before the end');
      };
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      this.#listeners.add(look);
      look();
    });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
