// The bytes of a packed state as they grow: one buffer for all, because explorers pack millions of states.
import { highU32, lowU32 } from '../base/u64.js';

const scratch = new Uint8Array(1 << 16);
const words = new Int32Array(scratch.buffer);
let end = 0;

/** Begins afresh. */
export function begin(): void {
  end = 0;
}

/** What there is so far: a view that the next {@link begin} makes void. Throws RangeError where it was too much for the buffer. */
export function packed(): Uint8Array {
  if (end > scratch.length) throw new RangeError('the state is too large to be packed');
  return scratch.subarray(0, end);
}

/** Of what there is so far, four bytes at a time: FNV-1a in one half, a mixture of it in the other; 53 bits. */
export function digest(): number {
  let low = 0x811c_9dc5 ^ end;
  let high = 0x0107_4b1d;
  for (let pad = end; pad % 4 !== 0; pad++) scratch[pad] = 0;
  for (let at = 0; 4 * at < end; at++) {
    const word = words[at] ?? 0;
    low = Math.imul(low ^ word, 0x0100_0193);
    low ^= low >>> 15;
    high = Math.imul(high ^ word ^ (low >>> 7), 0x85eb_ca6b);
    high ^= high >>> 13;
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0);
}

/** An unsigned number below 2^53. */
export function put(value: number): void {
  if (value < 0x80) {
    scratch[end++] = value;
    return;
  }
  let rest = value;
  // Beyond 31 bits there are no shifts.
  while (rest >= 0x8000_0000) {
    scratch[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    scratch[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[end++] = rest;
}

/** A signed number. */
export function putSigned(value: number): void {
  put(value < 0 ? -value * 2 - 1 : value * 2);
}

/** Bytes as they are; few as a rule, for which a loop is quicker than the call of `set`. */
export function writeBytes(bytes: Uint8Array): void {
  if (bytes.length > 64) scratch.set(bytes, end);
  else for (let at = 0; at < bytes.length; at++) scratch[end + at] = bytes[at] ?? 0;
  end += bytes.length;
}

/** Pairs of halves: a mask of those that are not 0, then those. */
export function writeWords(words: readonly number[]): void {
  let mask = 0;
  for (let slot = 0; slot < 4; slot++) if (words[2 * slot] !== 0 || words[2 * slot + 1] !== 0) mask |= 1 << slot;
  put(mask);
  for (let slot = 0; slot < 4; slot++) {
    if (((mask >>> slot) & 1) === 0) continue;
    put((words[2 * slot] ?? 0) >>> 0);
    put((words[2 * slot + 1] ?? 0) >>> 0);
  }
}

/** Anything plain, word by word: for what is rarely there. Objects by the order of their keys, which their makers keep. */
export function writePlain(value: unknown): void {
  if (typeof value === 'number') putSigned(value);
  else if (typeof value === 'string') putText(value);
  else if (typeof value === 'boolean') put(value ? 1 : 0);
  else if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    put(fields.length);
    for (const [name, field] of fields) {
      putText(name);
      writePlain(field);
    }
  } else put(0);
}

export function putText(text: string): void {
  put(text.length);
  for (let at = 0; at < text.length; at++) put(text.charCodeAt(at));
}

export function putAll(numbers: readonly number[]): void {
  put(numbers.length);
  for (const number of numbers) putSigned(number);
}

export function putU64(value: bigint): void {
  put(lowU32(value));
  put(highU32(value));
}
