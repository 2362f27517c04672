// Names that the Rust compiler mangled, as people write them, without the hashes that make them unique.
import { demangleRustV0 } from './rust-v0.js';

/** `_ZN4game4tick17h0123456789abcdefE` and `_RNvC...4game4tick` -> `game::tick`; null for what is not a Rust name. */
export function demangleRust(name: string): string | null {
  return name.startsWith('_R') ? demangleRustV0(name) : demangleLegacy(name);
}

const HASH = /^h[0-9a-f]{16}$/;
const ESCAPES: Readonly<Record<string, string>> = { SP: '@', BP: '*', RF: '&', LT: '<', GT: '>', LP: '(', RP: ')', C: ',' };

/** The first scheme looks like C++: parts with their lengths, of which the last is a hash. */
function demangleLegacy(name: string): string | null {
  if (!name.startsWith('_ZN')) return null;
  const parts: string[] = [];
  let at = 3;
  while (at < name.length && name[at] !== 'E') {
    const digits = /^\d{1,4}/.exec(name.slice(at, at + 4))?.[0];
    if (digits === undefined) return null;
    const start = at + digits.length;
    at = start + Number(digits);
    parts.push(name.slice(start, at));
  }
  const hash = parts.pop() ?? '';
  return name[at] === 'E' && HASH.test(hash) && parts.length > 0 ? parts.map(unescapePart).join('::') : null;
}

/** `$LT$u32$u20$as$u20$core..fmt..Debug$GT$` -> `<u32 as core::fmt::Debug>` */
function unescapePart(part: string): string {
  const text = part.startsWith('_$') ? part.slice(1) : part;
  return text
    .replace(/\$(u[0-9a-f]{1,6}|[A-Z]{1,2})\$/g, (whole, code: string) => {
      if (!code.startsWith('u')) return ESCAPES[code] ?? whole;
      const point = Number.parseInt(code.slice(1), 16);
      return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll('..', '::');
}
