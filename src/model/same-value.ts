// Whether a value changed: bytes say that, but of a bit-field's bytes only some bits are its own.
import { sameBytes } from './format-value.js';
import type { ValueType } from './value.js';

/** True where both (`type.size` bytes each) hold the same value. Floating-point numbers are compared by their bytes. */
export function sameValue(a: Uint8Array, b: Uint8Array, type: ValueType): boolean {
  if (type.kind !== 'bits') return sameBytes(a, b);
  for (let i = 0; i < type.size; i++) if ((((a[i] ?? 0) ^ (b[i] ?? 0)) & ownBits(type.shift - 8 * i, type.width)) !== 0) return false;
  return true;
}

/** Which bits of a byte belong to the `width` bits from its bit `from` on, which may lie before or behind it. */
function ownBits(from: number, width: number): number {
  const [first, end] = [Math.max(0, from), Math.min(8, from + width)];
  return first >= end ? 0 : (0xff >> (8 - (end - first))) << first;
}
