// Sets of bytes of a watched range as bit masks: which bytes are known, which a store touched. A range has at most 32 bytes, so a mask is a number.

/** Up to 8 bytes of memory, as halves. */
export interface Value {
  readonly lo: number;
  readonly hi: number;
}

/** The bytes from `offset` on, `size` of them, as far as they lie within the first `length` (1 to 32). `offset` may be negative. */
export function bytesFrom(offset: number, size: number, length: number): number {
  const from = Math.max(0, offset);
  const to = Math.min(length, offset + size);
  if (from >= to) return 0;
  const count = to - from;
  return (count === 32 ? -1 : (1 << count) - 1) << from;
}

/** Writes `size` (1 to 8) bytes of a value into `target` at `offset`; what lies outside is cut off. */
export function putValue(target: Uint8Array, { lo, hi }: Value, offset: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const at = offset + i;
    if (at >= 0 && at < target.length) target[at] = i < 4 ? lo >>> (8 * i) : hi >>> (8 * (i - 4));
  }
}

/** Whether `a` and `b`, of one length, agree in the bytes of `mask`. */
export function agreeIn(a: Uint8Array, b: Uint8Array, mask: number): boolean {
  for (let i = 0; i < a.length; i++) if ((mask & (1 << i)) !== 0 && a[i] !== b[i]) return false;
  return true;
}
