// `char` arrays as strings.

const decoder = new TextDecoder();
/** What the decoder writes where there is no UTF-8. */
const BROKEN = '\ufffd';

/** Up to the zeros at the end; as UTF-8, or one character a byte where it is none. */
export function textOf(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const used = bytes.subarray(0, end);
  const text = decoder.decode(used);
  return text.includes(BROKEN) ? String.fromCharCode(...used) : text;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** As C writes it between quotes: what cannot be printed as `\0`, `\n`, `\x1b`. */
export function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    return NAMED.get(character) ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`);
  });
}
