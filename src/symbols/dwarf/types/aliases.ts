// Entries that stand for another type: typedefs and qualifiers.
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';

/** Aliases followed before a chain counts as circular. */
const LONGEST = 64;

export function isQualifier(tag: number): boolean {
  switch (tag) {
    case Tag.constType:
    case Tag.volatileType:
    case Tag.restrictType:
    case Tag.atomicType:
    case Tag.immutableType:
    case Tag.packedType:
    case Tag.sharedType:
      return true;
    default:
      return false;
  }
}

export function isAlias(tag: number): boolean {
  return isQualifier(tag) || tag === Tag.typedef || tag === Tag.templateAlias || tag === Tag.subrangeType;
}

/** What `die` stands for behind all aliases; null for void, and for a circle. Throws DwarfError. */
export function stripAliases(die: Die | null): Die | null {
  let type = die;
  for (let i = 0; i < LONGEST; i++) {
    if (type === null || !isAlias(type.tag)) return type;
    type = type.reference(At.type);
  }
  return null;
}
