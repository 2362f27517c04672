// Messages in a stream of bytes: a header that says how long the JSON behind it is. What is no header ends the connection; a message that is no
// JSON is left out.
//
//     Content-Length: 119\r\n
//     \r\n
//     {"seq":153,"type":"request","command":"next","arguments":{"threadId":3}}

/** Bytes of a header, and of a message. */
const LONGEST_HEADER = 4096;
const LONGEST_MESSAGE = 64 << 20;
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/** What came in. */
export interface FrameSink {
  message(value: unknown): void;
  /** A frame of what is no JSON. */
  garbled(): void;
}

/** Takes a stream apart. */
export class FrameReader {
  readonly #sink: FrameSink;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Of the message that is coming; -1: a header is. */
  #wanted = -1;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** The next bytes. False: this is no stream of messages, and nothing more can be made of it. */
  push(bytes: Uint8Array): boolean {
    this.#chunks.push(Buffer.from(bytes));
    this.#length += bytes.length;
    if (this.#wanted >= 0 && this.#length < this.#wanted) return true;
    let rest = Buffer.concat(this.#chunks);
    for (;;) {
      const used = this.#wanted < 0 ? this.#header(rest) : this.#message(rest);
      if (used < 0) return false;
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return true;
  }

  /** Bytes used; 0: more must come; -1: no header. */
  #header(bytes: Buffer): number {
    const end = bytes.indexOf(END_OF_HEADER);
    if (end < 0) return bytes.length > LONGEST_HEADER ? -1 : 0;
    if (end > LONGEST_HEADER) return -1;
    const length = /^content-length: *(\d{1,9})\s*$/im.exec(bytes.toString('latin1', 0, end))?.[1];
    if (length === undefined || Number(length) > LONGEST_MESSAGE) return -1;
    this.#wanted = Number(length);
    return end + END_OF_HEADER.length;
  }

  #message(bytes: Buffer): number {
    const length = this.#wanted;
    if (bytes.length < length) return 0;
    this.#wanted = -1;
    this.#take(bytes.toString('utf8', 0, length));
    // An empty message is nothing, and leaves its header used.
    return length === 0 ? this.#header(bytes) : length;
  }

  #take(text: string): void {
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#sink.garbled();
      return;
    }
    this.#sink.message(value);
  }
}

/** A message with its header. */
export function framed(message: object): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${json.length}\r\n\r\n`), json]);
}
