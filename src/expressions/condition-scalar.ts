// How the types of debug information are read as the numbers of conditions.
import { assertNever } from '../base/assert.js';
import type { WatchedValue } from '../conditions/index.js';
import type { Type } from '../symbols/types.js';
import { described, direct } from './part.js';

/** Bytes of the widest number that can be computed with. */
const WIDEST = 8;

/** Bits of a place, counted from its first byte. */
export interface Bits {
  readonly offset: number;
  readonly width: number;
}

/** A value of `type`, or of a bit-field of it, as conditions see it; of `size` bytes where nothing tells the type. */
export function scalarOf(type: Type | null, { size, bits }: { readonly size: number; readonly bits: Bits | null }): WatchedValue {
  if (type === null) return integer(`${size} bytes`, { size, bits: null }, { signed: false });
  const name = described(type);
  const known = direct(type);
  switch (known.kind) {
    case 'base':
      if (known.encoding === 'float' && (known.size === 4 || known.size === WIDEST)) return { kind: 'float', name, size: known.size };
      if (known.encoding === 'float' || known.encoding === 'other') return { kind: 'bytes', name, size: known.size };
      return integer(name, { size: known.size, bits }, { signed: isSigned(known), truth: known.encoding === 'bool' });
    case 'pointer':
      return integer(name, { size: known.size, bits: null }, { signed: false });
    case 'enum':
      return integer(name, { size: known.size, bits }, { signed: known.signed, members: byName(known.members) });
    case 'alias':
    case 'struct':
    case 'union':
    case 'array':
    case 'other':
      return { kind: 'bytes', name, size: type.size };
    default:
      return assertNever(known);
  }
}

function isSigned({ encoding, signed = true }: Extract<Type, { kind: 'base' }>): boolean {
  return encoding === 'signed' || (encoding === 'character' && signed);
}

interface Reading {
  readonly signed: boolean;
  readonly truth?: boolean;
  readonly members?: ReadonlyMap<string, bigint>;
}

/** Of a bit-field, `size` becomes the bytes that hold it. */
function integer(
  name: string,
  { size, bits }: { readonly size: number; readonly bits: Bits | null },
  { signed, truth = false, members = new Map() }: Reading,
): WatchedValue {
  const { offset, width } = bits ?? { offset: 0, width: 8 * size };
  const holding = Math.ceil((offset + width) / 8);
  if (holding > WIDEST || holding === 0) return { kind: 'bytes', name, size: holding };
  return { kind: 'integer', name, size: holding, field: { kind: 'integer', shift: offset, bits: width, signed }, truth, members };
}

/** Debug information lists one name for each value. */
function byName(members: ReadonlyMap<bigint, string>): ReadonlyMap<string, bigint> {
  return new Map([...members].map(([value, name]) => [name, value]));
}

/** Whether it holds characters of one byte. */
export function isCharacter(type: Type): boolean {
  const known = direct(type);
  return known.kind === 'base' && known.encoding === 'character' && known.size === 1;
}
