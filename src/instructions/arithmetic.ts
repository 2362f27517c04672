// The processor's integer operations on values of 1, 2, 4 and 8 bytes in halves, without bigint.
import { assertNever } from '../base/assert.js';
import type { ArithmeticOperation } from './access-plan.js';
import { newWord, setWord, type Word } from './word.js';

/** One operation, made once and filled in again for each use. `old` and `operand` are cut to `size` bytes (1, 2, 4 or 8). */
export interface Computation {
  operation: ArithmeticOperation;
  size: number;
  readonly old: Word;
  readonly operand: Word;
  readonly result: Word;
}

/** A computation to fill in. */
export function newComputation(): Computation {
  return { operation: 'not', size: 1, old: newWord(), operand: newWord(), result: newWord() };
}

/** Sets `result` from the other fields. */
export function compute(computation: Computation): void {
  const { operation, size, old, operand, result } = computation;
  switch (operation) {
    case 'add':
      add(computation);
      break;
    case 'inc':
      addSmall(computation, 1);
      break;
    case 'sub':
      setWord(result, old.lo - operand.lo, old.hi - operand.hi - (old.lo < operand.lo ? 1 : 0), size);
      break;
    case 'dec':
      addSmall(computation, -1);
      break;
    case 'neg':
      setWord(result, -old.lo, -old.hi - (old.lo > 0 ? 1 : 0), size);
      break;
    case 'not':
      setWord(result, ~old.lo, ~old.hi, size);
      break;
    case 'and':
      setWord(result, old.lo & operand.lo, old.hi & operand.hi, size);
      break;
    case 'or':
      setWord(result, old.lo | operand.lo, old.hi | operand.hi, size);
      break;
    case 'xor':
      setWord(result, old.lo ^ operand.lo, old.hi ^ operand.hi, size);
      break;
    case 'shl':
      shiftLeft(computation, shiftCount(computation));
      break;
    case 'shr':
    case 'sar':
      size === 8 ? shiftRight8(computation, shiftCount(computation)) : shiftRight(computation, shiftCount(computation));
      break;
    case 'rol':
      rotateLeft(computation, shiftCount(computation) % (8 * size));
      break;
    case 'ror':
      rotateLeft(computation, (8 * size - (shiftCount(computation) % (8 * size))) % (8 * size));
      break;
    case 'bts':
    case 'btr':
    case 'btc':
      changeBit(computation, bitIndex(computation));
      break;
    default:
      assertNever(operation);
  }
}

/** What the processor makes of a shift count: its low 6 bits for 8-byte values, else its low 5 (so up to 31 even for a byte). */
export function shiftCount({ operand, size }: Computation): number {
  return operand.lo & (size === 8 ? 63 : 31);
}

/** The bit that bts, btr and btc with an immediate work on: its number modulo the width. */
export function bitIndex({ operand, size }: Computation): number {
  return operand.lo & (8 * size - 1);
}

function add({ old, operand, size, result }: Computation): void {
  const lo = old.lo + operand.lo;
  setWord(result, lo, old.hi + operand.hi + (lo >= 2 ** 32 ? 1 : 0), size);
}

function addSmall({ old, size, result }: Computation, amount: 1 | -1): void {
  const lo = old.lo + amount;
  setWord(result, lo, old.hi + (lo >= 2 ** 32 ? 1 : lo < 0 ? -1 : 0), size);
}

function shiftLeft({ old, size, result }: Computation, count: number): void {
  if (count === 0) setWord(result, old.lo, old.hi, size);
  else if (count < 32) setWord(result, old.lo << count, (old.hi << count) | (old.lo >>> (32 - count)), size);
  else setWord(result, 0, old.lo << (count - 32), size);
}

/** Below 8 bytes the count is at most 31 and the value fits the lower half, sign-extended into all of it for sar. */
function shiftRight({ operation, old, size, result }: Computation, count: number): void {
  const unused = 32 - 8 * size;
  if (operation === 'shr') setWord(result, old.lo >>> count, 0, size);
  else setWord(result, ((old.lo << unused) >> unused) >> count, 0, size);
}

function shiftRight8({ operation, old, result }: Computation, count: number): void {
  const signed = operation === 'sar';
  if (count === 0) setWord(result, old.lo, old.hi, 8);
  else if (count < 32) setWord(result, (old.lo >>> count) | (old.hi << (32 - count)), signed ? old.hi >> count : old.hi >>> count, 8);
  else setWord(result, signed ? old.hi >> (count - 32) : old.hi >>> (count - 32), signed ? old.hi >> 31 : 0, 8);
}

/** `count` below the width in bits. */
function rotateLeft({ old, size, result }: Computation, count: number): void {
  const part = count & 31;
  const near = count < 32 ? old.lo : old.hi;
  const far = count < 32 ? old.hi : old.lo;
  if (size < 8 && count > 0) setWord(result, (old.lo << count) | (old.lo >>> (8 * size - count)), 0, size);
  else if (part === 0) setWord(result, near, far, size);
  else setWord(result, (near << part) | (far >>> (32 - part)), (far << part) | (near >>> (32 - part)), 8);
}

function changeBit({ operation, old, size, result }: Computation, bit: number): void {
  const lo = bit < 32 ? 1 << bit : 0;
  const hi = bit < 32 ? 0 : 1 << (bit - 32);
  if (operation === 'bts') setWord(result, old.lo | lo, old.hi | hi, size);
  else if (operation === 'btr') setWord(result, old.lo & ~lo, old.hi & ~hi, size);
  else setWord(result, old.lo ^ lo, old.hi ^ hi, size);
}
