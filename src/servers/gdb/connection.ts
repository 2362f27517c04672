// One connection: takes the stream apart, acknowledges, has packets answered one after the other, and keeps to what is sent in between.
import type { Duplex } from 'node:stream';
import { type Arrival, encodeNotification, encodePacket, PacketReader } from '../../protocols/rsp/index.js';
import type { Client } from '../../session/debug/index.js';
import { answer } from './dispatch.js';
import type { Line } from './line.js';
import type { Peer } from './peer.js';
import { GdbSession, type SessionOptions } from './session.js';
import { PACKET_SIZE } from './settings.js';

export interface ConnectionParts {
  readonly stream: Duplex;
  /** To and from that stream. */
  readonly line: Line;
  readonly client: Client;
  readonly options: SessionOptions;
  /** For people. */
  say(line: string): void;
}

const ACK = Uint8Array.of(0x2b);
const NACK = Uint8Array.of(0x2d);

/** Packets that may wait while one is answered: whoever sends more without waiting for answers does not speak the protocol. */
const MOST_WAITING = 1000;

/** Ctrl-C; it waits its turn: what it is to interrupt may be a packet that is just being answered. */
const INTERRUPT = Symbol('interrupt');

export class Connection implements Peer {
  readonly #stream: Duplex;
  readonly #line: Line;
  readonly #reader = new PacketReader(PACKET_SIZE);
  readonly #session: GdbSession;
  readonly #parts: ConnectionParts;
  readonly #waiting: (string | typeof INTERRUPT)[] = [];
  readonly #over: Promise<void>;
  #isAnswering = false;
  /** The debugger has what it waited for, and asks for more soon. */
  #isAwaiting = false;
  #acknowledges = true;
  /** Said by the packet that is being answered: its own answer is acknowledged still. */
  #isLastAcknowledged = false;
  #isClosing = false;
  /** To be sent again where it did not come through. */
  #last: Uint8Array | null = null;

  constructor(parts: ConnectionParts) {
    const { stream, line, client, options } = parts;
    this.#parts = parts;
    this.#stream = stream;
    this.#line = line;
    this.#session = new GdbSession(client, this, options);
    this.#over = new Promise((resolve) => {
      stream.on('close', resolve);
      stream.on('end', () => this.#end());
      stream.on('error', () => stream.destroy());
    });
    stream.on('data', (bytes: Uint8Array) => this.#take(bytes));
  }

  /** Resolves when the other side has gone, and everything of it is let go of. */
  async finished(): Promise<void> {
    await this.#over;
    await this.#session.leave();
  }

  #end(): void {
    this.#stream.destroy();
  }

  #take(bytes: Uint8Array): void {
    for (const arrival of this.#reader.push(bytes)) this.#arrived(arrival);
  }

  #arrived(arrival: Arrival): void {
    switch (arrival.kind) {
      case 'packet':
        if (this.#acknowledges) this.#line.write(ACK);
        this.#wait(arrival.content);
        break;
      case 'damaged':
        if (this.#acknowledges) this.#line.write(NACK);
        break;
      case 'nack':
        if (this.#acknowledges && this.#last !== null) this.#line.write(this.#last);
        break;
      case 'interrupt':
        this.#wait(INTERRUPT);
        break;
      case 'ack':
      case 'notification':
        break;
    }
  }

  #wait(asked: string | typeof INTERRUPT): void {
    this.#waiting.push(asked);
    if (this.#waiting.length > MOST_WAITING) this.#end();
    else if (!this.#isAnswering) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#isAnswering = true;
    for (let content = this.#next(); content !== undefined; content = this.#next()) {
      if (content === INTERRUPT) {
        this.#session.steering.interrupt();
        continue;
      }
      const reply = await answer(this.#session, content);
      // Where no answer was given, the target runs: nothing is asked before it stops.
      this.#isAwaiting = reply !== null;
      if (reply !== null) this.send(reply);
      if (this.#isLastAcknowledged) this.#acknowledges = false;
      if (this.#isClosing) this.#finishSending();
    }
    this.#isAnswering = false;
  }

  #next(): string | typeof INTERRUPT | undefined {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined || this.#isClosing || !this.#isAwaiting) return waiting;
    const bytes = this.#line.look();
    if (bytes !== null) this.#take(bytes);
    return this.#waiting.shift();
  }

  send(content: string): void {
    this.#last = encodePacket(content);
    this.#line.write(this.#last);
    // A stop reply: what the debugger asks about it comes soon.
    this.#isAwaiting = true;
    if (!this.#isAnswering) void this.#answerAll();
  }

  notify(content: string): void {
    this.#line.write(encodeNotification(content));
  }

  stopAcknowledging(): void {
    this.#isLastAcknowledged = true;
  }

  /** After the answer that is being made. */
  close(): void {
    this.#isClosing = true;
    if (!this.#isAnswering) this.#finishSending();
  }

  #finishSending(): void {
    if (this.#stream.writable) this.#stream.end(() => this.#stream.destroy());
  }

  say(line: string): void {
    this.#parts.say(line);
  }
}
