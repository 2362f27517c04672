// Text inside XML documents.

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Safe as text and in attributes; control characters, which XML cannot hold, become `?`. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '').replace(CONTROL, '?');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
