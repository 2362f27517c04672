// DR6, the status register, as fields: each reason for a debug exception is a boolean that is true when it applies, whatever its polarity.
//
//   bit 31-17   16   15  14  13  12  11   10-4    3  2  1  0
//       1...1  RTM   BT  BS  BD   0  BLD  1...1  B3 B2 B1 B0
//            (low)                  (low)
//   bits 63-32: 0, and a 1 there is #GP(0)
//
// (low): active low, 0 means that it applies. Layout: R-020. Old parts without bus-lock detection or transactions read 1 there,
// which says the same: not involved. XOR with the reset value turns a register value into positive polarity, where 0 is
// "no reason", and back.
import { joinU64, lowU32 } from '../base/u64.js';
import { flag, isSet } from './bits.js';
import { type PerSlot, perSlot } from './dr7.js';
import { checkReserved, checkU64, UPPER_HALF } from './register-value-error.js';

/** What the register holds after reset, and what a handler should restore before it returns. */
export const DR6_RESET = 0xffff_0ff0n;

/** Bits without a meaning: 4 to 10 and 17 to 31 read as 1; 12 and 32 to 63 as 0. */
export const DR6_RESERVED = 0xffff_ffff_fffe_17f0n;

const BLD = 11;
const BD = 13;
const BS = 14;
const BT = 15;
const RTM = 16;

/** All that makes up a DR6 value. */
export interface Dr6Fields {
  /** B0-B3: the slot's condition was met, perhaps although the slot is not enabled: mask with DR7's enables (R-022). */
  readonly hits: PerSlot<boolean>;
  /** BLD: a bus lock was taken. */
  readonly busLock: boolean;
  /** BD: a debug register is about to be accessed while DR7.GD is set. */
  readonly registerAccess: boolean;
  /** BS: single step. */
  readonly singleStep: boolean;
  /** BT: switch to a task whose TSS has T set. */
  readonly taskSwitch: boolean;
  /** RTM: the exception came inside a transaction. */
  readonly transaction: boolean;
  /** Those bits of {@link DR6_RESERVED} that do not read as they should. */
  readonly reserved: bigint;
}

/** A DR6 value as decoded. */
export interface Dr6 extends Dr6Fields {
  /** Whether a MOV to DR6 accepts the value; else it raises #GP(0). */
  readonly writable: boolean;
}

/** A register value in positive polarity: a bit is 1 where it differs from the reset value. */
export function positiveDr6(value: bigint): bigint {
  return value ^ DR6_RESET;
}

/** The register value of `reasons` in positive polarity: the inverse of {@link positiveDr6}. */
export function dr6OfPositive(reasons: bigint): bigint {
  return reasons ^ DR6_RESET;
}

/** The fields of any 64-bit register value. Throws {@link RegisterValueError} for what is not 0 to 2^64-1. */
export function decodeDr6(value: bigint): Dr6 {
  checkU64('dr6', value);
  const positive = positiveDr6(value);
  const reasons = lowU32(positive);
  return {
    hits: perSlot((slot) => isSet(reasons, slot)),
    busLock: isSet(reasons, BLD),
    registerAccess: isSet(reasons, BD),
    singleStep: isSet(reasons, BS),
    taskSwitch: isSet(reasons, BT),
    transaction: isSet(reasons, RTM),
    reserved: positive & DR6_RESERVED,
    writable: (value & UPPER_HALF) === 0n,
  };
}

/**
 * The register value that `fields` make: for every writable value `encodeDr6(decodeDr6(value)) === value`.
 * Throws {@link RegisterValueError} where a MOV to DR6 would raise #GP.
 */
export function encodeDr6(fields: Dr6Fields): bigint {
  checkReserved('dr6', fields.reserved, DR6_RESERVED);
  const reasons =
    fields.hits.reduce((bits, hit, slot) => bits | flag(hit, slot), 0) |
    flag(fields.busLock, BLD) |
    flag(fields.registerAccess, BD) |
    flag(fields.singleStep, BS) |
    flag(fields.taskSwitch, BT) |
    flag(fields.transaction, RTM);
  return dr6OfPositive(joinU64(reasons, 0) | fields.reserved);
}
