// Where hits go: writes whole lines without ever blocking the collector, and says when the reader has gone.
import { closeSync, fstatSync, openSync, write } from 'node:fs';
import { HwbkptError } from '../base/errors.js';
import { UsageError } from './errors.js';

/** The output file cannot be written. */
export class OutputError extends HwbkptError {
  readonly code = 'output';
}

/** A pipe takes this much in one piece (PIPE_BUF): lines of two programs mix only between such pieces. */
const ATOMIC = 4096;
/** Text waiting for a slow reader, in characters, before hits are dropped and counted. */
const MOST_WAITING = 64 * 1024 * 1024;
const RETRY_MS = 5;

/** One open output. Lines are written in order; {@link flush} waits for all of them. */
export class LineSink {
  readonly #fd: number;
  readonly #close: boolean;
  /** Put before each piece, because the target may have left the cursor in the middle of a line. */
  readonly #lead: string;
  readonly #pieceLimit: number;
  readonly #onGone: () => void;
  #waiting: string[] = [];
  #waitingLength = 0;
  #writing = false;
  #gone = false;
  #dropped = 0;
  #idle: (() => void)[] = [];

  /** `onGone` is called once, when the reader has closed its end. `lead`: see {@link lineStart}. */
  constructor(output: { readonly fd: number; readonly close: boolean; readonly lead: string; readonly onGone: () => void }) {
    this.#fd = output.fd;
    this.#close = output.close;
    this.#lead = output.lead;
    this.#pieceLimit = output.lead === '' ? Number.POSITIVE_INFINITY : ATOMIC;
    this.#onGone = output.onGone;
  }

  /** Lines that were dropped because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Queues `line` (without its newline). */
  line(line: string): void {
    if (this.#gone) return;
    if (this.#waitingLength > MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
  }

  /** Starts writing what is queued. */
  push(): void {
    if (this.#writing || this.#waiting.length === 0 || this.#gone) return;
    this.#writing = true;
    this.#writeAll(Buffer.from(this.#takePiece()), 0);
  }

  #takePiece(): string {
    let count = 0;
    for (let length = this.#lead.length; count < this.#waiting.length; count++) {
      length += (this.#waiting[count]?.length ?? 0) + 1;
      if (count > 0 && length > this.#pieceLimit) break;
    }
    const lines = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count);
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count);
    const piece = `${this.#lead}${lines.join('\n')}\n`;
    this.#waitingLength -= piece.length - this.#lead.length;
    return piece;
  }

  #writeAll(bytes: Buffer, from: number): void {
    write(this.#fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#writeAll(bytes, from), RETRY_MS);
      else if (error !== null) this.#readerGone();
      else if (from + written < bytes.length) this.#writeAll(bytes, from + written);
      else this.#pieceDone();
    });
  }

  #pieceDone(): void {
    this.#writing = false;
    if (this.#waiting.length > 0) this.push();
    else this.#signalIdle();
  }

  #readerGone(): void {
    this.#writing = false;
    this.#gone = true;
    this.#waiting = [];
    this.#signalIdle();
    this.#onGone();
  }

  #signalIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  /** Resolves when everything queued is written, or the reader is gone. */
  async flush(): Promise<void> {
    this.push();
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Writes the rest and closes the file, if it is ours to close. */
  async end(): Promise<void> {
    await this.flush();
    if (this.#close) closeSync(this.#fd);
  }
}

/** The descriptor `-o` names: stdout without it, an open descriptor for `fd:N`, else a new file. Throws UsageError, OutputError. */
export function openOutput(name: string | undefined): { readonly fd: number; readonly close: boolean } {
  if (name === undefined) return { fd: 1, close: false };
  const descriptor = /^fd:(\d+)$/.exec(name);
  if (descriptor !== null) return { fd: checkDescriptor(Number(descriptor[1])), close: false };
  try {
    return { fd: openSync(name, 'w', 0o644), close: true };
  } catch (error) {
    throw new OutputError(`cannot write to ${name}`, { cause: error, hint: error instanceof Error ? error.message : String(error) });
  }
}

function checkDescriptor(fd: number): number {
  try {
    fstatSync(fd);
    return fd;
  } catch {
    throw new UsageError(`descriptor ${fd} is not open`, { hint: `Open it in the shell: hwbkpt ... -o fd:${fd} ${fd}>file` });
  }
}
