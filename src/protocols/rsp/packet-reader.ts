// Takes a stream of bytes apart into packets, acknowledgements and interrupts. Whatever comes, it goes on with the next packet; what it keeps of
// one that has not ended is bounded.
import { checksum } from './checksum.js';
import { numberOfHex } from './hex.js';
import { decodeContent, NOTIFICATION_START, PACKET_END, PACKET_START } from './packet.js';

/** What came. `content`: a byte string, escapes and repeats undone. */
export type Arrival =
  | { readonly kind: 'packet' | 'notification'; readonly content: string }
  | { readonly kind: 'ack' | 'nack' | 'interrupt' }
  /** A packet that did not come through, or is longer than was agreed on. */
  | { readonly kind: 'damaged'; readonly why: 'checksum' | 'too-long' | 'escape' };

const ACK = 0x2b;
const NACK = 0x2d;
const INTERRUPT = 0x03;
/** Digits of the checksum. */
const SUM_LENGTH = 2;

export class PacketReader {
  readonly #most: number;
  /** What has come since the start of the packet that is being read, without it; null between packets. */
  #body: number[] | null = null;
  #start = PACKET_START;
  /** Where `#` was in the body; null before it came. */
  #end: number | null = null;
  #isTooLong = false;

  /** `most`: bytes of one packet's content. */
  constructor(most: number) {
    this.#most = most;
  }

  /** All that has come to its end with `bytes`. */
  push(bytes: Uint8Array): Arrival[] {
    const arrivals: Arrival[] = [];
    for (const byte of bytes) {
      const arrival = this.#body === null ? this.#between(byte) : this.#within(byte, this.#body);
      if (arrival !== null) arrivals.push(arrival);
    }
    return arrivals;
  }

  #between(byte: number): Arrival | null {
    switch (byte) {
      case PACKET_START:
      case NOTIFICATION_START:
        this.#begin(byte);
        return null;
      case ACK:
        return { kind: 'ack' };
      case NACK:
        return { kind: 'nack' };
      case INTERRUPT:
        return { kind: 'interrupt' };
      default:
        // Noise between packets means nothing.
        return null;
    }
  }

  #begin(start: number): void {
    this.#body = [];
    this.#start = start;
    this.#end = null;
    this.#isTooLong = false;
  }

  #within(byte: number, body: number[]): Arrival | null {
    if (this.#end !== null) {
      body.push(byte);
      return body.length === this.#end + SUM_LENGTH ? this.#finish(body, this.#end) : null;
    }
    // An unescaped start: the packet before it was cut off.
    if (byte === PACKET_START) this.#begin(byte);
    else if (byte === PACKET_END) this.#end = body.length;
    // Escapes make two bytes of one.
    else if (body.length < 2 * this.#most) body.push(byte);
    else this.#isTooLong = true;
    return null;
  }

  #finish(body: number[], end: number): Arrival {
    this.#body = null;
    if (this.#isTooLong) return { kind: 'damaged', why: 'too-long' };
    const bytes = Uint8Array.from(body);
    const sum = numberOfHex(String.fromCharCode(...bytes.subarray(end)));
    if (sum !== checksum(bytes, 0, end)) return { kind: 'damaged', why: 'checksum' };
    return this.#content(bytes.subarray(0, end));
  }

  #content(bytes: Uint8Array): Arrival {
    let sent = '';
    for (const byte of bytes) sent += String.fromCharCode(byte);
    const content = decodeContent(sent, this.#most);
    if (content === null) return { kind: 'damaged', why: sent.length > this.#most ? 'too-long' : 'escape' };
    return { kind: this.#start === PACKET_START ? 'packet' : 'notification', content };
  }
}
