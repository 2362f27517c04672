// Members of structs by name, those of anonymous members and base classes included.
import type { Member, Type } from '../symbols/types.js';
import { direct } from './part.js';

/** Bases of bases; more is a circle. */
const DEEPEST = 16;

/** Base classes of one depth that are looked into: broken debug information could double them at each. */
const MOST_PARENTS = 256;

type Compound = Extract<Type, { readonly members: readonly Member[] }>;

export interface FoundMember {
  readonly member: Member;
  /** Bytes from the start of the outermost struct. */
  readonly offset: number;
}

export function isCompound(type: Type): type is Compound {
  return type.kind === 'struct' || type.kind === 'union';
}

/** Members of the struct itself first, then those of anonymous members and base classes, which count as its own; the nearest of several. */
export function findMember(type: Type, name: string): FoundMember | null {
  // Rust writes the fields of tuples as numbers, and debug information as __0.
  const wanted = /^[0-9]+$/.test(name) ? [name, `__${name}`] : [name];
  let level: { readonly type: Type; readonly offset: number }[] = [{ type: direct(type), offset: 0 }];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    for (const parent of level) {
      const member = ownMember(parent.type, wanted);
      if (member !== null) return { member, offset: parent.offset + member.offset };
    }
    level = level
      .flatMap((parent) =>
        membersOf(parent.type)
          .filter(countsAsParent)
          .map((inner) => ({ type: direct(inner.type()), offset: parent.offset + inner.offset })),
      )
      .slice(0, MOST_PARENTS);
  }
  return null;
}

/** A member that is called as a base class is hides it. */
function ownMember(type: Type, wanted: readonly string[]): Member | null {
  const called = membersOf(type).filter(({ name }) => wanted.includes(name));
  return called.find(({ base }) => base !== true) ?? called[0] ?? null;
}

function membersOf(type: Type): readonly Member[] {
  return isCompound(type) ? type.members : [];
}

/** The class itself, then its base classes, nearest first. */
export function withBases(type: Type): Type[] {
  const found = [direct(type)];
  for (let i = 0; i < found.length && i < DEEPEST; i++) {
    const next = found[i];
    if (next !== undefined) for (const member of membersOf(next)) if (member.base === true) found.push(direct(member.type()));
  }
  return found;
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
