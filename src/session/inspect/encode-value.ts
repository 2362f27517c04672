// What people type for a new value, as the bytes of its type.
import { HwbkptError } from '../../base/errors.js';
import type { ValueType } from '../../model/value.js';

/** A text that is no value of this type. */
export class BadValueError extends HwbkptError {
  readonly code = 'bad-value';
  readonly text: string;

  constructor(text: string, type: ValueType, hint: string) {
    super(`${JSON.stringify(text)} is no value of ${type.name || type.kind}`, { hint });
    this.text = text;
  }
}

/** The bytes of `text`; `before`: what is there, for what shares bytes with others. Throws BadValueError. */
export function encodeValue(text: string, type: ValueType, before: Uint8Array): Uint8Array {
  const bytes = before.slice(0, type.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const written = text.trim();
  switch (type.kind) {
    case 'float': {
      const value = Number(written);
      if (written === '' || (Number.isNaN(value) && written.toLowerCase() !== 'nan'))
        throw new BadValueError(text, type, 'Write a number.');
      if (type.size === 4) view.setFloat32(0, value, true);
      else view.setFloat64(0, value, true);
      return bytes;
    }
    case 'signed':
    case 'unsigned':
    case 'pointer':
    case 'character':
    case 'bool':
    case 'enum':
    case 'bits':
      return withInteger(bytes, integerOf(text, type), type);
    default:
      throw new BadValueError(text, type, 'Only single values can be set: set its members or elements.');
  }
}

type Whole = Extract<ValueType, { kind: 'signed' | 'unsigned' | 'pointer' | 'character' | 'bool' | 'enum' | 'bits' }>;

/** What single values of `type` hold, as {@link encodeValue} takes it; null for what is no single value. */
export function wholeText(bytes: Uint8Array, type: ValueType): string | null {
  switch (type.kind) {
    case 'float': {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return String(type.size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true));
    }
    case 'signed':
    case 'unsigned':
    case 'pointer':
    case 'character':
    case 'bool':
    case 'enum':
    case 'bits': {
      const [shift, width] = type.kind === 'bits' ? [BigInt(type.shift), type.width] : [0n, type.size * 8];
      const word = wordOf(bytes) >> shift;
      const signed = type.kind === 'signed' || ('signed' in type && type.signed);
      return String(signed ? BigInt.asIntN(width, word) : BigInt.asUintN(width, word));
    }
    default:
      return null;
  }
}

function wordOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function integerOf(text: string, type: Whole): bigint {
  const written = text.trim();
  const named = type.kind === 'enum' || type.kind === 'bits' ? [...type.members].find(([, name]) => name === written)?.[0] : undefined;
  if (named !== undefined) return named;
  if (written === 'true' || written === 'false') return written === 'true' ? 1n : 0n;
  const character = /^'(.)'$/u.exec(written)?.[1];
  if (character !== undefined) return BigInt(character.codePointAt(0) ?? 0);
  const number = /^(-?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(written);
  if (number === null) throw new BadValueError(text, type, 'Write a whole number, decimal or with 0x.');
  const size = BigInt(number[2] ?? '0');
  return number[1] === '-' ? -size : size;
}

function withInteger(bytes: Uint8Array, value: bigint, type: Whole): Uint8Array {
  const width = type.kind === 'bits' ? type.width : type.size * 8;
  const least = -(1n << BigInt(width - 1));
  if ((type.kind === 'bool' || (type.kind === 'bits' && type.truth === true)) && value !== 0n && value !== 1n)
    throw new BadValueError(String(value), type, 'Write true or false.');
  if (value < least || value >= 1n << BigInt(width)) throw new BadValueError(String(value), type, `It has ${width} bits.`);
  const shift = type.kind === 'bits' ? BigInt(type.shift) : 0n;
  const mask = ((1n << BigInt(width)) - 1n) << shift;
  const old = wordOf(bytes);
  let word = (old & ~mask) | ((BigInt.asUintN(width, value) << shift) & mask);
  for (let i = 0; i < bytes.length; i++, word >>= 8n) bytes[i] = Number(word & 0xffn);
  return bytes;
}
