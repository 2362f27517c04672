// A value of a stopped program: where it is, and its type.
import { assertNever } from '../../base/assert.js';
import type { ValueType } from '../../model/value.js';
import { defaultValueType } from '../../model/value-names.js';
import type { Type } from '../../symbols/types.js';
import { bitFieldTypeOf, type Shown, valueTypeOf } from '../value-type.js';

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
  /** The thread's register that holds it, from the lowest byte on, where that is one of the innermost frame's; missing for all else. */
  readonly register?: string;
  /** To be shown by its members, though it is a container. */
  readonly raw?: true;
}

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

/** `expression` as what steps stand behind: an operator before it binds less than they do. */
export function operand(expression: string): string {
  return /^[*&(]/.test(expression) && !/^\([^()]*\)$/.test(expression) ? `(${expression})` : expression;
}

/** The address that eight bytes hold. */
export function pointerIn(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
}
