// Names in an ELF file: NUL-terminated bytes, nearly always ASCII, in principle UTF-8.

const decoder = new TextDecoder();

/** End of the string that begins at `start`: the index of its NUL, or the end of the table. */
export function stringEnd(table: Uint8Array, start: number): number {
  const end = table.indexOf(0, start);
  return end < 0 ? table.length : end;
}

/** The string that begins at `start` of a string table; '' beyond its end. */
export function stringAt(table: Uint8Array, start: number): string {
  return decode(table, start, stringEnd(table, start));
}

/** Bytes `start` to `end` as text. Short ASCII, which is what names are, is decoded without a call into the host. */
export function decode(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** `text` in UTF-8. */
export function encode(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
    else if (point < 0x1_0000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
    else bytes.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
  }
  return Uint8Array.from(bytes);
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/** Bytes as lower-case hexadecimal, two digits each: how build-ids are written. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
