// Members of structs by name, those of anonymous members and base classes included.
import type { Member, Type } from '../symbols/types.js';
import { direct } from './part.js';

const DEEPEST = 64;

type Compound = Extract<Type, { readonly members: readonly Member[] }>;

export interface FoundMember {
  readonly member: Member;
  /** Bytes from the start of the outermost struct. */
  readonly offset: number;
}

export function isCompound(type: Type): type is Compound {
  return type.kind === 'struct' || type.kind === 'union';
}

/** Members of the struct itself first, then those of anonymous members and base classes, which count as its own. */
export function findMember(type: Type, name: string, depth = 0): FoundMember | null {
  if (!isCompound(type) || depth > DEEPEST) return null;
  // Rust writes the fields of tuples as numbers, and debug information as __0.
  const wanted = /^[0-9]+$/.test(name) ? [name, `__${name}`] : [name];
  const own = type.members.find((candidate) => wanted.includes(candidate.name) && candidate.base !== true);
  if (own !== undefined) return { member: own, offset: own.offset };
  const asBase = type.members.find((candidate) => wanted.includes(candidate.name));
  if (asBase !== undefined) return { member: asBase, offset: asBase.offset };
  for (const candidate of type.members.filter(countsAsParent)) {
    const inner = findMember(direct(candidate.type()), name, depth + 1);
    if (inner !== null) return { member: inner.member, offset: candidate.offset + inner.offset };
  }
  return null;
}

/** Anonymous structs and unions, and base classes. */
function countsAsParent({ bits, name, base }: Member): boolean {
  return bits === undefined && (name === '' || base === true);
}

/** Names that {@link findMember} finds. */
export function memberNames(type: Type, depth = 0): string[] {
  if (!isCompound(type) || depth > 8) return [];
  return type.members.flatMap((candidate) => {
    const own = candidate.name === '' ? [] : [candidate.name];
    return countsAsParent(candidate) ? [...own, ...memberNames(direct(candidate.type()), depth + 1)] : own;
  });
}
