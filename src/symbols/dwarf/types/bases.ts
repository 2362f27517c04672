// Base types: numbers, characters, booleans.
import type { Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import type { Die } from '../dies/die.js';

type BaseType = Extract<Type, { kind: 'base' }>;

const BOOLEAN = 2;
const FLOAT = 4;
const SIGNED = 5;
const SIGNED_CHAR = 6;
const UNSIGNED = 7;
const UNSIGNED_CHAR = 8;
const UTF = 0x10;
const UCS = 0x11;
const ASCII = 0x12;

/** DW_ATE code -> our word and, for characters, the sign. DWARF 5 table 7.11; complex, decimal, fixed and packed numbers are `other`. */
const ENCODINGS: ReadonlyMap<number, Pick<BaseType, 'encoding' | 'signed'>> = new Map([
  [BOOLEAN, { encoding: 'bool' }],
  [FLOAT, { encoding: 'float' }],
  [SIGNED, { encoding: 'signed' }],
  [SIGNED_CHAR, { encoding: 'character', signed: true }],
  [UNSIGNED, { encoding: 'unsigned' }],
  [UNSIGNED_CHAR, { encoding: 'character', signed: false }],
  [UTF, { encoding: 'character', signed: false }],
  [UCS, { encoding: 'character', signed: false }],
  [ASCII, { encoding: 'character', signed: false }],
]);

/** The base type that `die` describes. Throws DwarfError. */
export function baseType(die: Die): BaseType {
  const encoding = ENCODINGS.get(die.unsigned(At.encoding) ?? 0) ?? { encoding: 'other' };
  return { kind: 'base', name: die.name() ?? '', size: die.unsigned(At.byteSize) ?? 0, ...encoding };
}

/** Whether values of the base type `die` can be negative. */
export function isSigned(die: Die): boolean {
  const encoding = die.unsigned(At.encoding);
  return encoding === SIGNED || encoding === SIGNED_CHAR;
}
