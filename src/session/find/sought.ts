// The value somebody looks for: what was typed and a type become the bytes that memory must hold.
import { assertNever } from '../../base/assert.js';
import { valueToText } from '../../model/format-value.js';
import type { ValueType } from '../../model/value.js';
import { valueTypeNamed } from '../../model/value-names.js';
import { BadValueError } from './errors.js';

const INTEGER_BITS = { int8: 8, int16: 16, int32: 32, int64: 64, u8: 8, u16: 16, u32: 32, u64: 64 } as const;
type IntegerName = keyof typeof INTEGER_BITS;

/** The types `find` knows, as `--type` takes them. */
export const FIND_TYPES = [...(Object.keys(INTEGER_BITS) as IntegerName[]), 'f32', 'f64', 'text', 'bytes'] as const;
export type FindType = (typeof FIND_TYPES)[number];

/** Longest text or run of bytes that can be looked for. */
export const MOST_SOUGHT_BYTES = 256;

/** A value and its type. */
export interface Sought {
  readonly type: FindType;
  /** 1 to {@link MOST_SOUGHT_BYTES}, as memory holds them. */
  readonly bytes: Uint8Array;
}

/** True for one of {@link FIND_TYPES}. */
export function isFindType(name: string): name is FindType {
  return (FIND_TYPES as readonly string[]).includes(name);
}

/**
 * What `text` says as `type`; where that is null, as int32 when it fits, else as the next wider integer, and as f64 when it is written with a
 * point or an exponent. Throws BadValueError.
 */
export function soughtValue(text: string, type: FindType | null): Sought {
  const chosen = type ?? typeOfLiteral(text);
  return { type: chosen, bytes: bytesOf(text, chosen) };
}

/** Distance between two places where a value of this type and size is looked for, without `--unaligned`. */
export function alignmentOf(type: FindType, size: number): 1 | 2 | 4 | 8 {
  if (type === 'text' || type === 'bytes') return 1;
  return size as 1 | 2 | 4 | 8;
}

/** A value of `type` for people. */
export function soughtText(bytes: Uint8Array, type: FindType): string {
  if (type === 'text') return JSON.stringify(new TextDecoder().decode(bytes));
  return valueToText(bytes, valueTypeOf(type, bytes.length));
}

/** How the command line and JSON read a value of `type`. */
export function valueTypeOf(type: FindType, size: number): ValueType {
  return valueTypeNamed(type, size) ?? { kind: 'bytes', size, name: `${size} bytes` };
}

const INTEGER = /^[+-]?(0x[0-9a-f]+|0b[01]+|0o[0-7]+|\d+)$/i;
const FLOAT = /^[+-]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf(inity)?)$/i;
/** Narrowest first, int32 before all. */
const BY_DEFAULT: readonly IntegerName[] = ['int32', 'u32', 'int64', 'u64'];

function typeOfLiteral(text: string): FindType {
  const value = integerOf(text);
  if (value !== null) {
    const fitting = BY_DEFAULT.find((name) => fits(value, name));
    if (fitting !== undefined) return fitting;
    throw new BadValueError(`${text} does not fit 64 bits`, { hint: 'Give its bytes as memory holds them: --type bytes.' });
  }
  if (FLOAT.test(text)) return 'f64';
  throw new BadValueError(`${JSON.stringify(text)} is not a number`, {
    hint: 'Numbers are written 100, -1, 0x64 or 1.5; text is found with --type text, other memory with --type bytes.',
  });
}

function bytesOf(text: string, type: FindType): Uint8Array {
  switch (type) {
    case 'text':
      return checkedLength(new TextEncoder().encode(text));
    case 'bytes':
      return checkedLength(dumpOf(text));
    case 'f32':
    case 'f64':
      return floatBytes(text, type);
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
      return integerBytes(text, type);
    default:
      return assertNever(type);
  }
}

function checkedLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw new BadValueError('there is nothing to look for: the value is empty');
  if (bytes.length > MOST_SOUGHT_BYTES)
    throw new BadValueError(`a value of ${bytes.length} bytes is too long to look for`, {
      hint: `At most ${MOST_SOUGHT_BYTES} bytes: a part of it will do.`,
    });
  return bytes;
}

/** `de ad be ef`, `deadbeef`, `de:ad`. */
function dumpOf(text: string): Uint8Array {
  const digits = text.replace(/^0x/i, '').replaceAll(/[\s:,]/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits))
    throw new BadValueError(`${JSON.stringify(text)} is no run of bytes`, {
      hint: 'Two digits a byte, in the order of memory: "de ad be ef".',
    });
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function integerOf(text: string): bigint | null {
  if (!INTEGER.test(text)) return null;
  const digits = text.replace(/^[+-]/, '');
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

function limitsOf(type: IntegerName): readonly [bigint, bigint] {
  const bits = BigInt(INTEGER_BITS[type]);
  return type.startsWith('u') ? [0n, (1n << bits) - 1n] : [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n];
}

function fits(value: bigint, type: IntegerName): boolean {
  const [least, most] = limitsOf(type);
  return value >= least && value <= most;
}

function integerBytes(text: string, type: IntegerName): Uint8Array {
  const value = integerOf(text);
  if (value === null)
    throw new BadValueError(`${JSON.stringify(text)} is no value of type ${type}`, { hint: 'Whole numbers are written 100, -1 or 0x64.' });
  if (!fits(value, type)) {
    const [least, most] = limitsOf(type);
    throw new BadValueError(`${text} does not fit ${type}, which goes from ${least} to ${most}`, { hint: 'Give a wider --type.' });
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, value), true);
  return new Uint8Array(view.buffer, 0, INTEGER_BITS[type] / 8);
}

function floatBytes(text: string, type: 'f32' | 'f64'): Uint8Array {
  const whole = integerOf(text);
  if (whole === null && !FLOAT.test(text))
    throw new BadValueError(`${JSON.stringify(text)} is no value of type ${type}`, {
      hint: 'Floating-point numbers are written 1.5, -2e10 or inf.',
    });
  const value = whole === null ? Number(text.replace(/inf(inity)?$/i, 'Infinity')) : Number(whole);
  const view = new DataView(new ArrayBuffer(type === 'f32' ? 4 : 8));
  if (type === 'f32') view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  const kept = type === 'f32' ? view.getFloat32(0, true) : value;
  if (!Number.isFinite(kept) && !/inf/i.test(text))
    throw new BadValueError(`${text} does not fit ${type}`, { hint: 'Give a wider --type.' });
  return new Uint8Array(view.buffer);
}
