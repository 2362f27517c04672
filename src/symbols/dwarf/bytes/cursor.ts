// A position in a section that never leaves it: every read is checked against the end and fails with DwarfError.
import { DwarfError } from '../error.js';

const TWO_32 = 0x1_0000_0000;

/** Little-endian reader over `bytes`, from `pos` up to (not including) `end`. */
export class Cursor {
  readonly bytes: Uint8Array;
  pos: number;
  readonly end: number;

  constructor(bytes: Uint8Array, pos = 0, end = bytes.length) {
    if (!(pos >= 0 && pos <= end && end <= bytes.length)) throw new DwarfError(`offset 0x${pos.toString(16)} is outside its section`);
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }

  get done(): boolean {
    return this.pos >= this.end;
  }

  get remaining(): number {
    return this.end - this.pos;
  }

  /** Moves on by `count` bytes and returns where they start. */
  take(count: number): number {
    const at = this.pos;
    if (!(count >= 0 && count <= this.end - at)) throw endsEarly(at);
    this.pos = at + count;
    return at;
  }

  skip(count: number): void {
    this.take(count);
  }

  /** The next `count` bytes, not copied. */
  block(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  u8(): number {
    const at = this.pos;
    if (at >= this.end) throw endsEarly(at);
    this.pos = at + 1;
    return this.bytes[at] ?? 0;
  }

  s8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    const at = this.take(2);
    return (this.bytes[at] ?? 0) | ((this.bytes[at + 1] ?? 0) << 8);
  }

  u24(): number {
    const at = this.take(3);
    return (this.bytes[at] ?? 0) | ((this.bytes[at + 1] ?? 0) << 8) | ((this.bytes[at + 2] ?? 0) << 16);
  }

  u32(): number {
    const at = this.take(4);
    return (
      ((this.bytes[at] ?? 0) | ((this.bytes[at + 1] ?? 0) << 8) | ((this.bytes[at + 2] ?? 0) << 16) | ((this.bytes[at + 3] ?? 0) << 24)) >>>
      0
    );
  }

  /** All 64 bits, unsigned. Allocates. */
  u64(): bigint {
    const lo = this.u32();
    return (BigInt(this.u32()) << 32n) | BigInt(lo);
  }

  /** An unsigned 64-bit offset or length; beyond 2^53 it cannot be one. */
  size64(): number {
    const lo = this.u32();
    const hi = this.u32();
    if (hi > 0x1f_ffff) throw new DwarfError(`length or offset beyond 2^53 at 0x${(this.pos - 8).toString(16)}`);
    return hi * TWO_32 + lo;
  }

  /** An offset of the 32-bit or 64-bit DWARF format. */
  offset(offsetSize: 4 | 8): number {
    return offsetSize === 4 ? this.u32() : this.size64();
  }

  /**
   * An address as a number that is exact and keeps the order for all canonical addresses: its bits 0 to 52
   * (bits 53 and above repeat bit 47, or 56, there; see base/u64).
   */
  addressKey(addressSize: 4 | 8): number {
    const lo = this.u32();
    return addressSize === 4 ? lo : (this.u32() & 0x1f_ffff) * TWO_32 + lo;
  }

  /** Unsigned LEB128, at most 2^53 - 1: lengths, counts, codes. */
  uleb(): number {
    const first = this.bytes[this.pos] ?? 0;
    if (first < 0x80 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    return this.#longUleb();
  }

  #longUleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      if (byte & 0x7f) value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new DwarfError(`LEB128 number too large at 0x${this.pos.toString(16)}`);
      if (byte < 0x80) return value;
      // Padding bytes beyond 2^63 add nothing, but must not make the scale infinite.
      if (scale < 2 ** 63) scale *= 128;
    }
  }

  /** Signed LEB128 within +-2^53. */
  sleb(): number {
    const value = Number(this.slebBig());
    if (!Number.isSafeInteger(value)) throw new DwarfError(`LEB128 number too large at 0x${this.pos.toString(16)}`);
    return value;
  }

  /** Unsigned LEB128 cut to 64 bits. Allocates. */
  ulebBig(): bigint {
    return BigInt.asUintN(64, this.#lebBig().value);
  }

  /** Signed LEB128 cut to 64 bits. Allocates. */
  slebBig(): bigint {
    const { value, bits, negative } = this.#lebBig();
    return BigInt.asIntN(64, negative ? value - (1n << BigInt(bits)) : value);
  }

  /** Moves behind a NUL-terminated string and returns where it starts; the NUL is at `pos - 1`. */
  string(): number {
    const at = this.pos;
    const nul = this.bytes.indexOf(0, at);
    if (nul < 0 || nul >= this.end) throw new DwarfError(`string without end at 0x${at.toString(16)}`);
    this.pos = nul + 1;
    return at;
  }

  /** The first field of most headers: bytes that follow, and whether the 64-bit DWARF format is in use. */
  initialLength(): { readonly length: number; readonly offsetSize: 4 | 8 } {
    const length = this.u32();
    if (length < 0xffff_fff0) return { length, offsetSize: 4 };
    if (length !== 0xffff_ffff) throw new DwarfError(`reserved length 0x${length.toString(16)}`);
    return { length: this.size64(), offsetSize: 8 };
  }

  #lebBig(): { value: bigint; bits: number; negative: boolean } {
    let value = 0n;
    let bits = 0;
    for (;;) {
      const byte = this.u8();
      // Only 64 bits count; the cut keeps a run of padding from growing the number without bound.
      if (bits < 70) {
        value |= BigInt(byte & 0x7f) << BigInt(bits);
        bits += 7;
      }
      if (byte < 0x80) return { value, bits, negative: (byte & 0x40) !== 0 };
    }
  }
}

function endsEarly(at: number): DwarfError {
  return new DwarfError(`data ends early at 0x${at.toString(16)}`);
}
