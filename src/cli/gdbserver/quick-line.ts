// The stream to a debugger, served without sleep while a conversation goes on: gdb asks ten questions at a stop, each as soon as it has the last
// answer, and to be woken for one costs more than to answer it. So the next one is looked for a little before the thread sleeps.
//
// Node reads the same socket on the same thread, when it is told that something came; what was taken here it does not find any more.
import type { Duplex } from 'node:stream';
import { receiveNow } from '../../linux/receive.js';
import { sendNow } from '../../linux/send.js';
import { lookFor } from '../../linux/short-wait.js';
import type { Line } from '../../servers/gdb/index.js';

/** us that the next packet is looked for: gdb's time between two questions, and its way through the loopback. */
const PATIENCE = 80;
const BUFFER_BYTES = 1 << 16;

/** What Node does not show of a socket; absent where it is no socket, or is closed. */
interface Underneath {
  readonly _handle?: { readonly fd?: number } | null;
}

export class QuickLine implements Line {
  readonly #stream: Duplex;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  get #fd(): number | null {
    const fd = (this.#stream as Underneath)._handle?.fd;
    return fd === undefined || fd < 0 ? null : fd;
  }

  /** Sends at once what can be; Node sends the rest. */
  write(bytes: Uint8Array): void {
    if (!this.#stream.writable) return;
    const sent = this.#sendAtOnce(bytes);
    if (sent < bytes.length) this.#stream.write(bytes.subarray(sent));
  }

  #sendAtOnce(bytes: Uint8Array): number {
    const fd = this.#fd;
    if (fd === null || this.#stream.writableLength > 0) return 0;
    try {
      return sendNow(fd, bytes);
    } catch {
      // Node meets the same error, and tells those who listen for it.
      return 0;
    }
  }

  /** What comes in the next moment; null: nothing has. The bytes are good until the next call. */
  look(): Uint8Array | null {
    const fd = this.#fd;
    return fd === null || this.#stream.isPaused() ? null : lookFor(() => this.#take(fd), PATIENCE);
  }

  #take(fd: number): Uint8Array | null {
    const length = receiveNow(fd, this.#buffer);
    return length === 0 ? null : this.#buffer.subarray(0, length);
  }
}
