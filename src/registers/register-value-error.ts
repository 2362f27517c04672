// The error for a value that DR6 or DR7 cannot hold, and the checks that both registers share.
import { type ErrorDetails, HwbkptError } from '../base/errors.js';
import { bitNumbers, bitWords, hex, isU64 } from './bits.js';

/** In 64-bit mode a 1 in any of these bits makes a MOV to DR6 or DR7 raise #GP(0). */
export const UPPER_HALF = 0xffff_ffff_0000_0000n;

/** A value, or a part of one, that `register` cannot hold: writing it would fault, or nothing stands for it. */
export class RegisterValueError extends HwbkptError {
  override readonly code = 'register-value';
  readonly register: 'dr6' | 'dr7';
  /** The value in question; null where a part made it impossible to form one. */
  readonly value: bigint | null;

  constructor(register: 'dr6' | 'dr7', reason: string, details: ErrorDetails & { readonly value?: bigint } = {}) {
    super(`${register}: ${reason}`, details);
    this.register = register;
    this.value = details.value ?? null;
  }
}

/** Throws {@link RegisterValueError} unless `value` is one of 0 to 2^64-1. */
export function checkU64(register: 'dr6' | 'dr7', value: bigint): void {
  if (isU64(value)) return;
  throw new RegisterValueError(register, `${hex(value)} is not an unsigned 64-bit value`, {
    value,
    hint: 'Give a value from 0 to 0xffffffffffffffff.',
  });
}

/** Throws {@link RegisterValueError} where `reserved` has bits outside `mask`, or bits that may not be written. */
export function checkReserved(register: 'dr6' | 'dr7', reserved: bigint, mask: bigint): void {
  if ((reserved & ~mask) !== 0n) throw new RegisterValueError(register, `${hex(reserved)} has bits that are not reserved`);
  const upper = reserved & UPPER_HALF;
  if (upper !== 0n) throw new RegisterValueError(register, `${bitWords(bitNumbers(upper))} must be 0: writing a 1 there raises #GP`);
}
