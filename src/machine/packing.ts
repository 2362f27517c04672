// The bytes of a packed state as they grow: one buffer for all, because explorers pack millions of states.
import { highU32, lowU32 } from '../base/u64.js';

const scratch = new Uint8Array(1 << 16);
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

/** An unsigned number below 2^53. */
export function put(value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    scratch[end++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  scratch[end++] = rest;
}

/** A signed number. */
export function putSigned(value: number): void {
  put(value < 0 ? -value * 2 - 1 : value * 2);
}

export function writeBytes(bytes: Uint8Array): void {
  scratch.set(bytes, end);
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
