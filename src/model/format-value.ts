// Bytes of a value as JSON and as text. 64-bit integers are strings in JSON, because programs that read JSON would round them.
import { assertNever } from '../base/assert.js';
import type { JsonValue } from './messages.js';
import type { ValueType } from './value.js';

/** The unsigned integer in `bytes` (up to 6 bytes), little-endian, as a number. */
function smallUnsigned(bytes: Uint8Array): number {
  let value = 0;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

function unsignedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

function signedInteger(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, unsignedInteger(bytes));
}

function smallSigned(bytes: Uint8Array): number {
  const value = smallUnsigned(bytes);
  const limit = 2 ** (bytes.length * 8 - 1);
  return value >= limit ? value - 2 * limit : value;
}

function float(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 4 ? Math.fround(view.getFloat32(0, true)) : view.getFloat64(0, true);
}

/** Shortest text that reads back as the same float. */
function floatText(bytes: Uint8Array): string {
  const value = float(bytes);
  if (Object.is(value, -0)) return '-0';
  if (bytes.length === 8 || !Number.isFinite(value)) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function integerText(bytes: Uint8Array, signed: boolean): string {
  if (bytes.length <= 6) return String(signed ? smallSigned(bytes) : smallUnsigned(bytes));
  return (signed ? signedInteger(bytes) : unsignedInteger(bytes)).toString();
}

function hex(bytes: Uint8Array): string {
  return `0x${unsignedInteger(bytes).toString(16)}`;
}

/** Memory order, two digits a byte. */
function dump(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function characterText(bytes: Uint8Array): string {
  const code = smallUnsigned(bytes.subarray(0, 4));
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : integerText(bytes, true);
}

function enumText(bytes: Uint8Array, type: Extract<ValueType, { kind: 'enum' }>): string {
  const value = type.signed ? signedInteger(bytes) : unsignedInteger(bytes);
  return type.members.get(value) ?? value.toString();
}

/** `bytes` (exactly `type.size`) as JSON shows them; null stays null. */
export function valueToJson(bytes: Uint8Array | null, type: ValueType): JsonValue {
  if (bytes === null) return null;
  switch (type.kind) {
    case 'signed':
    case 'unsigned': {
      if (bytes.length > 6) return integerText(bytes, type.kind === 'signed');
      return type.kind === 'signed' ? smallSigned(bytes) : smallUnsigned(bytes);
    }
    case 'float': {
      const value = float(bytes);
      // JSON has no infinities and no NaN.
      return Number.isFinite(value) ? Number(floatText(bytes)) : floatText(bytes);
    }
    case 'bool':
      return smallUnsigned(bytes) !== 0;
    case 'character':
      return characterText(bytes);
    case 'pointer':
      return hex(bytes);
    case 'enum':
      return enumText(bytes, type);
    case 'bytes':
      return dump(bytes);
    default:
      return assertNever(type);
  }
}

/** `bytes` for people: characters quoted, pointers in hexadecimal; `?` where nothing is known. */
export function valueToText(bytes: Uint8Array | null, type: ValueType): string {
  if (bytes === null) return '?';
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
      return integerText(bytes, type.kind === 'signed');
    case 'float':
      return floatText(bytes);
    case 'bool':
      return smallUnsigned(bytes) !== 0 ? 'true' : 'false';
    case 'character': {
      const text = characterText(bytes);
      return text.length === 1 ? `'${text}'` : text;
    }
    case 'pointer':
      return hex(bytes);
    case 'enum':
      return enumText(bytes, type);
    case 'bytes':
      return dump(bytes);
    default:
      return assertNever(type);
  }
}

/** True where both hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
