// Addresses and register values of a sample, read in 32-bit halves.
import type { AddressForm, Operand, RegisterPart } from './access-plan.js';
import { FLAG, REGISTER } from './registers.js';
import type { AccessSample } from './sample.js';
import { setWord, type Word } from './word.js';

const HALF = 2 ** 32;

/** The lower half of FLAGS. */
export function sampledFlags(sample: AccessSample): number {
  return registerLo(sample, REGISTER.flags);
}

/** The lower half of a register by its index. */
export function registerLo({ registers, registersOffset }: AccessSample, register: number): number {
  return registers[registersOffset + 2 * register] ?? 0;
}

/** The upper half of a register by its index. */
export function registerHi({ registers, registersOffset }: AccessSample, register: number): number {
  return registers[registersOffset + 2 * register + 1] ?? 0;
}

/** Sets `word` to the lowest `size` bytes of a register part. */
export function readPart(sample: AccessSample, part: RegisterPart, size: number, word: Word): void {
  const lo = registerLo(sample, part.register);
  if (part.high) setWord(word, lo >>> 8, 0, 1);
  else setWord(word, lo, registerHi(sample, part.register), size);
}

/** Sets `word` to an operand cut to `size` bytes; 0 where there is none. */
export function readOperand(sample: AccessSample, operand: Operand, size: number, word: Word): void {
  if (operand.kind === 'register') readPart(sample, operand, size, word);
  else if (operand.kind === 'immediate') setWord(word, operand.lo, operand.hi, size);
  else setWord(word, 0, 0, size);
}

/**
 * Bytes from the start of the watched range to the address. Exact when they are less than 2^53 apart, which is all that matters:
 * sums stay below 2^36 in each half until they are cut, so plain numbers hold them.
 */
export function offsetFromRange(address: AddressForm, sample: AccessSample): number {
  let lo = address.dispLo;
  let hi = address.dispHi;
  if (address.base >= 0) {
    lo += registerLo(sample, address.base);
    hi += registerHi(sample, address.base);
  }
  if (address.index >= 0) {
    lo += registerLo(sample, address.index) * address.scale;
    hi += registerHi(sample, address.index) * address.scale;
  }
  if (address.step > 0) {
    const back = isBackward(sample) ? address.step : -address.step;
    lo += back;
  }
  const cutHi = address.narrow ? 0 : (hi + Math.floor(lo / HALF)) >>> 0;
  return (cutHi - sample.rangeHi) * HALF + ((lo >>> 0) - sample.rangeLo);
}

/** The direction flag: string instructions go down. */
export function isBackward(sample: AccessSample): boolean {
  return (sampledFlags(sample) & FLAG.direction) !== 0;
}

/** Bytes from the start of the watched range to the address in a pair of halves. */
export function distanceFromRange(sample: AccessSample, lo: number, hi: number): number {
  return (hi - sample.rangeHi) * HALF + (lo - sample.rangeLo);
}

/** Whether `size` bytes at `offset` share a byte with the watched range. */
export function touchesRange(sample: AccessSample, offset: number, size: number): boolean {
  return offset < sample.rangeSize && offset + size > 0;
}
