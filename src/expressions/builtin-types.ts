// C's own types, for casts in programs that do not describe them, as they are on x86-64 Linux.
import type { Type } from '../symbols/types.js';

type Encoding = Extract<Type, { kind: 'base' }>['encoding'];

/** The name C gives a type, however its words are ordered: `unsigned long` and `long unsigned int` are one. */
export function canonical(name: string): string {
  const words = name.split(' ');
  if (!words.every((word) => C_WORDS.has(word))) return name;
  const long = words.filter((word) => word === 'long').length;
  if (words.includes('double') || words.includes('float')) return `${'long '.repeat(long)}${words.includes('float') ? 'float' : 'double'}`;
  const sign = words.includes('unsigned') ? 'unsigned' : '';
  if (words.includes('char')) return [sign || (words.includes('signed') ? 'signed' : ''), 'char'].filter(Boolean).join(' ');
  const width = words.includes('short') ? 'short' : ['', 'long', 'long long'][long];
  return [width, sign, 'int'].filter(Boolean).join(' ');
}

const C_WORDS = new Set(['unsigned', 'signed', 'short', 'long', 'int', 'char', 'double', 'float']);

const SIZES: readonly (readonly [encoding: Encoding, names: readonly string[], sizes: readonly number[]])[] = [
  ['signed', ['int', 'short int', 'long int', 'long long int', '__int128'], [4, 2, 8, 8, 16]],
  [
    'unsigned',
    ['unsigned int', 'short unsigned int', 'long unsigned int', 'long long unsigned int', 'unsigned __int128'],
    [4, 2, 8, 8, 16],
  ],
  ['signed', ['int8_t', 'int16_t', 'int32_t', 'int64_t', 'ssize_t', 'intptr_t', 'ptrdiff_t'], [1, 2, 4, 8, 8, 8, 8]],
  ['unsigned', ['uint8_t', 'uint16_t', 'uint32_t', 'uint64_t', 'size_t', 'uintptr_t'], [1, 2, 4, 8, 8, 8]],
  ['signed', ['i8', 'i16', 'i32', 'i64', 'i128', 'isize'], [1, 2, 4, 8, 16, 8]],
  ['unsigned', ['u8', 'u16', 'u32', 'u64', 'u128', 'usize'], [1, 2, 4, 8, 16, 8]],
  ['float', ['float', 'double', 'f32', 'f64'], [4, 8, 4, 8]],
  ['character', ['char', 'signed char', 'unsigned char'], [1, 1, 1]],
  ['bool', ['bool', '_Bool'], [1, 1]],
];

const TYPES: ReadonlyMap<string, Type> = new Map(
  SIZES.flatMap(([encoding, names, sizes]) =>
    names.map((name, i): [string, Type] => {
      const signed = encoding === 'character' ? { signed: name !== 'unsigned char' } : {};
      return [name, { kind: 'base', name, size: sizes[i] ?? 0, encoding, ...signed }];
    }),
  ),
);

/** `void`, for pointers to it. */
export const VOID: Type = { kind: 'other', name: 'void', size: 0 };

/** The type of this {@link canonical} name, or null. */
export function builtinType(name: string): Type | null {
  return name === 'void' ? VOID : (TYPES.get(name) ?? null);
}
