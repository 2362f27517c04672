// 64-bit values as two unsigned 32-bit halves, so that hot loops need no bigint.
//
//   63            32 31             0
//  +----------------+----------------+
//  |       hi       |       lo       |      both 0 .. 2^32-1
//  +----------------+----------------+

/** The unsigned 64-bit value of two halves. Allocates: for the edges only. */
export function joinU64(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** The lower half of an unsigned 64-bit value. */
export function lowU32(value: bigint): number {
  return Number(value & 0xffff_ffffn);
}

/** The upper half of an unsigned 64-bit value. */
export function highU32(value: bigint): number {
  return Number((value >> 32n) & 0xffff_ffffn);
}

/**
 * A number that is different for every canonical address, fit as the key of a Map.
 * Keeps bits 0 to 52: in a 48-bit (or, below 2^53, a 57-bit) address space the bits above repeat bit 47.
 */
export function addressKey(lo: number, hi: number): number {
  return (hi & 0x1f_ffff) * 0x1_0000_0000 + (lo >>> 0);
}

/** {@link addressKey} of a bigint. */
export function addressKeyOf(address: bigint): number {
  return addressKey(lowU32(address), highU32(address));
}
