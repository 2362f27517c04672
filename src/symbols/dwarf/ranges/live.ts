// Tells code that exists from code that the linker dropped.

/** From here on an address stands for dropped code: lld writes one of the two highest, as a key cut to 53 bits or as 32-bit address. */
const DROPPED_64 = 0x20_0000_0000_0000 - 2;
const DROPPED_32 = 0x1_0000_0000 - 2;

/**
 * Whether the range from `low` to (not including) `high`, both address keys, is code in the file. Linkers keep the
 * debug information of functions they dropped, with address 0 (bfd, gold) or one of the two highest (lld) as their start.
 */
export function isLiveCode(low: number, high: number): boolean {
  return low > 0 && low < high && low < DROPPED_64 && low !== DROPPED_32 && low !== DROPPED_32 + 1;
}
