// One open descriptor, written to without ever waiting for its reader, and without changing it for others who write there too.
//
// Making a pipe or terminal non-blocking would do so for everybody who shares it, the launched program first. Opening it once more through
// /proc gives a description of our own; sockets cannot be opened like that, but take a flag with each call.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { LinuxError } from '../../linux/errno.js';
import { growPipe } from '../../linux/pipe-size.js';
import { sendNow } from '../../linux/send.js';

/** How a write went: bytes taken; `full`: none now; `gone`: nobody reads any more. */
export type Outcome = number | 'full' | 'gone';

export class Channel implements Disposable {
  readonly fd: number;
  readonly #own: number | null;
  readonly #isSocket: boolean;
  /** A pipe that has not been full yet. */
  #canGrow: boolean;

  /** Writes to `fd`, which stays the caller's. */
  constructor(fd: number) {
    this.fd = fd;
    const stat = fstatSync(fd);
    this.#isSocket = stat.isSocket();
    this.#canGrow = stat.isFIFO();
    this.#own = stat.isFIFO() || isatty(fd) ? openAgain(fd) : null;
  }

  /** Writes what can be taken of `bytes` now. Throws what the system said where it cannot be written at all. */
  write(bytes: Uint8Array): Outcome {
    try {
      return this.#isSocket ? sendNow(this.fd, bytes) : writeSync(this.#own ?? this.fd, bytes);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EAGAIN') return this.#grow() ? this.write(bytes) : 'full';
      if (code === 'EPIPE' || code === 'ECONNRESET') return 'gone';
      throw error;
    }
  }

  /** Hits come in bursts that are larger than what a pipe holds to begin with. */
  #grow(): boolean {
    if (!this.#canGrow) return false;
    this.#canGrow = false;
    growPipe(this.fd);
    return true;
  }

  [Symbol.dispose](): void {
    if (this.#own !== null) closeSync(this.#own);
  }
}

/** Null where that is not allowed: the terminal of another user, no /proc. Writes may wait then. */
function openAgain(fd: number): number | null {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof LinuxError) return error.errno;
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
