// The names `--as` takes for an address without a type.
import type { ValueType } from './value.js';

const FIXED: ReadonlyMap<string, ValueType> = new Map(
  [8, 16, 32, 64].flatMap((bits): [string, ValueType][] => [
    [`int${bits}`, { kind: 'signed', size: bits / 8, name: `int${bits}_t` }],
    [`uint${bits}`, { kind: 'unsigned', size: bits / 8, name: `uint${bits}_t` }],
    [`i${bits}`, { kind: 'signed', size: bits / 8, name: `int${bits}_t` }],
    [`u${bits}`, { kind: 'unsigned', size: bits / 8, name: `uint${bits}_t` }],
  ]),
);

/** All names {@link valueTypeNamed} knows, for help and errors. */
export const VALUE_TYPE_NAMES: readonly string[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'u8',
  'u16',
  'u32',
  'u64',
  'f32',
  'f64',
  'char',
  'bool',
  'hex',
];

/** The type called `name` for a value of `size` bytes, or null when there is none or its size is another. */
export function valueTypeNamed(name: string, size: number): ValueType | null {
  const type = namedType(name, size);
  return type !== null && type.size === size ? type : null;
}

/** The size a named type has by itself, or null where it takes the size of what is watched. */
export function sizeOfNamed(name: string): number | null {
  return name === 'hex' ? null : (namedType(name, 0)?.size ?? null);
}

function namedType(name: string, size: number): ValueType | null {
  switch (name) {
    case 'f32':
    case 'float':
      return { kind: 'float', size: 4, name: 'float' };
    case 'f64':
    case 'double':
      return { kind: 'float', size: 8, name: 'double' };
    case 'char':
      return { kind: 'character', size: 1, name: 'char', signed: true };
    case 'bool':
      return { kind: 'bool', size: 1, name: 'bool' };
    case 'hex':
      return size <= 8 ? { kind: 'pointer', size, name: 'hex' } : { kind: 'bytes', size, name: 'hex' };
    default:
      return FIXED.get(name) ?? null;
  }
}

/** What is shown of memory of which only the size is known: an unsigned number where the size is one a register has, else its bytes. */
export function defaultValueType(size: number): ValueType {
  if (size === 1 || size === 2 || size === 4 || size === 8) return { kind: 'pointer', size, name: `${size} bytes` };
  return { kind: 'bytes', size, name: `${size} bytes` };
}
