// What a value is made of: members of structs, elements of arrays and containers, what pointers and references lead to; a page at a time.
import type { Member, Type } from '../../symbols/types.js';
import { contentCount, contentParts, contentsOfItem, type Page } from './contents.js';
import { isKeptBy } from './frame-memory.js';
import { type Item, operand, plainType, pointerIn } from './item.js';
import type { ProcessView } from './process-view.js';

/** How many parts an item has, by kind. */
export interface PartCounts {
  readonly named: number;
  readonly indexed: number;
}

/** Elements of an array that can be asked for. */
const MOST_ELEMENTS = 10_000_000;

/** Reads nothing but pointers. */
export function partCounts(view: ProcessView, item: Item): PartCounts {
  const owner = ownerOf(view, item);
  if (owner === null) return { named: 0, indexed: 0 };
  const contents = contentsOfItem(owner);
  if (contents !== null) return { named: contents.kind === 'owned' && contents.value !== null ? 2 : 1, indexed: contentCount(contents) };
  const type = owner.type === null ? null : plainType(owner.type);
  if (type?.kind === 'struct' || type?.kind === 'union') return { named: type.members.length, indexed: 0 };
  if (type?.kind === 'array') return { named: 0, indexed: countOf(type) };
  return { named: owner === item ? 0 : 1, indexed: 0 };
}

/** Which parts are wanted; without `only` those that are counted first, then those with names. */
export interface WantedParts extends Page {
  readonly only?: 'named' | 'indexed' | undefined;
}

/** Parts `start` up to `start + count` of an item. */
export function partsOf(view: ProcessView, item: Item, wanted: WantedParts): Item[] {
  const owner = ownerOf(view, item);
  if (owner === null) return [];
  const contents = contentsOfItem(owner);
  if (contents === null) return memberParts(item, owner, wanted);
  const { start, count, only } = wanted;
  const counted = contentCount(contents);
  const indexed = counted === 0 || only === 'named' ? [] : contentParts(owner, contents, { start, count });
  if (only === 'indexed') return indexed;
  const named = [...(counted === 0 ? contentParts(owner, contents, { start: 0, count: 1 }) : []), rawOf(owner)];
  const passed = only === 'named' ? start : Math.max(0, start - counted);
  return [...indexed, ...named.slice(passed, passed + count - indexed.length)];
}

/** The same, by its members. */
function rawOf(owner: Item): Item {
  return { ...owner, name: '[raw]', raw: true };
}

function memberParts(item: Item, owner: Item, { start, count, only }: WantedParts): Item[] {
  const type = owner.type === null ? null : plainType(owner.type);
  if (only !== undefined && (type?.kind === 'array') !== (only === 'indexed')) return [];
  if (type?.kind === 'struct' || type?.kind === 'union')
    return type.members.slice(start, start + count).map((member) => memberOf(item, owner, member));
  if (type?.kind === 'array') return elementsOf(owner, type, { start, count });
  return owner === item || start > 0 || count < 1 ? [] : [owner];
}

function countOf({ count, size, element }: Extract<Type, { kind: 'array' }>): number {
  if (element().size === 0) return 0;
  return Math.min(MOST_ELEMENTS, count ?? Math.floor(size / element().size));
}

/** The item itself, or what it points or refers to; null where that is nothing. */
function ownerOf(view: ProcessView, item: Item): Item | null {
  if (item.absence !== null || item.type === null || item.bits !== null) return null;
  const type = plainType(item.type);
  if (type.kind !== 'pointer' && !(type.kind === 'alias' && type.reference === true)) return item;
  const target = type.target();
  const bytes = item.size === 8 ? item.memory.read(item.at, 8) : null;
  if (target === null || bytes === null || plainType(target).size === 0) return null;
  const address = pointerIn(bytes);
  if (item.memory.read(address, 1) === null) return null;
  const isKept = isKeptBy(item.memory, address);
  const isReference = type.kind === 'alias';
  return {
    name: isReference ? item.name : `*${item.name}`,
    expression: item.expression === null || isReference ? item.expression : `*${operand(item.expression)}`,
    type: target,
    size: target.size,
    bits: null,
    memory: isKept ? item.memory : view,
    at: address,
    address: isKept ? null : address,
    absence: null,
  };
}

function memberOf(item: Item, owner: Item, member: Member): Item {
  const { bits } = member;
  const type = member.type();
  const offset = bits === undefined ? member.offset : Math.floor(bits.offset / 8);
  const shift = bits === undefined ? 0 : bits.offset % 8;
  // The members of base classes and of anonymous structs count as the parent's.
  const isTransparent = member.base === true || member.name === '';
  const from = item.type !== null && plainType(item.type).kind === 'pointer' ? `${operandOf(item)}->` : `${operandOf(item)}.`;
  return {
    name: member.base === true ? `<${member.name}>` : member.name === '' ? '<anonymous>' : member.name,
    expression: item.expression === null ? null : isTransparent ? owner.expression : `${from}${member.name}`,
    type,
    size: bits === undefined ? type.size : Math.ceil((shift + bits.width) / 8),
    bits: bits === undefined ? null : { offset: shift, width: bits.width },
    memory: owner.memory,
    at: owner.at + BigInt(offset),
    address: owner.address === null ? null : owner.address + BigInt(offset),
    absence: null,
  };
}

function elementsOf(owner: Item, type: Extract<Type, { kind: 'array' }>, page: Page): Item[] {
  const element = type.element();
  const end = Math.min(countOf(type), page.start + page.count);
  return Array.from({ length: Math.max(0, end - page.start) }, (_, i) => {
    const index = page.start + i;
    const offset = BigInt(index) * BigInt(element.size);
    return {
      name: `[${index}]`,
      expression: owner.expression === null ? null : `${operand(owner.expression)}[${index}]`,
      type: element,
      size: element.size,
      bits: null,
      memory: owner.memory,
      at: owner.at + offset,
      address: owner.address === null ? null : owner.address + offset,
      absence: null,
    };
  });
}

function operandOf({ expression }: Item): string {
  return operand(expression ?? '');
}
