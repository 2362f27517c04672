// Punycode (RFC 3492), in which Rust writes identifiers beyond ASCII: `gre_6ka8i` is größe (with `_` where the RFC has `-`).

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_POINT = 0x80;

/** The text that `encoded` stands for, or null where it is not punycode. */
export function decodePunycode(encoded: string): string | null {
  const split = encoded.lastIndexOf('_');
  const points = Array.from(encoded.slice(0, Math.max(split, 0)), (character) => character.charCodeAt(0));
  const digits = encoded.slice(split + 1);
  let point = FIRST_POINT;
  let bias = FIRST_BIAS;
  let state = 0;
  for (let at = 0; at < digits.length; ) {
    const before = state;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(digits[at++]);
      if (digit < 0) return null;
      state += digit * weight;
      const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > Number.MAX_SAFE_INTEGER / BASE) return null;
    }
    bias = adapted(state - before, points.length + 1, before === 0);
    point += Math.floor(state / (points.length + 1));
    state %= points.length + 1;
    if (point > 0x10_ffff) return null;
    points.splice(state++, 0, point);
  }
  return String.fromCodePoint(...points);
}

function digitOf(character: string | undefined): number {
  return character === undefined ? -1 : 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(character);
}

function adapted(delta: number, length: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
