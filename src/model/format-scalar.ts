// Bytes of a plain value as JSON and as text. 64-bit integers are strings in JSON, because programs that read JSON would round them.
import { assertNever } from '../base/assert.js';
import { extendedText } from './format-extended.js';
import type { ScalarType } from './value.js';

/** Whole numbers up to this many bytes fit a JavaScript number. */
const MOST_NUMBER_BYTES = 6;
/** And those up to so many bits. */
const MOST_NUMBER_BITS = 53;

/** The unsigned integer in the first `size` (up to 6) bytes from `from` on, little-endian. */
function smallUnsigned(bytes: Uint8Array, from = 0, size = bytes.length): number {
  let value = 0;
  for (let i = from + size - 1; i >= from; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function smallSigned(bytes: Uint8Array, from = 0, size = bytes.length): number {
  const value = smallUnsigned(bytes, from, size);
  const limit = 2 ** (size * 8 - 1);
  return value >= limit ? value - 2 * limit : value;
}

function unsignedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function signedInteger(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, unsignedInteger(bytes));
}

/** Decimal text of 8 bytes; without bigints where a number holds the value, which is nearly always so. */
function wideText(bytes: Uint8Array, signed: boolean): string {
  const high = signed ? smallSigned(bytes, 4, 4) : smallUnsigned(bytes, 4, 4);
  const value = high * 0x1_0000_0000 + smallUnsigned(bytes, 0, 4);
  if (Number.isSafeInteger(value)) return String(value);
  return (signed ? signedInteger(bytes) : unsignedInteger(bytes)).toString();
}

function float(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

/** Shortest text that reads back as the same float. */
function floatText(bytes: Uint8Array): string {
  const value = float(bytes);
  if (Object.is(value, -0)) return '-0';
  if (bytes.length === 8 || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function integerText(bytes: Uint8Array, signed: boolean): string {
  if (bytes.length <= MOST_NUMBER_BYTES) return String(signed ? smallSigned(bytes) : smallUnsigned(bytes));
  if (bytes.length === 8) return wideText(bytes, signed);
  return (signed ? signedInteger(bytes) : unsignedInteger(bytes)).toString();
}

/** Without bigints up to 8 bytes. */
function hex(bytes: Uint8Array): string {
  if (bytes.length > 8) return `0x${unsignedInteger(bytes).toString(16)}`;
  const low = smallUnsigned(bytes, 0, Math.min(4, bytes.length));
  const high = bytes.length > 4 ? smallUnsigned(bytes, 4, bytes.length - 4) : 0;
  return high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;
}

/** With what lies there, where somebody knows: `0x404040 <table+8>`. */
function pointerText(bytes: Uint8Array, { symbol }: Extract<ScalarType, { kind: 'pointer' }>): string {
  const name = symbol?.(unsignedInteger(bytes)) ?? null;
  return name === null ? hex(bytes) : `${hex(bytes)} <${name}>`;
}

function isTrue(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte !== 0);
}

/** Memory order, two digits a byte. */
export function dump(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** The character itself where it can be printed, else null. */
function printable(bytes: Uint8Array): string | null {
  const code = bytes.length <= 4 ? smallUnsigned(bytes) : 0;
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : null;
}

function enumMember(bytes: Uint8Array, type: Extract<ScalarType, { kind: 'enum' }>): string | null {
  return type.members.get(type.signed ? signedInteger(bytes) : unsignedInteger(bytes)) ?? null;
}

/** The number in a bit-field; without bigints where its bytes fit a number. */
function bitField(bytes: Uint8Array, { signed, shift, width }: BitField): number | bigint {
  if (bytes.length > MOST_NUMBER_BYTES) {
    const bits = unsignedInteger(bytes) >> BigInt(shift);
    return signed ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits);
  }
  const value = Math.floor(smallUnsigned(bytes) / 2 ** shift) % 2 ** width;
  return signed && value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

type BitField = Extract<ScalarType, { kind: 'bits' }>;

function bitFieldJson(bytes: Uint8Array, type: BitField): number | string | boolean {
  const value = bitField(bytes, type);
  if (type.truth === true) return Number(value) !== 0;
  return nameOf(value, type.members) ?? (type.width <= MOST_NUMBER_BITS ? Number(value) : value.toString());
}

function nameOf(value: number | bigint, members: ReadonlyMap<bigint, string>): string | null {
  return members.size === 0 ? null : (members.get(BigInt(value)) ?? null);
}

/** A number, or a string where a number may not hold all values of this size. */
function integerJson(bytes: Uint8Array, signed: boolean): number | string {
  if (bytes.length > MOST_NUMBER_BYTES) return integerText(bytes, signed);
  return signed ? smallSigned(bytes) : smallUnsigned(bytes);
}

/** {@link valueToJson} of a value without parts. */
export function scalarToJson(bytes: Uint8Array, type: ScalarType): number | string | boolean {
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
      return integerJson(bytes, type.kind === 'signed');
    case 'float': {
      const value = float(bytes);
      // JSON has no infinities and no NaN.
      return Number.isFinite(value) ? Number(floatText(bytes)) : floatText(bytes);
    }
    case 'extended':
      return extendedText(bytes);
    case 'bool':
      return isTrue(bytes);
    case 'character':
      return printable(bytes) ?? integerJson(bytes, type.signed);
    case 'pointer':
      return hex(bytes);
    case 'enum':
      return enumMember(bytes, type) ?? integerJson(bytes, type.signed);
    case 'bits':
      return bitFieldJson(bytes, type);
    case 'bytes':
      return dump(bytes);
    default:
      return assertNever(type);
  }
}

/** {@link valueToText} of a value without parts. */
export function scalarToText(bytes: Uint8Array, type: ScalarType): string {
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
      return integerText(bytes, type.kind === 'signed');
    case 'float':
      return floatText(bytes);
    case 'extended':
      return extendedText(bytes);
    case 'bool':
      return isTrue(bytes) ? 'true' : 'false';
    case 'character': {
      const character = printable(bytes);
      return character === null ? integerText(bytes, type.signed) : `'${character}'`;
    }
    case 'pointer':
      return pointerText(bytes, type);
    case 'enum':
      return enumMember(bytes, type) ?? integerText(bytes, type.signed);
    case 'bits':
      return String(bitFieldJson(bytes, type));
    case 'bytes':
      return dump(bytes);
    default:
      return assertNever(type);
  }
}
