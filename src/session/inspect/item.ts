// A value of a stopped program: where it is, its type, and how it is shown.
import { assertNever } from '../../base/assert.js';
import { valueToText } from '../../model/format-value.js';
import type { ValueType } from '../../model/value.js';
import { defaultValueType } from '../../model/value-names.js';
import type { Type } from '../../symbols/types.js';
import { bitFieldTypeOf, type Shown, valueTypeOf } from '../value-type.js';
import type { ProcessView } from './process-view.js';

/** What can be read where an item is: the process's memory, or the few bytes of a register. Exactly so many bytes, or null. */
export interface ItemMemory {
  read(address: bigint, length: number): Uint8Array | null;
}

/** One value. */
export interface Item {
  readonly name: string;
  /** As it would be written to be asked for again in its frame; null where no expression names it. */
  readonly expression: string | null;
  readonly type: Type | null;
  /** Bytes. */
  readonly size: number;
  readonly bits: { readonly offset: number; readonly width: number } | null;
  readonly memory: ItemMemory;
  /** In {@link memory}. */
  readonly at: bigint;
  /** Its address in the process; null for what is in a register, or computed. */
  readonly address: bigint | null;
  /** Instead of a value: why there is none. */
  readonly absence: string | null;
}

/** Compound values up to this size are shown with what is in them, bytes. */
const MOST_SHOWN = 256;
/** Characters of a text behind a pointer. */
const MOST_TEXT = 200;

/** The type behind typedefs and qualifiers, but not behind references. */
export function plainType(type: Type): Type {
  let current = type;
  for (let i = 0; i < 64 && current.kind === 'alias' && current.reference !== true; i++) {
    const target = current.target();
    if (target === null) break;
    current = target;
  }
  return current;
}

/** How the bytes of `item` are to be read. */
export function valueTypeOfItem({ type, size, bits }: Pick<Item, 'type' | 'size' | 'bits'>, shown: Shown = {}): ValueType {
  if (type === null) return defaultValueType(size);
  return bits === null ? valueTypeOf(type, size, shown) : bitFieldTypeOf(type, size, bits);
}

/** The name of its type, for people; '' where there is none. */
export function typeText({ type, bits }: Pick<Item, 'type' | 'bits'>): string {
  if (type === null) return '';
  const name = type.name === '' ? anonymous(type) : type.name;
  return bits === null ? name : `${name} : ${bits.width}`;
}

function anonymous(type: Type): string {
  switch (type.kind) {
    case 'struct':
    case 'union':
    case 'enum':
      return `${type.kind} {...}`;
    case 'pointer':
    case 'alias': {
      const target = type.target();
      const inner = target === null ? 'void' : typeText({ type: target, bits: null });
      return type.kind === 'pointer' ? `${inner} *` : inner;
    }
    case 'array':
      return `${typeText({ type: type.element(), bits: null })}[${type.count ?? ''}]`;
    case 'base':
    case 'other':
      return '';
    default:
      return assertNever(type);
  }
}

/** Its value as text; what cannot be read is said. */
export function itemText(view: ProcessView, item: Item): string {
  if (item.absence !== null) return `<${item.absence}>`;
  const plain = item.type === null ? null : plainType(item.type);
  if (plain !== null && isLarge(plain, item.size)) return plain.kind === 'array' ? `[${plain.count ?? 0} elements]` : '{...}';
  const bytes = item.memory.read(item.at, item.size);
  if (bytes === null) return '<cannot be read>';
  const text = valueToText(bytes, valueTypeOfItem(item, { symbol: (address) => view.symbolAt(address) }));
  const pointed = plain?.kind === 'pointer' ? textBehind(view, plain, bytes) : null;
  return pointed === null ? text : `${text} ${pointed}`;
}

function isLarge(type: Type, size: number): boolean {
  return size > MOST_SHOWN && (type.kind === 'struct' || type.kind === 'union' || type.kind === 'array');
}

/** The text that a pointer to characters leads to, in quotes; null where it leads to none. */
function textBehind(view: ProcessView, type: Extract<Type, { kind: 'pointer' }>, bytes: Uint8Array): string | null {
  const target = type.target();
  const character = target === null ? null : plainType(target);
  if (character?.kind !== 'base' || character.encoding !== 'character' || character.size !== 1 || bytes.length !== 8) return null;
  const found = view.readSome(pointerIn(bytes), MOST_TEXT);
  if (found === null) return null;
  const end = found.indexOf(0);
  const shown = valueToText(end < 0 ? found : found.subarray(0, end), { kind: 'text', size: end < 0 ? found.length : end, name: '' });
  return end < 0 ? `${shown}...` : shown;
}

/** The address that eight bytes hold. */
export function pointerIn(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
}
