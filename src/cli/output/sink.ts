// Takes lines and writes them in order, never waiting for a slow reader: what does not fit waits, and beyond a limit is dropped and counted.
import type { Channel } from './channel.js';
import type { LineStart } from './line-start.js';
import { type OutputError, writeError } from './open-output.js';

/** A pipe takes this much in one piece (PIPE_BUF): lines of two programs mix only between such pieces. */
const ATOMIC = 4096;
const LARGEST_PIECE = 256 * 1024;
/** Text waiting for a slow reader, in characters, before hits are dropped and counted. */
const MOST_WAITING = 64 * 1024 * 1024;
const RETRY_MS = 1;
/** How long lines are held back where each piece needs a newline of ours before it. */
const HOLD_MS = 100;

/** What a sink needs to know. */
export interface SinkOptions {
  /** Owned by the sink. */
  readonly channel: Pick<Channel, 'fd' | 'write'> & Disposable;
  /** Of the output, for messages. */
  readonly name: string;
  readonly lineStart: Pick<LineStart, 'kind' | 'needed' | 'reached' | 'disturbed'>;
  /** Called once: the reader has closed its end, or writing has failed. */
  readonly onGone: () => void;
  /** Characters that may wait; default 64 Mi. */
  readonly mostWaiting?: number;
}

export class LineSink {
  readonly fd: number;
  readonly #name: string;
  readonly #channel: SinkOptions['channel'];
  readonly lineStart: SinkOptions['lineStart'];
  readonly #onGone: () => void;
  readonly #mostWaiting: number;
  #waiting: string[] = [];
  /** Index in `waiting` of the first line not yet taken. */
  #next = 0;
  #waitingLength = 0;
  /** The rest of a piece that was written in part. */
  #rest: Uint8Array | null = null;
  #timer: NodeJS.Timeout | null = null;
  #heldSince: number | null = null;
  /** Writing has begun and goes on until nothing waits. */
  #draining = false;
  #state: 'open' | 'gone' = 'open';
  #failure: OutputError | null = null;
  #dropped = 0;
  #idle: (() => void)[] = [];

  constructor(options: SinkOptions) {
    this.fd = options.channel.fd;
    this.#name = options.name;
    this.#channel = options.channel;
    this.lineStart = options.lineStart;
    this.#onGone = options.onGone;
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
  }

  /** Lines that were dropped because the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Nobody reads any more, or writing has failed. */
  get gone(): boolean {
    return this.#state === 'gone';
  }

  /** Why writing has failed; null where it has not, or the reader only closed its end. */
  get failure(): OutputError | null {
    return this.#failure;
  }

  /** Queues a line (without its newline), unless too much is waiting. */
  offer(line: string): void {
    if (this.#waitingLength <= this.#mostWaiting) this.line(line);
    else this.#dropped++;
  }

  /** Queues a line whatever is waiting. */
  line(line: string): void {
    if (this.#state === 'gone') return;
    this.#waiting.push(line);
    this.#waitingLength += line.length + 1;
  }

  /** Writes what is queued, as far as the reader takes it; holds it back a little where that saves empty lines. */
  push(): void {
    if (this.#timer === null) this.#work(false);
  }

  /** Writes `text` as it is, after what is queued; false where the reader does not take it now. It must leave the cursor at column 0. */
  draw(text: string): boolean {
    if (this.#timer !== null) return false;
    this.#work(true);
    if (this.#state === 'gone' || this.#rest !== null) return false;
    this.lineStart.reached();
    const piece = Buffer.from(text);
    const taken = this.#write(piece);
    if (taken === piece.length) return true;
    this.#rest = piece.subarray(taken);
    this.#later(RETRY_MS, false);
    return true;
  }

  #work(final: boolean): void {
    while (this.#state === 'open' && (this.#rest !== null || this.#next < this.#waiting.length)) {
      if (!final && !this.#draining && this.#holdsBack()) return;
      this.#draining = true;
      const piece = this.#rest ?? Buffer.from(this.#takePiece());
      const taken = this.#write(piece);
      this.#rest = taken < piece.length ? piece.subarray(taken) : null;
      if (this.#state === 'open' && taken < piece.length) {
        this.#later(RETRY_MS, final);
        return;
      }
    }
    this.#draining = false;
    this.#signalIdle();
  }

  #holdsBack(): boolean {
    if (this.lineStart.kind === 'terminal' || this.lineStart.needed() === '') return false;
    this.#heldSince ??= performance.now();
    const left = this.#heldSince + HOLD_MS - performance.now();
    if (left <= 0) return false;
    this.#later(left, false);
    return true;
  }

  #later(milliseconds: number, final: boolean): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#work(final);
    }, milliseconds);
  }

  #takePiece(): string {
    const lead = this.lineStart.needed();
    const limit = this.lineStart.kind === 'none' ? LARGEST_PIECE : ATOMIC;
    const from = this.#next;
    let length = lead.length;
    for (; this.#next < this.#waiting.length; this.#next++) {
      length += (this.#waiting[this.#next]?.length ?? 0) + 1;
      if (this.#next > from && length > limit) break;
    }
    const piece = `${lead}${this.#waiting.slice(from, this.#next).join('\n')}\n`;
    this.#waitingLength -= piece.length - lead.length;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    this.#heldSince = null;
    this.lineStart.reached();
    return piece;
  }

  /** Bytes of `piece` that were taken. */
  #write(piece: Uint8Array): number {
    try {
      for (let at = 0; at < piece.length; ) {
        const outcome = this.#channel.write(piece.subarray(at));
        if (outcome === 'gone') this.#end(null);
        if (typeof outcome !== 'number') return at;
        at += outcome;
      }
    } catch (error) {
      this.#end(writeError(this.#name, error));
      return 0;
    }
    return piece.length;
  }

  #end(failure: OutputError | null): void {
    this.#state = 'gone';
    this.#failure = failure;
    this.#waiting = [];
    this.#next = 0;
    this.#rest = null;
    // Not from within a write: whoever is told may write again.
    setImmediate(this.#onGone);
  }

  #signalIdle(): void {
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  /** Resolves when everything queued is written, or the reader is gone. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const written = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#work(true);
    await written;
  }

  /** {@link flush}, and lets go of the descriptor. */
  async end(): Promise<void> {
    await this.flush();
    this.#state = 'gone';
    this.#channel[Symbol.dispose]();
  }
}
