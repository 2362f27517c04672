// Strings in sections: decoded for people, hashed in place for the index.
import { DwarfError } from '../error.js';

/** Longer strings are a sign of broken offsets; the longest real names (C++ templates) stay far below. */
const LONGEST = 1 << 20;
const decoder = new TextDecoder();

/** The NUL-terminated UTF-8 string at `at`. Throws DwarfError outside the section or without a NUL. */
export function stringAt(bytes: Uint8Array, at: number): string {
  const whole = bytesAt(bytes, at);
  return decoder.decode(whole.subarray(0, whole.length - 1));
}

/** The bytes of the NUL-terminated string at `at`, its NUL included. Throws DwarfError outside the section or without a NUL. */
export function bytesAt(bytes: Uint8Array, at: number): Uint8Array {
  if (!(at >= 0 && at < bytes.length)) throw new DwarfError(`string offset 0x${at.toString(16)} is outside its section`);
  const nul = bytes.indexOf(0, at);
  if (nul < 0 || nul - at > LONGEST) throw new DwarfError(`string without end at 0x${at.toString(16)}`);
  return bytes.subarray(at, nul + 1);
}

const FNV_START = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/** Bytes that count for a hash: enough to tell names apart, few enough for a file whose entries all share one endless string. */
const HASHED = 256;

/** FNV-1a hash of (the first 256 bytes of) the NUL-terminated string at `at`; equals {@link hashOf} of the decoded string. */
export function hashAt(bytes: Uint8Array, at: number): number {
  let hash = FNV_START;
  const end = Math.min(bytes.length, at + HASHED);
  for (let i = at; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, FNV_PRIME);
  }
  return hash >>> 0;
}

/** FNV-1a hash of (the first 256 bytes of) the UTF-8 form of `text`. */
export function hashOf(text: string): number {
  let hash = FNV_START;
  let left = HASHED;
  for (const character of text) {
    for (const byte of utf8(character.codePointAt(0) ?? 0)) {
      if (left-- <= 0) return hash >>> 0;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
  }
  return hash >>> 0;
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), tail(code)];
  if (code < 0x1_0000) return [0xe0 | (code >> 12), tail(code >> 6), tail(code)];
  return [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)];
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f);
}
