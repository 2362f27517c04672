// The errors for ranges that no slot can watch: those that are no range at all, and those that are too long.
import { HwbkptError } from '../base/errors.js';
import { hex, isU64, U64_END } from './bits.js';

/** Not a run of at least one byte inside the 64-bit address space. */
export class InvalidRangeError extends HwbkptError {
  override readonly code = 'invalid-range';
  readonly address: bigint;
  readonly length: number;
  /** `address`: not 0 to 2^64-1. `length`: not a whole number from 1 on. `wraps`: the last byte would lie beyond 2^64-1. */
  readonly reason: 'address' | 'length' | 'wraps';

  constructor(address: bigint, length: number, reason: 'address' | 'length' | 'wraps') {
    super(INVALID[reason](address, length), {
      hint: 'Give an address from 0 to 2^64-1 and a length of at least 1 byte that ends inside it.',
    });
    this.address = address;
    this.length = length;
    this.reason = reason;
  }
}

const INVALID = {
  address: (address: bigint) => `${hex(address)} is not a 64-bit address`,
  length: (_: bigint, length: number) => `${length} is not a number of bytes that can be watched`,
  wraps: (address: bigint, length: number) => `${length} bytes from ${hex(address)} on wrap round the end of the address space`,
};

/** Throws {@link InvalidRangeError} unless `length` bytes from `address` on exist. */
export function checkRange(address: bigint, length: number): void {
  if (!isU64(address)) throw new InvalidRangeError(address, length, 'address');
  if (!Number.isSafeInteger(length) || length < 1) throw new InvalidRangeError(address, length, 'length');
  if (address + BigInt(length) > U64_END) throw new InvalidRangeError(address, length, 'wraps');
}

/** What a {@link CoverError} is about. */
export interface CoverShortage {
  readonly address: bigint;
  /** Bytes asked for. */
  readonly length: number;
  /** The fewest slots that cover the range, widened where that saves some. */
  readonly slotsNeeded: number;
  readonly slotsFree: number;
  /** Bytes from `address` on that the free slots do cover; 0 without a free slot. */
  readonly fitting: number;
}

/** The free slots cannot cover the range, not even when they watch more than was asked. */
export class CoverError extends HwbkptError implements CoverShortage {
  override readonly code = 'range-too-long';
  readonly address: bigint;
  readonly length: number;
  readonly slotsNeeded: number;
  readonly slotsFree: number;
  readonly fitting: number;

  constructor(shortage: CoverShortage, slotCount: number) {
    super(shortageWords(shortage), { hint: shortageHint(shortage, slotCount) });
    this.address = shortage.address;
    this.length = shortage.length;
    this.slotsNeeded = shortage.slotsNeeded;
    this.slotsFree = shortage.slotsFree;
    this.fitting = shortage.fitting;
  }
}

function shortageWords({ address, length, slotsNeeded, slotsFree }: CoverShortage): string {
  return `${counted(length, 'byte')} from ${hex(address)} on need ${counted(slotsNeeded, 'debug register')}, ${slotsFree} free`;
}

function shortageHint(shortage: CoverShortage, slotCount: number): string {
  const { address, slotsNeeded, slotsFree, fitting } = shortage;
  const sentences: string[] = [];
  if (slotsNeeded > slotCount) sentences.push(`The processor has ${slotCount} debug registers of at most 8 aligned bytes.`);
  else sentences.push(`End breakpoints that hold ${counted(slotsNeeded - slotsFree, 'more debug register')}.`);
  if (fitting > 0) sentences.push(`What fits now: ${counted(fitting, 'byte')}, ${hex(address)}:${fitting}.`);
  return sentences.join(' ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
