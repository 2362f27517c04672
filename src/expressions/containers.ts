// Elements of containers, and what smart pointers own, by the layout that debug information shows: libstdc++, libc++ and Rust.
//
// They are recognised by their members, not by their names: that holds for every namespace, version and template argument.
import type { Type } from '../symbols/types.js';
import { findMember } from './members.js';
import { direct, type Place, type WalkContext } from './part.js';
import { POINTER_SIZE, readUnsigned, targetOf } from './pointers.js';

/** Elements that lie one behind the other. */
export interface Container {
  readonly start: bigint;
  /** null where nothing tells. */
  readonly count: number | null;
  readonly element: Type;
}

/** Members, each of the one before. */
export type Path = readonly string[];

interface Shape {
  /** A pointer to the first element. */
  readonly start: Path;
  readonly extent: { readonly kind: 'end' | 'count'; readonly path: Path };
}

const SHAPES: readonly Shape[] = [
  // std::vector of libstdc++, and of libc++
  { start: ['_M_impl', '_M_start'], extent: { kind: 'end', path: ['_M_impl', '_M_finish'] } },
  { start: ['__begin_'], extent: { kind: 'end', path: ['__end_'] } },
  // std::string, std::string_view, std::span
  { start: ['_M_dataplus', '_M_p'], extent: { kind: 'count', path: ['_M_string_length'] } },
  { start: ['_M_str'], extent: { kind: 'count', path: ['_M_len'] } },
  { start: ['_M_ptr'], extent: { kind: 'count', path: ['_M_extent', '_M_extent_value'] } },
  { start: ['__data_'], extent: { kind: 'count', path: ['__size_'] } },
  // Rust: slices and &str; Vec, in two layouts of the standard library; String, which is a Vec
  { start: ['data_ptr'], extent: { kind: 'count', path: ['length'] } },
  { start: ['buf', 'inner', 'ptr', 'pointer', 'pointer'], extent: { kind: 'count', path: ['len'] } },
  { start: ['buf', 'ptr', 'pointer', 'pointer'], extent: { kind: 'count', path: ['len'] } },
  { start: ['vec', 'buf', 'inner', 'ptr', 'pointer', 'pointer'], extent: { kind: 'count', path: ['vec', 'len'] } },
  { start: ['vec', 'buf', 'ptr', 'pointer', 'pointer'], extent: { kind: 'count', path: ['vec', 'len'] } },
  // Go: slices and strings
  { start: ['array'], extent: { kind: 'count', path: ['len'] } },
  { start: ['str'], extent: { kind: 'count', path: ['len'] } },
];

/** std::array, whose elements are its own. */
const INLINE: readonly Path[] = [['_M_elems'], ['__elems_']];

/** std::unique_ptr and std::shared_ptr of libstdc++, and of libc++. */
const OWNERS: readonly Path[] = [
  ['_M_t', '_M_t', '_M_head_impl'],
  ['_M_t', '_M_head_impl'],
  ['_M_ptr'],
  ['__ptr_'],
  ['__ptr_', '__value_'],
];
/** std::optional, whose value is its own. */
const HOLDERS: readonly Path[] = [['_M_payload', '_M_payload', '_M_value'], ['__val_']];

/** The elements of `part`, or null where it is no container that is known. Throws what reading memory throws. */
export function containerOf(part: Place, context: WalkContext): Container | null {
  for (const path of INLINE) {
    const inner = along(part, path);
    const type = inner?.type == null ? null : direct(inner.type);
    if (inner !== null && type?.kind === 'array') return { start: inner.address, count: type.count, element: type.element() };
  }
  for (const shape of SHAPES) {
    const found = shaped(part, shape, context);
    if (found !== null) return found;
  }
  return undescribedString(part, context);
}

/** std::string as clang describes it: the part that holds the pointer, which is all of that part, is said to be somewhere else. */
function undescribedString(part: Place, context: WalkContext): Container | null {
  const holder = along(part, ['_M_dataplus']);
  const length = along(part, ['_M_string_length']);
  const type = part.type === null ? null : direct(part.type);
  const element = type?.kind === 'struct' ? type.parameters?.()[0] : undefined;
  if (holder === null || length === null || element === undefined) return null;
  const target = readUnsigned(context, { address: holder.address, size: POINTER_SIZE, display: holder.display });
  context.followed.push({ address: holder.address, size: POINTER_SIZE, target, display: holder.display });
  return { start: target, count: Number(read(length, context)), element };
}

function shaped(part: Place, { start, extent }: Shape, context: WalkContext): Container | null {
  const first = along(part, start);
  const other = along(part, extent.path);
  if (first === null || other === null) return null;
  const pointer = direct(first.type ?? part.type ?? NOTHING);
  if (pointer.kind !== 'pointer') return null;
  const element = elementType(part, pointer);
  if (element === null || element.size === 0) return null;
  const from = read(first, context);
  context.followed.push({ address: first.address, size: pointer.size, target: from, display: first.display });
  const to = read(other, context);
  return { start: from, count: extent.kind === 'count' ? Number(to) : Number((to - from) / BigInt(element.size)), element };
}

/** Rust's Vec keeps a pointer to bytes; its first argument tells the elements' type. */
function elementType(part: Place, pointer: Extract<Type, { kind: 'pointer' }>): Type | null {
  const owner = direct(part.type ?? NOTHING);
  const told = owner.kind === 'struct' && /(^|::)Vec</.test(owner.name) ? owner.parameters?.()[0] : undefined;
  return told ?? pointer.target();
}

/** What a smart pointer points to, or an optional holds; null where `part` is neither. Throws what reading memory throws. */
export function ownedBy(part: Place, context: WalkContext): Place | null {
  for (const path of HOLDERS) {
    const value = along(part, path);
    if (value !== null) return value;
  }
  for (const path of OWNERS) {
    const pointer = along(part, path);
    const type = pointer?.type == null ? null : direct(pointer.type);
    if (pointer !== null && type?.kind === 'pointer') return targetOf(pointer, type, context);
  }
  return null;
}

const NOTHING: Type = { kind: 'other', name: '', size: 0 };

function read({ address, type, display }: Place, context: WalkContext): bigint {
  return readUnsigned(context, { address, size: type?.size || 8, display });
}

/** The part of `place` that these members, each of the one before, lead to; null where one is not there. */
export function along(place: Place, path: Path): Place | null {
  let { address, type, display } = place;
  for (const name of path) {
    const found = type === null ? null : findMember(direct(type), name);
    if (found === null || found.member.bits !== undefined) return null;
    address += BigInt(found.offset);
    type = found.member.type();
    display += `.${name}`;
  }
  return { kind: 'place', address, type, bits: null, display, prefixed: false };
}
