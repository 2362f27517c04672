// A connection without a socket: bytes go in, and what the server sends is read as a debugger would read it.
import { Duplex } from 'node:stream';
import { bytesOf, encodePacket, PacketReader } from '../../src/protocols/rsp/index.js';
import { Connection } from '../../src/servers/gdb/connection.js';
import { plainLine } from '../../src/servers/gdb/line.js';
import type { SessionOptions } from '../../src/servers/gdb/session.js';
import type { Client } from '../../src/session/debug/index.js';

/** Longer than anything the server sends. */
const MOST = 0x1_0000;
const PATIENCE = 10_000;

const OPTIONS: SessionOptions = { int3: false, stepBy: 'breakpoint', followsChildren: true, attached: true };

export class Talk implements AsyncDisposable {
  /** Contents of packets that came and have not been taken. */
  readonly answers: string[] = [];
  readonly notices: string[] = [];
  /** What the server says to people. */
  readonly said: string[] = [];
  acks = 0;
  nacks = 0;
  readonly #stream: Duplex;
  readonly #finished: Promise<void>;
  readonly #reader = new PacketReader(MOST);
  #heard: () => void = () => undefined;

  constructor(client: Client, options: Partial<SessionOptions> = {}) {
    this.#stream = new Duplex({
      read: () => undefined,
      write: (bytes: Uint8Array, _, done) => {
        this.#take(bytes);
        done();
      },
    });
    const connection = new Connection({
      stream: this.#stream,
      line: plainLine(this.#stream),
      client,
      options: { ...OPTIONS, ...options },
      say: (line) => void this.said.push(line),
    });
    this.#finished = connection.finished();
  }

  #take(bytes: Uint8Array): void {
    for (const arrival of this.#reader.push(bytes)) {
      if (arrival.kind === 'packet') this.answers.push(arrival.content);
      else if (arrival.kind === 'notification') this.notices.push(arrival.content);
      else if (arrival.kind === 'ack') this.acks++;
      else if (arrival.kind === 'nack') this.nacks++;
      else throw new Error(`the server sent ${JSON.stringify(arrival)}`);
    }
    this.#heard();
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#stream.push(bytes);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.raw(Uint8Array.of(3));
  }

  send(content: string): void {
    this.raw(encodePacket(content));
  }

  /** Sends a packet and takes the next one that comes. */
  async ask(content: string): Promise<string> {
    this.send(content);
    return await this.next();
  }

  /** Several, of which the answers are not wanted. */
  async agree(...contents: readonly string[]): Promise<void> {
    for (const content of contents) await this.ask(content);
  }

  /** The next packet, when it has come. */
  async next(): Promise<string> {
    await this.until(() => this.answers.length > 0);
    return this.answers.shift() ?? '';
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`nothing came; answers ${this.answers.join(' ')}, notices ${this.notices.join(' ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** True once the server has closed it. */
  get isClosed(): boolean {
    return this.#stream.destroyed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.destroy();
    await this.#finished;
  }
}

/** `text` as hex. */
export function hex(text: string): string {
  return Buffer.from(bytesOf(text)).toString('hex');
}
