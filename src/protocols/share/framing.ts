// How messages follow each other on the socket: each is its length and its text. What does not fit ends the conversation, never the program.
//
//   0               4                 4 + length
//   +---------------+-----------------+
//   | length, u32   | JSON as UTF-8   |
//   | little-endian |                 |
//   +---------------+-----------------+

/** Bytes of one message at most. */
export const MOST_FRAME = 8 * 1024 * 1024;

const HEAD = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

/** `text` with its length. Throws RangeError beyond {@link MOST_FRAME}, which senders keep below. */
export function encodeFrame(text: string): Uint8Array {
  const body = encoder.encode(text);
  if (body.length > MOST_FRAME) throw new RangeError(`a message of ${body.length} bytes`);
  const frame = new Uint8Array(HEAD + body.length);
  new DataView(frame.buffer).setUint32(0, body.length, true);
  frame.set(body, HEAD);
  return frame;
}

/** Puts frames together from the pieces that a stream brings. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #length = 0;
  #broken: string | null = null;

  /** What is wrong with what came; null while nothing is. Nothing more is read then. */
  get problem(): string | null {
    return this.#broken;
  }

  /** Takes `piece`; returns the texts that are complete now. Keeps at most one frame and what came with its end. */
  push(piece: Uint8Array): string[] {
    if (this.#broken !== null) return [];
    this.#pieces.push(piece);
    this.#length += piece.length;
    const texts: string[] = [];
    for (let text = this.#next(); text !== null; text = this.#next()) texts.push(text);
    return texts;
  }

  #next(): string | null {
    if (this.#length < HEAD) return null;
    const head = this.#front(HEAD);
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
    if (length > MOST_FRAME) {
      this.#broken = `a message of ${length} bytes, above ${MOST_FRAME}`;
      this.#pieces = [];
      this.#length = 0;
      return null;
    }
    if (this.#length < HEAD + length) return null;
    const frame = this.#front(HEAD + length);
    const text = decoder.decode(frame.subarray(HEAD, HEAD + length));
    this.#drop(HEAD + length);
    return text;
  }

  /** The first piece, joined with those after it until it has `length` bytes. */
  #front(length: number): Uint8Array {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first;
    const joined = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [joined];
    return joined;
  }

  #drop(length: number): void {
    const [first] = this.#pieces;
    if (first === undefined) return;
    this.#length -= length;
    if (first.length > length) this.#pieces[0] = first.subarray(length);
    else this.#pieces.shift();
  }
}
