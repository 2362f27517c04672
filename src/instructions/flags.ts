// Whether the FLAGS after an instruction can be those of the result we computed: a wrong old value shows itself here.
import { assertNever } from '../base/assert.js';
import { bitIndex, type Computation, shiftCount } from './arithmetic.js';
import { FLAG } from './registers.js';
import type { Word } from './word.js';

/**
 * False when `flags` (as sampled after the instruction) cannot have come from this computation, so that the old value it started
 * from was wrong. True says no more than that nothing speaks against it: a rotation, for instance, shows one bit only.
 */
export function flagsAgree(computation: Computation, flags: number): boolean {
  const { operation, size, old, operand, result } = computation;
  switch (operation) {
    case 'add':
      return resultFlagsAgree(result, size, flags) && carryIs(flags, isBelow(result, operand));
    case 'sub':
      return resultFlagsAgree(result, size, flags) && carryIs(flags, isBelow(old, operand));
    case 'neg':
      return resultFlagsAgree(result, size, flags) && carryIs(flags, old.lo !== 0 || old.hi !== 0);
    case 'and':
    case 'or':
    case 'xor':
    case 'inc':
    case 'dec':
      return resultFlagsAgree(result, size, flags);
    case 'shl':
    case 'shr':
    case 'sar':
      return shiftCount(computation) === 0 || resultFlagsAgree(result, size, flags);
    case 'rol':
      return shiftCount(computation) === 0 || carryIs(flags, (result.lo & 1) !== 0);
    case 'ror':
      return shiftCount(computation) === 0 || carryIs(flags, topBit(result, size));
    case 'bts':
    case 'btr':
    case 'btc':
      return carryIs(flags, bit(old, bitIndex(computation)));
    case 'not':
      return true;
    default:
      return assertNever(operation);
  }
}

/** True when ZF says that the result is 0, which needs no old value. */
export function resultIsZero(computation: Computation, flags: number): boolean {
  if ((flags & FLAG.zero) === 0) return false;
  switch (computation.operation) {
    case 'shl':
    case 'shr':
    case 'sar':
      return shiftCount(computation) !== 0;
    case 'not':
    case 'rol':
    case 'ror':
    case 'bts':
    case 'btr':
    case 'btc':
      return false;
    default:
      return true;
  }
}

/** Whether condition `code` (0 = o, 1 = no, 2 = b, ... 15 = g, the order of the opcodes) holds. */
export function conditionHolds(code: number, flags: number): boolean {
  return baseCondition(code >> 1, flags) !== ((code & 1) === 1);
}

function baseCondition(pair: number, flags: number): boolean {
  const carry = (flags & FLAG.carry) !== 0;
  const zero = (flags & FLAG.zero) !== 0;
  const sign = (flags & FLAG.sign) !== 0;
  const overflow = (flags & FLAG.overflow) !== 0;
  switch (pair) {
    case 0:
      return overflow;
    case 1:
      return carry;
    case 2:
      return zero;
    case 3:
      return carry || zero;
    case 4:
      return sign;
    case 5:
      return (flags & FLAG.parity) !== 0;
    case 6:
      return sign !== overflow;
    default:
      return zero || sign !== overflow;
  }
}

function resultFlagsAgree(result: Word, size: number, flags: number): boolean {
  const zero = result.lo === 0 && result.hi === 0;
  return (
    zero === ((flags & FLAG.zero) !== 0) &&
    topBit(result, size) === ((flags & FLAG.sign) !== 0) &&
    isEvenParity(result.lo) === ((flags & FLAG.parity) !== 0)
  );
}

function carryIs(flags: number, expected: boolean): boolean {
  return ((flags & FLAG.carry) !== 0) === expected;
}

function topBit(value: Word, size: number): boolean {
  return bit(value, 8 * size - 1);
}

function bit(value: Word, index: number): boolean {
  return (((index < 32 ? value.lo : value.hi) >>> (index & 31)) & 1) !== 0;
}

function isBelow(a: Word, b: Word): boolean {
  return a.hi < b.hi || (a.hi === b.hi && a.lo < b.lo);
}

/** PF is set when the lowest byte has an even number of ones. 0x9669 is that, for every value of four bits. */
function isEvenParity(value: number): boolean {
  return ((0x9669 >>> ((value ^ (value >>> 4)) & 0xf)) & 1) !== 0;
}
