// Elements of std::map and std::unordered_map by their key, and those of sets and lists, by the layout that libstdc++ gives them.
//
//   map:            _M_t._M_impl._M_header { color, parent -> root, left, right }, each node the same 32 bytes, then the pair
//   unordered_map:  _M_h._M_before_begin._M_nxt -> first node { next }, then the pair
//   list:           _M_impl._M_node { next, previous, size }, each node { next, previous }, then the element; the last leads back
import type { Type } from '../symbols/types.js';
import { along, containerOf } from './containers.js';
import { NoSuchKeyError } from './errors.js';
import { findMember } from './members.js';
import { direct, type Place, type WalkContext } from './part.js';
import { POINTER_SIZE, readUnsigned } from './pointers.js';

export type Key = number | string;

/** Elements that are looked at: whoever has more is asked for the address. */
const MOST_ELEMENTS = 100_000;
const MOST_LISTED = 20;
/** Bytes of a text that is compared. */
const LONGEST_KEY = 4096;
/** In a tree's node: the children. */
const LEFT = 16n;
const RIGHT = 24n;
const NODE = 32n;
/** A red-black tree of all memory is lower. */
const HIGHEST = 128;
/** In a list's node: the pointers before the element. */
const RING_NODE = 16n;

/** The value that `part` has for `key`; null where it is no map that is known. Throws NoSuchKeyError and what reading memory throws. */
export function mapElement(part: Place, key: Key, context: WalkContext): Place | null {
  const found = nodesOf(part, context);
  if (found === null || !found.isMap) return null;
  const first = findMember(found.pair, 'first');
  const second = findMember(found.pair, 'second');
  if (first === null || second === null) return null;
  const seen: Key[] = [];
  for (const node of found.nodes) {
    const own = keyAt({ ...part, address: node + BigInt(first.offset), type: first.member.type() }, context);
    if (own === null) return null;
    if (own === key) return { ...part, address: node + BigInt(second.offset), type: second.member.type() };
    if (seen.length < MOST_LISTED) seen.push(own);
  }
  throw new NoSuchKeyError(part.display, key, seen);
}

export interface Nodes {
  /** Addresses of the pairs, in the order in which the container has them. */
  readonly nodes: Iterable<bigint>;
  /** What each is: of sets and lists the element itself. */
  readonly pair: Type;
  readonly isMap: boolean;
}

/** Null where `part` is no such container. Throws what reading memory throws, also while iterating. */
export function nodesOf(part: Place, context: WalkContext): Nodes | null {
  const tree = along(part, ['_M_t']);
  const root = along(part, ['_M_t', '_M_impl', '_M_header', '_M_parent']);
  if (tree !== null && root !== null) return withPair(tree, treeNodes(pointer(root.address, part, context), part, context));
  const table = along(part, ['_M_h']);
  const first = along(part, ['_M_h', '_M_before_begin', '_M_nxt']);
  if (table !== null && first !== null) return withPair(table, listNodes(pointer(first.address, part, context), part, context));
  const header = along(part, ['_M_impl', '_M_node', '_M_next']);
  const element = argumentsOf(part)[0];
  return header === null || element === undefined
    ? null
    : { nodes: ringNodes(header.address, part, context), pair: direct(element), isMap: false };
}

/** Both name the key's type as their first argument, and the pair's as their second; of sets these are the same. */
function withPair(owner: Place, nodes: Iterable<bigint>): Nodes | null {
  const [key, pair] = argumentsOf(owner);
  return key === undefined || pair === undefined ? null : { nodes, pair: direct(pair), isMap: direct(pair).name !== direct(key).name };
}

function argumentsOf({ type }: Place): readonly Type[] {
  const owner = type === null ? null : direct(type);
  return (owner?.kind === 'struct' ? owner.parameters?.() : undefined) ?? [];
}

/** Smallest first. */
function* treeNodes(root: bigint, part: Place, context: WalkContext): Generator<bigint> {
  const above: bigint[] = [];
  let node = root;
  for (let i = 0; i < MOST_ELEMENTS; i++) {
    for (; node !== 0n && above.length < HIGHEST; node = pointer(node + LEFT, part, context)) above.push(node);
    const next = above.pop();
    if (next === undefined) return;
    yield next + NODE;
    node = pointer(next + RIGHT, part, context);
  }
}

function* ringNodes(header: bigint, part: Place, context: WalkContext): Generator<bigint> {
  let node = pointer(header, part, context);
  for (let i = 0; i < MOST_ELEMENTS && node !== header && node !== 0n; i++) {
    yield node + RING_NODE;
    node = pointer(node, part, context);
  }
}

function* listNodes(first: bigint, part: Place, context: WalkContext): Generator<bigint> {
  let node = first;
  for (let i = 0; i < MOST_ELEMENTS && node !== 0n; i++) {
    yield node + BigInt(POINTER_SIZE);
    node = pointer(node, part, context);
  }
}

function pointer(address: bigint, { display }: Place, context: WalkContext): bigint {
  return readUnsigned(context, { address, size: POINTER_SIZE, display });
}

/** A whole number or a text; null for keys of other types. */
export function keyAt(place: Place, context: WalkContext): Key | null {
  const type = place.type === null ? null : direct(place.type);
  if (type?.kind === 'base' || type?.kind === 'enum') {
    if (type.kind === 'base' && type.encoding === 'float') return null;
    const value = readUnsigned(context, { address: place.address, size: type.size, display: place.display });
    const signed = type.kind === 'enum' ? type.signed : (type.signed ?? type.encoding === 'signed');
    return Number(signed ? BigInt.asIntN(8 * type.size, value) : value);
  }
  // What is read to compare is not what the path goes through.
  const text = containerOf(place, { ...context, followed: [] });
  if (text === null || text.element.size !== 1 || text.count === null || text.count > LONGEST_KEY) return null;
  const bytes = context.memory?.read(text.start, text.count) ?? null;
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
