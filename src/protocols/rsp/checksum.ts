// The checksum of a packet of the GDB remote protocol: the sum of its bytes, modulo 256, of what stands between `$` and `#` as it is sent.

/** Of `bytes` from `start` on, up to `end` (exclusive). */
export function checksum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum = (sum + (bytes[at] ?? 0)) & 0xff;
  return sum;
}
