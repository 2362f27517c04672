// The owner's socket: everyone who connects gets a conversation, as long as there are not too many.
import type { Socket } from 'node:net';
import { answerText, encodeFrame } from '../../protocols/share/index.js';
import { Conversation, type ShareHost } from './conversation.js';
import { NotSharedError } from './errors.js';
import { refusalOf } from './refusals.js';

/** ms that the last news may take to those who have joined, when the owner leaves. */
const PARTING = 1000;

export class Owner {
  readonly #host: Promise<ShareHost>;
  readonly #most: number;
  readonly #open = new Map<Conversation, Promise<void>>();

  /** `most`: so many may have joined at a time. */
  constructor(host: Promise<ShareHost>, most: number) {
    this.#host = host;
    this.#most = most;
  }

  /** Takes one who has connected. */
  visit(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#open.size >= this.#most) {
      const refusal = refusalOf(new NotSharedError(`it has ${this.#most} clients already, and takes no more`));
      socket.end(encodeFrame(answerText({ type: 'failed', id: 1, refusal })));
      return;
    }
    const conversation = new Conversation(this.#host, {
      send: (frame) => void socket.write(frame),
      get waiting() {
        return socket.writableLength;
      },
      end: () => void socket.end(),
    });
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        this.#open.delete(conversation);
        conversation.hungUp();
        resolve();
      });
    });
    this.#open.set(conversation, closed);
    socket.on('data', (bytes) => conversation.receive(bytes));
  }

  /** How many have joined. */
  get clients(): number {
    return this.#open.size;
  }

  /** Tells everyone that nothing more comes; resolves when they know, or after a second. */
  async leave(because: string): Promise<void> {
    const open = [...this.#open];
    if (open.length === 0) return;
    for (const [conversation] of open) conversation.leave(because);
    let timer: NodeJS.Timeout | null = null;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PARTING);
    });
    await Promise.race([Promise.all(open.map(([, closed]) => closed)), patience]);
    if (timer !== null) clearTimeout(timer);
  }
}
