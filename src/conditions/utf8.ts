// Text as the kernel keeps it in a thread's name.

/** The bytes of `text` in UTF-8; half a character becomes U+FFFD. */
export function utf8(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'));
  return [...escaped.matchAll(/%([0-9A-F]{2})|./g)].map(([character, hex]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  );
}
