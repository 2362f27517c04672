// Takes lines and writes them in order, never waiting for a slow reader: what does not fit waits, and beyond a limit is dropped and counted.
import type { Channel } from './channel.js';
import { LineQueue } from './line-queue.js';
import type { LineStart } from './line-start.js';
import { type OutputError, writeError } from './open-output.js';

/** A pipe takes this many bytes in one piece (PIPE_BUF): lines of two programs mix only between such pieces. */
const ATOMIC = 4096;
const LARGEST_PIECE = 256 * 1024;
/** A reader who takes nothing is asked again so many times at once, then after 1 ms, and less and less often up to every 32 ms. */
const EAGER_RETRIES = 8;
const LONGEST_RETRY_MS = 32;
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
  /** Characters that may wait. */
  readonly mostWaiting?: number;
}

export class LineSink {
  readonly fd: number;
  readonly lineStart: SinkOptions['lineStart'];
  readonly #name: string;
  readonly #channel: SinkOptions['channel'];
  readonly #onGone: () => void;
  readonly #queue: LineQueue;
  /** The rest of a piece that was written in part. */
  #rest: Uint8Array | null = null;
  /** Cancels what is planned; null while nothing is. */
  #pending: (() => void) | null = null;
  /** Since the reader last took something. */
  #retries = 0;
  #heldSince: number | null = null;
  /** Writing has begun and goes on until nothing waits. */
  #draining = false;
  #gone = false;
  #failure: OutputError | null = null;
  #idle: (() => void)[] = [];

  constructor({ channel, name, lineStart, onGone, mostWaiting }: SinkOptions) {
    this.fd = channel.fd;
    this.lineStart = lineStart;
    this.#name = name;
    this.#channel = channel;
    this.#onGone = onGone;
    this.#queue = new LineQueue(mostWaiting);
  }

  /** Lines that were dropped because the reader was too slow. */
  get dropped(): number {
    return this.#queue.dropped;
  }

  /** Nobody reads any more, or writing has failed. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Why writing has failed; null where it has not, or the reader only closed its end. */
  get failure(): OutputError | null {
    return this.#failure;
  }

  /** Queues a line (without its newline), unless too much is waiting. */
  offer(line: string): void {
    if (!this.#gone) this.#queue.offer(line);
  }

  /** Queues a line whatever is waiting. */
  line(line: string): void {
    if (!this.#gone) this.#queue.add(line);
  }

  /** Writes what is queued, as far as the reader takes it; holds it back a little where that saves empty lines. */
  push(): void {
    if (this.#pending === null) this.#work(false);
  }

  /** Writes `text` as it is, after what is queued; false where the reader does not take it now. It must leave the cursor at column 0. */
  draw(text: string): boolean {
    if (this.#pending !== null) return false;
    this.#work(true);
    if (this.#gone || this.#rest !== null) return false;
    this.lineStart.reached();
    this.#rest = this.#write(Buffer.from(text));
    if (this.#rest !== null) this.#retryLater(false);
    return true;
  }

  /** Resolves when everything queued is written, or the reader is gone. */
  async flush(): Promise<void> {
    this.#pending?.();
    this.#pending = null;
    const written = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#work(true);
    await written;
  }

  /** {@link flush}, and lets go of the descriptor. */
  async end(): Promise<void> {
    await this.flush();
    this.#gone = true;
    this.#channel[Symbol.dispose]();
  }

  /** `final`: holds nothing back. */
  #work(final: boolean): void {
    while (!this.#gone && (this.#rest !== null || !this.#queue.isEmpty)) {
      if (!final && !this.#draining && this.#holdsBack()) return;
      this.#draining = true;
      this.#rest = this.#write(this.#rest ?? Buffer.from(this.#nextPiece()));
      if (this.#rest !== null) {
        this.#retryLater(final);
        return;
      }
    }
    this.#draining = false;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  #holdsBack(): boolean {
    if (this.lineStart.kind === 'terminal' || this.lineStart.needed() === '') return false;
    this.#heldSince ??= performance.now();
    const left = this.#heldSince + HOLD_MS - performance.now();
    if (left <= 0) return false;
    this.#later(left, false);
    return true;
  }

  #nextPiece(): string {
    const lead = this.lineStart.needed();
    const text = this.#queue.take(this.lineStart.kind === 'none' ? LARGEST_PIECE : ATOMIC - lead.length);
    this.#heldSince = null;
    this.lineStart.reached();
    return `${lead}${text}`;
  }

  /** What is left of `piece`; null where all of it was taken, or nothing ever will be. */
  #write(piece: Uint8Array): Uint8Array | null {
    try {
      for (let at = 0; at < piece.length; ) {
        const outcome = this.#channel.write(piece.subarray(at));
        if (outcome === 'full') return piece.subarray(at);
        if (outcome === 'gone') return this.#end(null);
        at += outcome;
        this.#retries = 0;
      }
      return null;
    } catch (error) {
      return this.#end(writeError(this.#name, error));
    }
  }

  #end(failure: OutputError | null): null {
    this.#gone = true;
    this.#failure = failure;
    this.#queue.clear();
    // Not from within a write: whoever is told may write again.
    setImmediate(this.#onGone);
    return null;
  }

  #retryLater(final: boolean): void {
    const milliseconds = 2 ** (this.#retries++ - EAGER_RETRIES);
    this.#later(milliseconds < 1 ? 0 : Math.min(milliseconds, LONGEST_RETRY_MS), final);
  }

  #later(milliseconds: number, final: boolean): void {
    const work = (): void => {
      this.#pending = null;
      this.#work(final);
    };
    if (milliseconds > 0) {
      const timer = setTimeout(work, milliseconds);
      this.#pending = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(work);
      this.#pending = () => clearImmediate(immediate);
    }
  }
}
