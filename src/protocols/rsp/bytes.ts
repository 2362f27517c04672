// Byte strings: how contents of packets are held, one character of code 0 to 255 for each byte, so that text and binary data are handled alike.

/** Of bytes. */
export function byteString(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

/** What one call can spread. */
const CHUNK = 4096;

/** The bytes of a byte string; of other characters the low 8 bits. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** UTF-8 of any text, as a byte string. */
export function utf8(text: string): string {
  let bytes = '';
  for (const character of text) bytes += encodedCodePoint(character.codePointAt(0) ?? 0);
  return bytes;
}

//   0xxxxxxx | 110xxxxx 10xxxxxx | 1110xxxx 10xxxxxx 10xxxxxx | 11110xxx 10xxxxxx 10xxxxxx 10xxxxxx
function encodedCodePoint(code: number): string {
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0));
  if (code < 0x1_0000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
}

/** The text that a byte string holds in UTF-8; what is none becomes U+FFFD. */
export function textOfUtf8(bytes: string): string {
  return new TextDecoder().decode(bytesOf(bytes));
}
