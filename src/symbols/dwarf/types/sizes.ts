// How many bytes a type takes.
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { stripAliases } from './aliases.js';
import type { Definitions } from './definitions.js';
import { type Dimension, readDimensions } from './dimensions.js';

/** Arrays of arrays (as types of their own) gone through. */
const DEEPEST = 16;

/** Bytes of the type `die`; 0 for void, functions, and where nothing says it. Throws DwarfError. */
export function sizeOf(die: Die | null, definitions: Definitions, depth = 0): number {
  const type = stripAliases(die);
  if (type === null || depth > DEEPEST) return 0;
  const given = definitions.of(type).unsigned(At.byteSize);
  if (given !== null) return given;
  switch (type.tag) {
    case Tag.arrayType:
      return bytesOf(readDimensions(type), sizeOf(type.reference(At.type), definitions, depth + 1));
    case Tag.pointerType:
    case Tag.referenceType:
    case Tag.rvalueReferenceType:
      return type.unit.addressSize;
    case Tag.ptrToMemberType:
      return sizeOfPointerToMember(type);
    default:
      return 0;
  }
}

/** Bytes of `dimensions` of elements of `element` bytes; 0 where a count is unknown or the product is no size. */
export function bytesOf(dimensions: readonly Dimension[], element: number): number {
  const bytes = dimensions.reduce<number>((product, count) => product * (count ?? 0), element);
  return Number.isSafeInteger(bytes) ? bytes : 0;
}

/** Itanium C++ ABI 2.3: a pointer to a data member is one word, one to a member function two. */
function sizeOfPointerToMember(type: Die): number {
  const target = stripAliases(type.reference(At.type));
  return target?.tag === Tag.subroutineType ? 16 : 8;
}
