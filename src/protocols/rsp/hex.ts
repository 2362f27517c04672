// Hexadecimal as packets have it: lower case when written, any case when read; bytes in the order of memory, numbers with the highest digit first.
import { byteString, bytesOf } from './bytes.js';

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Two digits a byte. */
export function hexOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte] ?? '';
  return text;
}

/** Of a byte string. */
export function hexOfText(text: string): string {
  return hexOfBytes(bytesOf(text));
}

/** Null where `text` is not an even number of digits. */
export function bytesOfHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** A byte string; null as {@link bytesOfHex}. */
export function textOfHex(text: string): string | null {
  const bytes = bytesOfHex(text);
  return bytes === null ? null : byteString(bytes);
}

/** A number of 1 to 13 digits, thus exact; null for anything else. */
export function numberOfHex(text: string): number | null {
  return /^[0-9a-f]{1,13}$/i.test(text) ? Number.parseInt(text, 16) : null;
}

/** An unsigned number of 1 to 16 digits; null for anything else. */
export function addressOfHex(text: string): bigint | null {
  return /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : null;
}

/** `ADDR,LENGTH`, as many packets begin; null for anything else. */
export function rangeOfHex(text: string): { readonly address: bigint; readonly length: number } | null {
  const [first, second, ...rest] = text.split(',');
  const address = addressOfHex(first ?? '');
  const length = numberOfHex(second ?? '');
  return address === null || length === null || rest.length > 0 ? null : { address, length };
}
