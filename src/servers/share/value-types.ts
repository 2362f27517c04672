// Types of watched values for the socket, and back: all of a type travels but the function that names what a pointer leads to.
import { assertNever } from '../../base/assert.js';
import type { ValueType } from '../../model/value.js';
import type { WireType } from '../../protocols/share/index.js';

/** What lies at an address; null where nobody knows. */
export type NameOf = (address: bigint) => string | null;

type Members = readonly (readonly [bigint, string])[];

function pairs(members: ReadonlyMap<bigint, string>): Members {
  return [...members];
}

export function wireTypeOf(type: ValueType): WireType {
  const { size, name } = type;
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
    case 'extended':
    case 'bool':
    case 'bytes':
    case 'text':
    case 'float':
      return { kind: type.kind, size, name };
    case 'character':
      return { kind: type.kind, size, name, signed: type.signed };
    case 'pointer':
      return { kind: type.kind, size, name, named: type.symbol !== undefined };
    case 'enum':
      return { kind: type.kind, size, name, signed: type.signed, members: pairs(type.members) };
    case 'bits':
      return { ...type, members: pairs(type.members), truth: type.truth === true };
    case 'struct': {
      const members = type.members.map((member) => ({ ...member, type: wireTypeOf(member.type), base: member.base === true }));
      return { kind: type.kind, size, name, members };
    }
    case 'array':
      return { kind: type.kind, size, name, element: wireTypeOf(type.element), count: type.count };
    case 'variants': {
      const cases = type.cases.map((one) => ({ ...one, type: wireTypeOf(one.type) }));
      return { kind: type.kind, size, name, discriminant: type.discriminant, cases };
    }
    default:
      return assertNever(type);
  }
}

/** `nameOf`: for pointers that were named at the other end. */
export function valueTypeOf(type: WireType, nameOf: NameOf): ValueType {
  const { size, name } = type;
  switch (type.kind) {
    case 'signed':
    case 'unsigned':
    case 'extended':
    case 'bool':
    case 'bytes':
    case 'text':
      return { kind: type.kind, size, name };
    case 'float':
      return { kind: type.kind, size: size === 4 ? 4 : 8, name };
    case 'character':
      return { kind: type.kind, size, name, signed: type.signed };
    case 'pointer':
      return { kind: type.kind, size, name, ...(type.named ? { symbol: nameOf } : {}) };
    case 'enum':
      return { kind: type.kind, size, name, signed: type.signed, members: new Map(type.members) };
    case 'bits': {
      const { signed, shift, width } = type;
      return { kind: type.kind, size, name, signed, shift, width, members: new Map(type.members), ...(type.truth ? { truth: true } : {}) };
    }
    case 'struct': {
      const members = type.members.map(({ base, ...member }) => ({
        ...{ name: member.name, offset: member.offset, type: valueTypeOf(member.type, nameOf) },
        ...(base ? { base: true as const } : {}),
      }));
      return { kind: type.kind, size, name, members };
    }
    case 'array':
      return { kind: type.kind, size, name, element: valueTypeOf(type.element, nameOf), count: type.count };
    case 'variants': {
      const cases = type.cases.map((one) => ({ ...one, type: valueTypeOf(one.type, nameOf) }));
      return { kind: type.kind, size, name, discriminant: type.discriminant, cases };
    }
    default:
      return assertNever(type);
  }
}

/** What names addresses in `type`, where anything in it does; null where nothing does. */
export function namerOf(type: ValueType): NameOf | null {
  switch (type.kind) {
    case 'pointer':
      return type.symbol === undefined ? null : (address) => type.symbol?.(address) ?? null;
    case 'struct':
      return firstNamer(type.members);
    case 'array':
      return namerOf(type.element);
    case 'variants':
      return firstNamer(type.cases);
    default:
      return null;
  }
}

function firstNamer(parts: readonly { readonly type: ValueType }[]): NameOf | null {
  for (const { type } of parts) {
    const namer = namerOf(type);
    if (namer !== null) return namer;
  }
  return null;
}
