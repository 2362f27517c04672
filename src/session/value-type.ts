// From the types of debug information to the types values are shown by.
import { assertNever } from '../base/assert.js';
import type { ValueType } from '../model/value.js';
import type { Type } from '../symbols/types.js';

/** Aliases around aliases; more is a circle in broken debug information. */
const DEEPEST = 32;

/** How `size` bytes of `type` are shown. Types without a plain value (structs, arrays, long double) are shown as bytes. */
export function valueTypeOf(type: Type, size: number, depth = 0): ValueType {
  const { name } = type;
  switch (type.kind) {
    case 'base':
      return baseType(type, size);
    case 'pointer':
      return { kind: 'pointer', size, name: name === '' ? 'pointer' : name };
    case 'enum':
      return { kind: 'enum', size, name, signed: type.signed, members: type.members };
    case 'alias': {
      if (type.reference === true) return { kind: 'pointer', size, name: name === '' ? 'reference' : name };
      const target = depth < DEEPEST ? type.target() : null;
      return target === null
        ? { kind: 'bytes', size, name }
        : { ...valueTypeOf(target, size, depth + 1), ...(name === '' ? {} : { name }) };
    }
    case 'struct':
    case 'union':
    case 'array':
    case 'other':
      return { kind: 'bytes', size, name };
    default:
      return assertNever(type);
  }
}

/** How a bit-field of `type` is shown, whose bits lie from bit `offset` of `size` bytes on. */
export function bitFieldTypeOf(
  type: Type,
  size: number,
  { offset, width }: { readonly offset: number; readonly width: number },
): ValueType {
  const whole = valueTypeOf(type, type.size);
  // Only where a struct is packed can a field of 64 bits lie across 9 bytes.
  if (offset + width > MOST_BITS) return { kind: 'bytes', size, name: whole.name };
  const signed = whole.kind === 'signed' || ((whole.kind === 'enum' || whole.kind === 'character') && whole.signed);
  const members = whole.kind === 'enum' ? whole.members : NO_MEMBERS;
  return { kind: 'bits', size, name: `${whole.name}:${width}`, signed, shift: offset, width, members };
}

const MOST_BITS = 64;
const NO_MEMBERS: ReadonlyMap<bigint, string> = new Map();

function baseType(type: Extract<Type, { kind: 'base' }>, size: number): ValueType {
  const { name, encoding } = type;
  switch (encoding) {
    case 'signed':
    case 'unsigned':
      return size <= 16 ? { kind: encoding, size, name } : { kind: 'bytes', size, name };
    case 'float':
      return size === 4 || size === 8 ? { kind: 'float', size, name } : { kind: 'bytes', size, name };
    case 'bool':
      return { kind: 'bool', size, name };
    case 'character': {
      const signed = type.signed ?? true;
      // What C calls `signed char` and `unsigned char` are its small numbers: int8_t and uint8_t.
      if (name === 'signed char' || name === 'unsigned char') return { kind: signed ? 'signed' : 'unsigned', size, name };
      return { kind: 'character', size, name, signed };
    }
    case 'other':
      return { kind: 'bytes', size, name };
    default:
      return assertNever(encoding);
  }
}
