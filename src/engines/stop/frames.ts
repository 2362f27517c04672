// Values through a pipe, each in a frame of its own, written and read with the whole thread waiting.
//
//   0 length of the rest u32, little-endian | 4 the value as node:v8 serializes it
import { readSync, writeSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

const HEADER_BYTES = 4;

/** Throws the error of write(2) (EPIPE: nobody reads any more). */
export function writeFrame(fd: number, value: unknown): void {
  const body = serialize(value);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.writeUInt32LE(body.length);
  body.copy(frame, HEADER_BYTES);
  for (let written = 0; written < frame.length; ) written += writeSync(fd, frame, written);
}

/** The next value; null where the other end is closed. */
export function readFrame(fd: number): { readonly value: unknown } | null {
  const header = readExactly(fd, HEADER_BYTES);
  const body = header === null ? null : readExactly(fd, header.readUInt32LE());
  return body === null ? null : { value: deserialize(body) };
}

function readExactly(fd: number, length: number): Buffer | null {
  const bytes = Buffer.allocUnsafe(length);
  for (let got = 0; got < length; ) {
    const count = readSync(fd, bytes, got, length - got, null);
    if (count === 0) return null;
    got += count;
  }
  return bytes;
}
