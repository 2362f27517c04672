// The members of structs, classes and unions.
import type { Member, Type } from '../../types.js';
import { At } from '../codes/attributes.js';
import { Tag } from '../codes/tags.js';
import type { Die } from '../dies/die.js';
import { constantOffset } from '../expression.js';
import { readBlock } from '../forms/values.js';
import type { Definitions } from './definitions.js';
import { lazy } from './lazy.js';
import { sizeOf } from './sizes.js';

/** What reading members takes from the others. */
export interface MemberContext {
  typeOf(die: Die | null): Type;
  readonly definitions: Definitions;
}

/** Members of the struct, class or union `die`, in the order of the file: base classes too, by name; static members not. Throws DwarfError. */
export function readMembers(die: Die, context: MemberContext): Member[] {
  const members: Member[] = [];
  for (const child of die.children()) addChild(child, context, members);
  return members;
}

function addChild(die: Die, context: MemberContext, members: Member[]): void {
  switch (die.tag) {
    case Tag.member:
      if (!die.flag(At.external) && !die.flag(At.declaration)) addMember(die, context, members);
      return;
    case Tag.inheritance:
      addBaseClass(die, context, members);
      return;
    case Tag.variantPart:
      addVariants(die, context, members);
      return;
    default:
      return;
  }
}

/** Rust's enums: each variant's fields are one member, named by the variant, and all lie over each other. */
function addVariants(part: Die, context: MemberContext, members: Member[]): void {
  for (const variant of part.children()) {
    if (variant.tag !== Tag.variant) continue;
    for (const child of variant.children()) if (child.tag === Tag.member) addMember(child, context, members);
  }
}

function addMember(die: Die, context: MemberContext, members: Member[]): void {
  const member = readMember(die, context);
  if (member !== null) members.push(member);
}

/** The member that `die` describes; null where it has no fixed place. Throws DwarfError. */
export function readMember(die: Die, context: MemberContext): Member | null {
  const type = memberType(die, context);
  const name = die.name() ?? '';
  const width = die.unsigned(At.bitSize);
  const offset = byteOffset(die);
  if (width === null) return offset === null ? null : { name, offset, type };
  const first = bitOffset(die, { width, byteOffset: offset ?? 0, context });
  return first === null ? null : { name, offset: Math.floor(first / 8), bits: { offset: first, width }, type };
}

/** A virtual base class has no fixed offset (its location is computed from the object) and is left out. */
function addBaseClass(die: Die, context: MemberContext, members: Member[]): void {
  const offset = byteOffset(die);
  const base = die.reference(At.type);
  if (offset !== null && base !== null) members.push({ name: base.name() ?? '', offset, base: true, type: memberType(die, context) });
}

function memberType(die: Die, context: MemberContext): () => Type {
  return lazy(() => context.typeOf(context.definitions.guard(null, () => die.reference(At.type))));
}

/** Null where the offset is not fixed. DWARF 2 and 3 wrote it as an expression; unions leave it out. */
function byteOffset(die: Die): number | null {
  const attribute = die.attribute(At.dataMemberLocation);
  if (attribute === null) return 0;
  const block = readBlock(die.unit, attribute);
  if (block === null) return die.unsigned(At.dataMemberLocation);
  const offset = constantOffset(block);
  return offset === null || offset > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(offset);
}

/**
 * First bit of a bit-field, from the start of the parent. DWARF 4 and later: DW_AT_data_bit_offset. Before, on little-endian:
 *
 *   byte offset of the storage unit            storage unit (DW_AT_byte_size, else the type's size)
 *   |--------------------------------------------------------------|
 *   ^ bit 0                 |<- width ->|<----- DW_AT_bit_offset ->|   counted from the highest bit
 */
function bitOffset(die: Die, at: { width: number; byteOffset: number; context: MemberContext }): number | null {
  const direct = die.constant(At.dataBitOffset);
  if (direct !== null) return toBit(direct);
  const fromTop = die.constant(At.bitOffset);
  if (fromTop === null) return at.byteOffset * 8;
  const storage = die.unsigned(At.byteSize) ?? sizeOf(die.reference(At.type), at.context.definitions);
  // It is negative, in forms without a sign, where a packed bit-field reaches beyond its storage unit.
  return toBit(BigInt(at.byteOffset + storage) * 8n - BigInt.asIntN(64, fromTop) - BigInt(at.width));
}

function toBit(bit: bigint): number | null {
  return bit >= 0n && bit <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bit) : null;
}
