// Types as the rest of hwbkpt knows them, made of BTF records on demand and kept.
import type { Member, Type } from '../types.js';
import { Kind } from './kinds.js';
import { declare, taggedName } from './names.js';
import type { BtfRecord, BtfRecords } from './records.js';

/** Bytes of a pointer: kernels of 64 bits. */
const POINTER_BYTES = 8;
/** Aliases and array dimensions around each other; more is a circle. */
const DEEPEST = 32;

const VOID: Type = { kind: 'other', name: 'void', size: 0 };

/** Bits of the word that integers add: encoding 27-24, offset of the value 23-16, its bits 7-0. */
const SIGNED = 1;
const CHARACTER = 2;
const BOOLEAN = 4;

/** Never throws: what is damaged is of kind `other`. */
export class BtfTypes {
  readonly #records: BtfRecords;
  readonly #made = new Map<number, Type>();

  constructor(records: BtfRecords) {
    this.#records = records;
  }

  /** Type number `id`; 0 is void. */
  of(id: number): Type {
    let type = this.#made.get(id);
    if (type === undefined) {
      type = this.#make(id);
      this.#made.set(id, type);
    }
    return type;
  }

  #make(id: number): Type {
    const record = this.#records.at(id);
    if (record === null) return VOID;
    const { kind, name, sizeOrType } = record;
    switch (kind) {
      case Kind.int:
        return integer(record);
      case Kind.float:
        return { kind: 'base', name, size: sizeOrType, encoding: 'float' };
      case Kind.pointer:
        return { kind: 'pointer', name: declare(this.#records, id), size: POINTER_BYTES, target: () => this.#targetOf(record) };
      case Kind.array:
        return this.#array(record);
      case Kind.struct:
      case Kind.union:
        return this.#compound(kind === Kind.struct ? 'struct' : 'union', record);
      case Kind.enum:
      case Kind.enum64:
        return this.#enumeration(record);
      case Kind.typedef:
      case Kind.const:
      case Kind.volatile:
      case Kind.restrict:
      case Kind.typeTag:
        return { kind: 'alias', name: declare(this.#records, id), size: this.#sizeOf(id), target: () => this.#targetOf(record) };
      default:
        return { kind: 'other', name: declare(this.#records, id), size: 0 };
    }
  }

  #targetOf({ sizeOrType }: BtfRecord): Type | null {
    return this.#records.at(sizeOrType) === null ? null : this.of(sizeOrType);
  }

  #array(record: BtfRecord): Type {
    const element = record.added(0);
    return {
      kind: 'array',
      name: declare(this.#records, record.id),
      size: this.#sizeOf(record.id),
      count: record.added(2),
      element: () => this.of(element),
    };
  }

  #compound(kind: 'struct' | 'union', record: BtfRecord): Type {
    let members: Member[] | null = null;
    const read = (): Member[] => Array.from({ length: record.count }, (_, i) => this.#member(record, i));
    return {
      kind,
      name: taggedName(record),
      size: record.sizeOrType,
      get members() {
        members ??= read();
        return members;
      },
    };
  }

  /** With the flag, the offset's high byte is a bit-field's width; without it the type of the member says so: an integer of fewer bits. */
  #member({ added, flag }: BtfRecord, index: number): Member {
    const name = this.#records.name(added(3 * index));
    const id = added(3 * index + 1);
    const word = added(3 * index + 2);
    const type = (): Type => this.of(id);
    const narrow = flag ? null : this.#narrowInteger(id);
    const offset = flag ? word & 0xff_ffff : word + (narrow?.offset ?? 0);
    const width = flag ? word >>> 24 : (narrow?.width ?? 0);
    const bytes = Math.floor(offset / 8);
    return width === 0 ? { name, offset: bytes, type } : { name, offset: bytes, bits: { offset, width }, type };
  }

  #narrowInteger(id: number): { readonly offset: number; readonly width: number } | null {
    const record = this.#records.at(id);
    if (record?.kind !== Kind.int) return null;
    const word = record.added(0);
    const width = word & 0xff;
    return width === 8 * record.sizeOrType ? null : { offset: (word >>> 16) & 0xff, width };
  }

  #enumeration({ kind, name, count, flag, sizeOrType, added, id }: BtfRecord): Type {
    const members = new Map<bigint, string>();
    const words = kind === Kind.enum ? 2 : 3;
    for (let i = 0; i < count; i++) {
      const low = BigInt(added(words * i + 1));
      const value = kind === Kind.enum ? low : low | (BigInt(added(words * i + 2)) << 32n);
      const bits = kind === Kind.enum ? 32 : 64;
      const shown = flag ? BigInt.asIntN(bits, value) : value;
      if (!members.has(shown)) members.set(shown, this.#records.name(added(words * i)));
    }
    const display = name === '' ? declare(this.#records, id) : `enum ${name}`;
    // The flag for signs is newer than enumerations: before it, all were written without.
    return { kind: 'enum', name: display, size: sizeOrType, signed: flag, members };
  }

  /** Bytes of type `id`; 0 for what has none, and for circles. */
  #sizeOf(id: number): number {
    let factor = 1;
    let at = id;
    for (let depth = 0; depth < DEEPEST; depth++) {
      const record = this.#records.at(at);
      if (record === null) return 0;
      switch (record.kind) {
        case Kind.int:
        case Kind.float:
        case Kind.struct:
        case Kind.union:
        case Kind.enum:
        case Kind.enum64:
          return safe(factor * record.sizeOrType);
        case Kind.pointer:
          return safe(factor * POINTER_BYTES);
        case Kind.array:
          factor *= record.added(2);
          at = record.added(0);
          break;
        case Kind.typedef:
        case Kind.const:
        case Kind.volatile:
        case Kind.restrict:
        case Kind.typeTag:
        case Kind.variable:
          at = record.sizeOrType;
          break;
        default:
          return 0;
      }
    }
    return 0;
  }
}

function safe(size: number): number {
  return Number.isSafeInteger(size) ? size : 0;
}

/** The kernel's BTF calls `char` an integer; so are int8_t and the like, which have other names. */
function integer({ name, sizeOrType: size, added }: BtfRecord): Type {
  const encoding = (added(0) >>> 24) & 0xf;
  const signed = (encoding & SIGNED) !== 0;
  if ((encoding & BOOLEAN) !== 0) return { kind: 'base', name, size, encoding: 'bool' };
  if ((encoding & CHARACTER) !== 0 || name === 'char') return { kind: 'base', name, size, encoding: 'character', signed };
  return { kind: 'base', name, size, encoding: signed ? 'signed' : 'unsigned' };
}
