// From the types of debug information to the types values are shown by.
import { assertNever } from '../base/assert.js';
import type { ValueMember, ValueType } from '../model/value.js';
import type { Member, Type } from '../symbols/types.js';

/** Aliases around aliases, and structs in structs; more is a circle in broken debug information. */
const DEEPEST = 32;
/** Values larger than this are bytes: no debug registers cover them. */
const MOST_SIZE = 1024;
/** Members of one struct that are shown. */
const MOST_MEMBERS = 128;

/** How values are shown beside their types. */
export interface Shown {
  /** What lies at an address (`table+8`), for pointers; null where nobody knows. */
  readonly symbol?: (address: bigint) => string | null;
}

/** How `size` bytes of `type` are shown. What is too large to be watched is shown as bytes. */
export function valueTypeOf(type: Type, size: number, shown: Shown = {}): ValueType {
  return new ValueTypes(shown).of(type, size, 0);
}

/** How a bit-field of `type` is shown, whose bits lie from bit `offset` of `size` bytes on. */
export function bitFieldTypeOf(
  type: Type,
  size: number,
  { offset, width }: { readonly offset: number; readonly width: number },
): ValueType {
  const whole = valueTypeOf(type, type.size);
  // Only where a struct is packed can a field of 64 bits lie across 9 bytes.
  if (offset + width > MOST_BITS) return { kind: 'bytes', size, name: whole.name };
  const signed = whole.kind === 'signed' || ((whole.kind === 'enum' || whole.kind === 'character') && whole.signed);
  const members = whole.kind === 'enum' ? whole.members : NO_MEMBERS;
  const truth = whole.kind === 'bool' ? { truth: true as const } : {};
  return { kind: 'bits', size, name: `${whole.name}:${width}`, signed, shift: offset, width, members, ...truth };
}

const MOST_BITS = 64;
const NO_MEMBERS: ReadonlyMap<bigint, string> = new Map();

class ValueTypes {
  readonly #shown: Shown;
  /** Members that may still be made: broken debug information can nest without bound. */
  #left = 4096;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  of(type: Type, size: number, depth: number): ValueType {
    const { name } = type;
    switch (type.kind) {
      case 'base':
        return baseType(type, size);
      case 'pointer':
        return this.#pointer(size, name === '' ? 'pointer' : name);
      case 'enum':
        return { kind: 'enum', size, name, signed: type.signed, members: type.members };
      case 'alias': {
        if (type.reference === true) return this.#pointer(size, name === '' ? 'reference' : name);
        const target = depth < DEEPEST ? type.target() : null;
        return target === null ? { kind: 'bytes', size, name } : { ...this.of(target, size, depth + 1), ...(name === '' ? {} : { name }) };
      }
      case 'struct':
      case 'union':
      case 'array':
        return depth > DEEPEST || size !== type.size || size > MOST_SIZE ? { kind: 'bytes', size, name } : this.#compound(type, depth);
      case 'other':
        return { kind: 'bytes', size, name };
      default:
        return assertNever(type);
    }
  }

  #pointer(size: number, name: string): ValueType {
    const { symbol } = this.#shown;
    return { kind: 'pointer', size, name, ...(symbol === undefined ? {} : { symbol }) };
  }

  #compound(type: Extract<Type, { kind: 'struct' | 'union' | 'array' }>, depth: number): ValueType {
    if (type.kind === 'array') return this.#array(type, depth);
    if (type.kind === 'struct' && type.variants?.() != null) return this.#variants(type, depth);
    // An empty class has one byte; what has more and no members is not described.
    if (type.members.length === 0 && type.size > 1) return { kind: 'bytes', size: type.size, name: type.name };
    const members = type.members.slice(0, MOST_MEMBERS).flatMap((member) => this.#member(member, { within: type.size, depth }));
    return { kind: 'struct', size: type.size, name: type.name, members: members.filter((member) => !isEmpty(member.type)) };
  }

  /** Nothing for a member that does not lie within the struct, as an array of any length at its end does not. */
  #member(member: Member, { within, depth }: { readonly within: number; readonly depth: number }): ValueMember[] {
    if (this.#left-- <= 0) return [];
    const { name, base, bits } = member;
    const type = member.type();
    const common = { name, ...(base === true ? { base } : {}) };
    if (bits === undefined) {
      const { offset } = member;
      return type.size === 0 || offset + type.size > within ? [] : [{ ...common, offset, type: this.of(type, type.size, depth + 1) }];
    }
    const offset = Math.floor(bits.offset / 8);
    const shift = bits.offset % 8;
    const size = Math.ceil((shift + bits.width) / 8);
    return offset + size > within ? [] : [{ ...common, offset, type: bitFieldTypeOf(type, size, { offset: shift, width: bits.width }) }];
  }

  #array({ name, size, count, element }: Extract<Type, { kind: 'array' }>, depth: number): ValueType {
    const each = this.of(element(), element().size, depth + 1);
    if (count === null || each.size * count !== size) return { kind: 'bytes', size, name };
    if (each.kind === 'character' && each.size === 1) return { kind: 'text', size, name };
    return { kind: 'array', size, name, element: each, count };
  }

  #variants(type: Extract<Type, { kind: 'struct' }>, depth: number): ValueType {
    const { size, name } = type;
    const { discriminant, cases } = type.variants?.() ?? { discriminant: null, cases: [] };
    const told = discriminant === null ? null : { offset: discriminant.offset, size: discriminant.type().size };
    return {
      kind: 'variants',
      size,
      name,
      discriminant: told,
      cases: cases.slice(0, MOST_MEMBERS).flatMap(({ value, member }) =>
        this.#member(member, { within: size, depth }).map(({ name: called, offset, type: held }) => ({
          ...{ name: called, value, offset },
          type: isFieldless(member.type()) ? { kind: 'struct', size: 0, name: held.name, members: [] } : held,
        })),
      ),
    };
  }
}

/** As a case of a Rust enum without fields is, which has the size of the enum nevertheless. */
function isFieldless(type: Type): boolean {
  return type.kind === 'struct' && type.members.length === 0;
}

/** Allocators, comparisons, markers: types that are there for the compiler only. */
function isEmpty(type: ValueType): boolean {
  return type.kind === 'struct' && type.members.length === 0;
}

function baseType(type: Extract<Type, { kind: 'base' }>, size: number): ValueType {
  const { name, encoding } = type;
  switch (encoding) {
    case 'signed':
    case 'unsigned':
      // To gcc it is a number, to whoever wrote it a character.
      if (name === 'wchar_t') return { kind: 'character', size, name, signed: encoding === 'signed' };
      return size <= 16 ? { kind: encoding, size, name } : { kind: 'bytes', size, name };
    case 'float':
      if (name === 'long double' && size === 16) return { kind: 'extended', size, name };
      return size === 4 || size === 8 ? { kind: 'float', size, name } : { kind: 'bytes', size, name };
    case 'bool':
      return { kind: 'bool', size, name };
    case 'character': {
      const signed = type.signed ?? true;
      // What C calls `signed char` and `unsigned char` are its small numbers: int8_t and uint8_t.
      if (name === 'signed char' || name === 'unsigned char') return { kind: signed ? 'signed' : 'unsigned', size, name };
      return { kind: 'character', size, name, signed };
    }
    case 'other':
      return { kind: 'bytes', size, name };
    default:
      return assertNever(encoding);
  }
}
