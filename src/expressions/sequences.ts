// Elements of std::list, std::set and their like by position, and of std::deque, by the layout that libstdc++ gives them.
//
//   deque:  _M_impl._M_start, _M_finish: iterators { current, first, last of the block, node -> where the block's address is }
//           a block has 512 bytes, or one element where that is larger
import type { Type } from '../symbols/types.js';
import { along } from './containers.js';
import { BadIndexError } from './errors.js';
import { nodesOf } from './maps.js';
import { direct, type Place, type WalkContext } from './part.js';
import { POINTER_SIZE, readUnsigned } from './pointers.js';

const BLOCK = 512n;

/** The element at `index`, from 0; null where `part` is no such container. Throws BadIndexError, and what reading memory throws. */
export function nthElement(part: Place, index: number, context: WalkContext): Place | null {
  const deque = dequeOf(part, context);
  if (deque !== null) return inDeque(part, deque, { index, context });
  const found = nodesOf(part, context);
  if (found === null || found.isMap) return null;
  let count = 0;
  for (const address of found.nodes) if (count++ === index) return { ...part, address, type: found.pair };
  throw outside(part, index, count);
}

/** The elements of a std::deque. */
export interface Deque {
  readonly element: Type;
  readonly count: number;
  /** Of the first element: how many stand before it in its block, and where the block's address is. */
  readonly before: bigint;
  readonly node: bigint;
}

/** Null where it is none. */
export function dequeOf(part: Place, context: WalkContext): Deque | null {
  const [current, first, node] = ['_M_cur', '_M_first', '_M_node'].map((name) => along(part, ['_M_impl', '_M_start', name]));
  const ends = ['_M_cur', '_M_first', '_M_node'].map((name) => along(part, ['_M_impl', '_M_finish', name]));
  const pointer = current?.type == null ? null : direct(current.type);
  const element = pointer?.kind === 'pointer' ? pointer.target() : null;
  if (current == null || first == null || node == null || element === null || element.size === 0) return null;
  const size = BigInt(element.size);
  const [end = 0n, endFirst = 0n, endNode = 0n] = ends.map((place) => (place === null ? 0n : word(place, part, context)));
  const before = (word(current, part, context) - word(first, part, context)) / size;
  const start = word(node, part, context);
  const blocks = (endNode - start) / BigInt(POINTER_SIZE);
  const count = Number(blocks * perBlock(size) + (end - endFirst) / size - before);
  return { element, count, before, node: start };
}

/** Where element `index` of a deque is. Throws what reading memory throws. */
export function addressInDeque(part: Place, { element, before, node }: Deque, index: number, context: WalkContext): bigint {
  const size = BigInt(element.size);
  const at = before + BigInt(index);
  const block = { ...part, address: node + (at / perBlock(size)) * BigInt(POINTER_SIZE) };
  return word(block, part, context) + (at % perBlock(size)) * size;
}

function inDeque(part: Place, deque: Deque, { index, context }: { readonly index: number; readonly context: WalkContext }): Place {
  if (index < 0 || index >= deque.count) throw outside(part, index, deque.count);
  return { ...part, address: addressInDeque(part, deque, index, context), type: deque.element };
}

function perBlock(size: bigint): bigint {
  return size < BLOCK ? BLOCK / size : 1n;
}

function word({ address }: Place, { display }: Place, context: WalkContext): bigint {
  return readUnsigned(context, { address, size: POINTER_SIZE, display });
}

function outside({ display }: Place, index: number, count: number): BadIndexError {
  const what = `${display}[${index}] is not there: ${display} has ${count} element${count === 1 ? '' : 's'}`;
  return new BadIndexError(what, index, count === 0 ? 'It is empty now.' : 'The first is 0.');
}
