// What a container holds, for those who show it: the elements of vectors, strings, sets and maps, and what smart pointers and optionals have.
import type { Type } from '../symbols/types.js';
import { along, containerOf, ownedBy, type Path } from './containers.js';
import { BadCastError, NullPointerError } from './errors.js';
import { type Key, keyAt, type Nodes, nodesOf } from './maps.js';
import { findMember, isCompound } from './members.js';
import { direct, type Place, type WalkContext } from './part.js';
import { PartError } from './part-error.js';
import { readUnsigned } from './pointers.js';
import type { Memory } from './scope.js';
import { addressInDeque, type Deque, dequeOf } from './sequences.js';

/** Memory with its type. */
export interface Content {
  readonly address: bigint;
  readonly type: Type;
}

/** An element of a map, set, list or deque. */
export interface Entry extends Content {
  /** Of maps how it is asked for: `["Ada"]`, and the value is what is meant then, else the pair; null where no expression names it. */
  readonly key: Key | null;
}

/** What is in a value that is more than its members. */
export type Contents =
  /** One behind the other. */
  | { readonly kind: 'row'; readonly start: bigint; readonly count: number; readonly element: Type }
  /** Wherever each is; `count`: as the container says. `isCounted`: each is asked for by its number, as in sets, lists and deques. Iterating reads the process, ends where it cannot be read, and throws nothing. */
  | { readonly kind: 'entries'; readonly count: number; readonly isCounted: boolean; readonly entries: Iterable<Entry> }
  /** What a smart pointer points to, or an optional holds; null: nothing. */
  | { readonly kind: 'owned'; readonly value: Content | null };

/** More than that no program keeps: what says so is not set yet. */
const MOST_ELEMENTS = 10_000_000;
/** Where std::list, std::map and std::set, and their unordered kin, count. */
const COUNTS: readonly Path[] = [
  ['_M_impl', '_M_node', '_M_size'],
  ['_M_t', '_M_impl', '_M_node_count'],
  ['_M_h', '_M_element_count'],
];
/** Where std::optional says that it has a value: of libstdc++, and of libc++. */
const ENGAGED: readonly Path[] = [['_M_payload', '_M_engaged'], ['__engaged_']];

/** What the value of `type` at `address` holds; null where it is no container that is known, or what it says cannot be. Throws nothing. */
export function contentsOf({ address, type }: Content, memory: Memory): Contents | null {
  const owner = direct(type);
  if (!isCompound(owner)) return null;
  const part: Place = { kind: 'place', address, type: owner, bits: null, display: owner.name, prefixed: false };
  const context = contextOver(memory);
  try {
    return dequeEntries(part, context) ?? entriesOf(part, context) ?? rowOf(part, context) ?? owned(part, context);
  } catch (error) {
    if (error instanceof PartError) return null;
    throw error;
  }
}

/** Nothing is named here: only members are followed. */
function contextOver(memory: Memory): WalkContext {
  const never = (): never => {
    throw new BadCastError('a container', 'another type', 'Only its members are followed.');
  };
  return { memory, typeNamed: never, staticMember: () => null, partOf: never, followed: [] };
}

function rowOf(part: Place, context: WalkContext): Contents | null {
  if (isPlainStruct(part)) return null;
  const row = containerOf(part, context);
  if (row === null || row.count === null || row.count < 0 || row.count > MOST_ELEMENTS || row.element.size === 0) return null;
  return { kind: 'row', start: row.start, count: row.count, element: row.element };
}

/** Go's and Rust's slices are recognised by members that a C struct may have as well: only their names tell that they are slices. */
function isPlainStruct({ type }: Place): boolean {
  if (type === null || !isCompound(type)) return false;
  const isSlice = ['array', 'str', 'data_ptr'].some((name) => type.members[0]?.name === name);
  return isSlice && !/^(\[\]|string$|&|alloc::)/.test(type.name);
}

function entriesOf(part: Place, context: WalkContext): Contents | null {
  const nodes = nodesOf(part, context);
  const count = nodes === null ? null : numberAt(part, COUNTS, context);
  if (nodes === null || count === null || count > MOST_ELEMENTS) return null;
  return { kind: 'entries', count, isCounted: !nodes.isMap, entries: pairs(part, nodes, context) };
}

function dequeEntries(part: Place, context: WalkContext): Contents | null {
  const deque = dequeOf(part, context);
  if (deque === null || deque.count < 0 || deque.count > MOST_ELEMENTS) return null;
  return { kind: 'entries', count: deque.count, isCounted: true, entries: inDeque(part, deque, context) };
}

function* inDeque(part: Place, deque: Deque, context: WalkContext): Generator<Entry> {
  try {
    for (let index = 0; index < deque.count; index++) yield counted(addressInDeque(part, deque, index, context), deque.element);
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
  }
}

function counted(address: bigint, type: Type): Entry {
  return { address, type, key: null };
}

function* pairs(part: Place, { nodes, pair, isMap }: Nodes, context: WalkContext): Generator<Entry> {
  const first = isMap ? findMember(pair, 'first') : null;
  const second = isMap ? findMember(pair, 'second') : null;
  try {
    for (const address of nodes) {
      if (!isMap) {
        yield counted(address, pair);
        continue;
      }
      const key = first === null ? null : keyAt({ ...part, address: address + BigInt(first.offset), type: first.member.type() }, context);
      if (key === null || second === null) yield { address, type: pair, key: null };
      else yield { address: address + BigInt(second.offset), type: second.member.type(), key };
    }
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
  }
}

function owned(part: Place, context: WalkContext): Contents | null {
  const engaged = numberAt(part, ENGAGED, context);
  if (engaged !== null && engaged !== 1) return { kind: 'owned', value: null };
  const pointed = pointedBy(part, context);
  if (pointed === null) return null;
  if (pointed === 'nothing') return { kind: 'owned', value: null };
  const { address, type } = pointed;
  return type === null || type.size === 0 ? null : { kind: 'owned', value: { address, type } };
}

function pointedBy(part: Place, context: WalkContext): Place | 'nothing' | null {
  try {
    return ownedBy(part, context);
  } catch (error) {
    if (error instanceof NullPointerError) return 'nothing';
    throw error;
  }
}

/** The number at the first of `paths` that there is. */
function numberAt(part: Place, paths: readonly Path[], context: WalkContext): number | null {
  for (const path of paths) {
    const found = along(part, path);
    if (found?.type == null || found.type.size === 0 || found.type.size > 8) continue;
    return Number(readUnsigned(context, { address: found.address, size: found.type.size, display: found.display }));
  }
  return null;
}
