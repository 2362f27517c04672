// DR7, the control register, as fields: decoding loses no bit, encoding gives only values the processor accepts.
//
//   bit 31-30 29-28 27-26 25-24 23-22 21-20 19-18 17-16   15-14  13  12  11  10   9   8   7  6  5  4  3  2  1  0
//      LEN3  R/W3  LEN2  R/W2  LEN1  R/W1  LEN0  R/W0      0 0   GD   0  RTM  1  GE  LE  G3 L3 G2 L2 G1 L1 G0 L0
//   bits 63-32: 0, and a 1 there is #GP(0)
//
// A 1 written into bit 12, 14 or 15 is dropped, a 0 written into bit 10 reads back as 1 (R-005; KVM's kvm_set_dr
// and Bochs do the same). Layout: R-005. After reset 0x400; a Linux thread that never used a slot reads 0.
import type { Slot } from '../base/brand.js';
import { joinU64, lowU32 } from '../base/u64.js';
import { accessCode, accessOfCode, isSlotAccess, type SlotAccess } from './access.js';
import { flag, isSet } from './bits.js';
import { isSlotLength, lengthCode, lengthOfCode, type SlotLength } from './lengths.js';
import { checkReserved, checkU64, RegisterValueError, UPPER_HALF } from './register-value-error.js';

/** What the register holds after reset. */
export const DR7_RESET = 0x400n;

/** Bits that have no meaning and should be 0: 12, 14, 15 and 32 to 63. */
export const DR7_RESERVED = 0xffff_ffff_0000_d000n;

const LE = 8;
const GE = 9;
const BIT10 = 10;
const RTM = 11;
const GD = 13;

/** What DR7 says about one slot. */
export interface Dr7SlotFields {
  /** L: enabled until the next hardware task switch. */
  readonly local: boolean;
  /** G: enabled in every task. */
  readonly global: boolean;
  readonly access: SlotAccess;
  /** Bytes. With access `execute` anything but 1 is undefined. */
  readonly length: SlotLength;
}

/** A slot as decoded. */
export interface Dr7Slot extends Dr7SlotFields {
  /** L or G. */
  readonly enabled: boolean;
}

/** One of something for each of the four slots. */
export type PerSlot<T> = readonly [T, T, T, T];

/** All that makes up a DR7 value. */
export interface Dr7Fields {
  readonly slots: PerSlot<Dr7SlotFields>;
  /** LE: no effect on P6 and later. */
  readonly localExact: boolean;
  /** GE: no effect on P6 and later. */
  readonly globalExact: boolean;
  /** Reads as 1 from the processor; Linux lets a thread's virtual DR7 hold 0. */
  readonly bit10: boolean;
  /** RTM: debug exceptions inside transactions are reported, given DEBUGCTL.RTM. */
  readonly rtm: boolean;
  /** GD: the next MOV to or from a debug register faults. */
  readonly generalDetect: boolean;
  /** Those bits of {@link DR7_RESERVED} that are 1. */
  readonly reserved: bigint;
}

/** A DR7 value as decoded. */
export interface Dr7 extends Dr7Fields {
  readonly slots: PerSlot<Dr7Slot>;
  /** Whether a MOV to DR7 accepts the value; else it raises #GP(0). */
  readonly writable: boolean;
}

/** `make` applied to each of the four slots. */
export function perSlot<T>(make: (slot: Slot) => T): PerSlot<T> {
  return [make(0 as Slot), make(1 as Slot), make(2 as Slot), make(3 as Slot)];
}

/** The fields of any 64-bit value. Throws {@link RegisterValueError} for what is not 0 to 2^64-1. */
export function decodeDr7(value: bigint): Dr7 {
  checkU64('dr7', value);
  const bits = lowU32(value);
  return {
    slots: perSlot((slot) => decodeSlot(bits, slot)),
    localExact: isSet(bits, LE),
    globalExact: isSet(bits, GE),
    bit10: isSet(bits, BIT10),
    rtm: isSet(bits, RTM),
    generalDetect: isSet(bits, GD),
    reserved: value & DR7_RESERVED,
    writable: (value & UPPER_HALF) === 0n,
  };
}

/**
 * The value that `fields` make: for every writable value `encodeDr7(decodeDr7(value)) === value`, bits 12, 14 and 15 included.
 * Throws {@link RegisterValueError} where a MOV to DR7 would raise #GP, or where a field holds what no bits stand for.
 */
export function encodeDr7(fields: Dr7Fields): bigint {
  checkReserved('dr7', fields.reserved, DR7_RESERVED);
  const flags =
    flag(fields.localExact, LE) |
    flag(fields.globalExact, GE) |
    flag(fields.bit10, BIT10) |
    flag(fields.rtm, RTM) |
    flag(fields.generalDetect, GD);
  const slots = fields.slots.reduce((bits, slot, index) => bits | encodeSlot(slot, index), 0);
  return joinU64(flags | slots, 0) | fields.reserved;
}

function decodeSlot(bits: number, slot: Slot): Dr7Slot {
  const local = isSet(bits, 2 * slot);
  const global = isSet(bits, 2 * slot + 1);
  const nibble = bits >>> (16 + 4 * slot);
  return { local, global, enabled: local || global, access: accessOfCode(nibble), length: lengthOfCode(nibble >>> 2) };
}

function encodeSlot(fields: Dr7SlotFields, slot: number): number {
  const { local, global, access, length } = fields;
  if (!isSlotAccess(access)) throw new RegisterValueError('dr7', `slot ${slot} cannot watch for "${access}"`);
  if (!isSlotLength(length)) throw new RegisterValueError('dr7', `slot ${slot} cannot watch ${length} bytes, only 1, 2, 4 or 8`);
  const nibble = accessCode(access) | (lengthCode(length) << 2);
  return flag(local, 2 * slot) | flag(global, 2 * slot + 1) | (nibble << (16 + 4 * slot));
}
