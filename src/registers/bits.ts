// Single bits of a register, and how values and sets of bits are written for people and for JSON.

/** One more than the largest 64-bit value. */
export const U64_END = 1n << 64n;

/** `0x` and lower-case digits without leading zeros. */
export function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Whether `value` fits into 64 bits without a sign. */
export function isU64(value: bigint): boolean {
  return value >= 0n && value < U64_END;
}

/** The numbers of the bits that are 1 in `mask`, rising. */
export function bitNumbers(mask: bigint): number[] {
  const numbers: number[] = [];
  for (let bit = 0, rest = mask; rest !== 0n; bit++, rest >>= 1n) {
    if ((rest & 1n) === 1n) numbers.push(bit);
  }
  return numbers;
}

/** `bit 12`, `bits 12, 14-15`: neighbours are joined. `numbers` rise and are not empty. */
export function bitWords(numbers: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const bit of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === bit - 1) run.last = bit;
    else runs.push({ first: bit, last: bit });
  }
  const words = runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  return `${numbers.length === 1 ? 'bit' : 'bits'} ${words.join(', ')}`;
}

/** Whether bit `bit` (0 to 31) of `bits` is 1. */
export function isSet(bits: number, bit: number): boolean {
  return ((bits >>> bit) & 1) === 1;
}

/** Bit `bit` (0 to 31), or nothing. */
export function flag(on: boolean, bit: number): number {
  return on ? 1 << bit : 0;
}
