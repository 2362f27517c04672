// Rust's enums: which variant is there, told by a discriminant. DWARF 5 section 5.7.10.
import type { Member, Variants } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { openBits, readConstant } from '../forms/values.js';
import { type MemberContext, readMember } from './members.js';

/** The variants of the struct `die`, whose members are `members`; null where it has none. Throws DwarfError. */
export function readVariants(die: Die, members: readonly Member[], context: MemberContext): Variants | null {
  for (const child of die.children()) if (child.tag === Tag.variantPart) return readPart(child, members, context);
  return null;
}

function readPart(part: Die, members: readonly Member[], context: MemberContext): Variants {
  const told = part.reference(At.discriminant);
  const discriminant = told === null ? null : readMember(told, context);
  const cases: Variants['cases'][number][] = [];
  for (const variant of part.children()) {
    if (variant.tag !== Tag.variant) continue;
    const own = [...variant.children()].find(({ tag }) => tag === Tag.member);
    const member = members.find(({ name }) => name !== '' && name === own?.name());
    if (member !== undefined) cases.push({ value: discriminantValue(variant), member });
  }
  return { discriminant, cases };
}

/** As its bits: which sign they are to be read with, only the discriminant's type tells. */
function discriminantValue(variant: Die): bigint | null {
  const attribute = variant.attribute(At.discriminantValue);
  const value = attribute === null ? null : readConstant(variant.unit, attribute);
  if (attribute === null || value === null) return null;
  return openBits(attribute) > 0 ? BigInt.asUintN(64, value) : value;
}
