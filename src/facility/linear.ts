// Linear addresses as plain numbers, so that plans and traps need no bigint: the sign stands for the half of the address space.
//
//    0 .. 2^47-1           user half                     1000           -> 1000
//   -2^47 .. -1            kernel half                   ffff8000...    -> -2^47,  ffff...ffff -> -1
//   NaN                    not canonical (48 bits): no access can have such an address, and NaN equals nothing

/** A canonical linear address, signed; NaN for one that is not canonical. Integers otherwise, |x| <= 2^47. */
export type Linear = number;

const HALF = 2 ** 47;
const WORD = 2 ** 32;

/** First address that Linux keeps from user mode: TASK_SIZE_MAX, one page below the end of the half. */
export const LINUX_USER_END: Linear = 0x7fff_ffff_f000;
/** VM_MAXUSER_ADDRESS of NetBSD and FreeBSD on amd64: one page below the end of the half. */
export const BSD_USER_END: Linear = 0x7fff_ffff_f000;

/** The address of two unsigned 32-bit halves. */
export function linearOf(lo: number, hi: number): Linear {
  const top = hi >>> 15;
  if (top === 0) return (hi >>> 0) * WORD + (lo >>> 0);
  if (top === 0x1_ffff) return (hi | 0) * WORD + (lo >>> 0);
  return Number.NaN;
}

/** The address of a 64-bit value. */
export function linearOfU64(value: bigint): Linear {
  const signed = BigInt.asIntN(64, value);
  return signed >= -0x8000_0000_0000n && signed < 0x8000_0000_0000n ? Number(signed) : Number.NaN;
}

/** The unsigned 64-bit value of a canonical address. Throws RangeError for NaN. */
export function u64OfLinear(address: Linear): bigint {
  return BigInt.asUintN(64, BigInt(address));
}

/** Lower 32 bits of a canonical address, unsigned. */
export function lowHalf(address: Linear): number {
  return address >= 0 ? (address % WORD) >>> 0 : ((address + 2 * HALF) % WORD) >>> 0;
}

/** Upper 32 bits of a canonical address, unsigned. */
export function highHalf(address: Linear): number {
  return Math.floor(address / WORD) >>> 0;
}

/** Whether `length` bytes from `address` all lie in user space that ends at `end`. */
export function isUserRange(address: Linear, length: number, end: Linear): boolean {
  return address >= 0 && address + length <= end;
}

/** Whether `address` is in the kernel's half. */
export function isKernelAddress(address: Linear): boolean {
  return address < 0;
}
