// Reads fields of watched values from their bytes, without bigints where the number is small.
import type { IntegerField, Which } from './condition.js';
import type { Whole } from './whole.js';

/** Reads a number from a value's bytes; what lies beyond their end counts as 0. */
export type ReadField = (bytes: Uint8Array) => Whole;

/** Up to 4 bytes from `at` on, little-endian, unsigned. */
function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}

/** The lowest `bits` (1 to 32) of `word`, as a number. */
function lowest(word: number, bits: number, signed: boolean): number {
  const value = bits === 32 ? word >>> 0 : word & ((1 << bits) - 1);
  return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

/**
 * How `field` is read:
 *
 *     63                    32 31                     0
 *    +------------------------+------------------------+
 *    |       high word        |        low word        |
 *    +------------------------+------------------------+
 *              |<------- bits ------->|<--- shift ---->|
 */
export function fieldReader({ shift, bits, signed }: IntegerField): ReadField {
  const first = Math.floor(shift / 32) * 4;
  const within = shift % 32;
  const lowBits = 32 - within;
  if (bits <= lowBits) return (bytes) => lowest(wordAt(bytes, first) >>> within, bits, signed);
  const scale = 2 ** lowBits;
  return (bytes) => {
    const low = wordAt(bytes, first) >>> within;
    const high = lowest(wordAt(bytes, first + 4), bits - lowBits, signed);
    const value = high * scale + low;
    return Number.isSafeInteger(value) ? value : BigInt(high) * BigInt(scale) + BigInt(low);
  };
}

/** The float in the first `size` bytes. */
export function floatReader(size: 4 | 8): (bytes: Uint8Array) => number {
  const view = new DataView(new ArrayBuffer(8));
  return (bytes) => {
    view.setUint32(0, wordAt(bytes, 0), true);
    if (size === 4) return view.getFloat32(0, true);
    view.setUint32(4, wordAt(bytes, 4), true);
    return view.getFloat64(0, true);
  };
}

/** What the evaluator looks at in a hit. */
export interface HitFacts {
  readonly tid: number;
  readonly pid: number;
  readonly cpu: number;
  readonly kernel: boolean;
  /** Null where it is not known. */
  readonly comm: string | null;
  /** The value's bytes before and after the access; null where they are not known. */
  readonly oldBytes: Uint8Array | null;
  readonly newBytes: Uint8Array | null;
}

/** The bytes of one of a hit's values. */
export function bytesOf(hit: HitFacts, which: Which): Uint8Array | null {
  return which === 'old' ? hit.oldBytes : hit.newBytes;
}
