// Reads fields of watched values from their bytes, without bigints where the number is small.
import type { IntegerField, Register, Which } from './condition.js';
import type { Whole } from './whole.js';

/** Reads a number from a value's bytes, from byte `at` on; what lies beyond their end counts as 0. */
export type ReadField = (bytes: Uint8Array, at: number) => Whole;

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
  if (bits <= lowBits) return (bytes, at) => lowest(wordAt(bytes, at + first) >>> within, bits, signed);
  const scale = 2 ** lowBits;
  return (bytes, at) => {
    const low = wordAt(bytes, at + first) >>> within;
    const high = lowest(wordAt(bytes, at + first + 4), bits - lowBits, signed);
    const value = high * scale + low;
    return Number.isSafeInteger(value) ? value : BigInt(high) * BigInt(scale) + BigInt(low);
  };
}

/** The float of `size` bytes from byte `at` on. */
export function floatReader(size: 4 | 8): (bytes: Uint8Array, at: number) => number {
  const view = new DataView(new ArrayBuffer(8));
  return (bytes, at) => {
    view.setUint32(0, wordAt(bytes, at), true);
    if (size === 4) return view.getFloat32(0, true);
    view.setUint32(4, wordAt(bytes, at + 4), true);
    return view.getFloat64(0, true);
  };
}

/** The thread and its memory as the access left them. */
export interface Moment {
  /** Exactly `length` bytes; null where they cannot be read. */
  read(address: bigint, length: number): Uint8Array | null;
  /** From 0 up to 2^64 - 1; null where it is not known. */
  register(register: Register): bigint | null;
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
  /** Null or missing: the moment has passed, and what a condition reads beside the value is not known. */
  readonly moment?: Moment | null;
}

/** The bytes of one of a hit's values. */
export function bytesOf(hit: HitFacts, which: Which): Uint8Array | null {
  return which === 'old' ? hit.oldBytes : hit.newBytes;
}
