// Names of BTF types as C writes them, spelled like gdb's `whatis`: `const char *`, `struct list_head`, `int (*)(struct file *)`.
import { Kind } from './kinds.js';
import type { BtfRecord, BtfRecords } from './records.js';

/** Types that one name may mention: function types can refer to each other without end. */
const MOST_PARTS = 100;

const QUALIFIERS: ReadonlyMap<number, string> = new Map([
  [Kind.const, 'const'],
  [Kind.volatile, 'volatile'],
  [Kind.restrict, 'restrict'],
]);

/** The word before the name of a struct, union or enumeration; '' for others. */
export function keywordOf({ kind, flag }: Pick<BtfRecord, 'kind' | 'flag'>): string {
  switch (kind) {
    case Kind.struct:
      return 'struct';
    case Kind.union:
      return 'union';
    case Kind.forward:
      return flag ? 'union' : 'struct';
    case Kind.enum:
    case Kind.enum64:
      return 'enum';
    default:
      return '';
  }
}

/** The name of a struct, union or enumeration with its word; '' for one without name. */
export function taggedName(record: BtfRecord): string {
  const keyword = keywordOf(record);
  return record.name === '' || keyword === '' ? record.name : `${keyword} ${record.name}`;
}

/** The name of type `id`. */
export function declare(records: BtfRecords, id: number): string {
  return new Declarator(records).of(id, '');
}

/** Builds a declaration from the inside out: `inner` is what stands around the place of the declared name. */
class Declarator {
  readonly #records: BtfRecords;
  #left = MOST_PARTS;

  constructor(records: BtfRecords) {
    this.#records = records;
  }

  of(id: number, inner: string): string {
    if (this.#left-- <= 0) return '...';
    const record = this.#records.at(id);
    if (record === null) return around('void', inner);
    switch (record.kind) {
      case Kind.pointer:
        return this.#pointer(record, inner);
      case Kind.array:
        return this.of(record.added(0), `${inner}[${record.added(2)}]`);
      case Kind.prototype:
        return this.of(record.sizeOrType, `${inner}(${this.#parameters(record)})`);
      case Kind.const:
      case Kind.volatile:
      case Kind.restrict:
        return this.#qualified(record, inner);
      case Kind.typeTag:
      case Kind.function:
        return this.of(record.sizeOrType, inner);
      default: {
        const name = taggedName(record);
        return around(name === '' ? `${keywordOf(record)} {...}`.trim() : name, inner);
      }
    }
  }

  #pointer({ sizeOrType }: BtfRecord, inner: string): string {
    const kind = this.#records.at(sizeOrType)?.kind;
    return this.of(sizeOrType, kind === Kind.array || kind === Kind.prototype ? `(*${inner})` : `*${inner}`);
  }

  /** What qualifies a pointer stands behind its star, everything else before the type. */
  #qualified({ kind, sizeOrType }: BtfRecord, inner: string): string {
    const word = QUALIFIERS.get(kind) ?? '';
    if (this.#records.at(sizeOrType)?.kind !== Kind.pointer) return `${word} ${this.of(sizeOrType, inner)}`;
    return this.of(sizeOrType, inner === '' || inner.startsWith('[') ? ` ${word}${inner}` : ` ${word} ${inner}`);
  }

  #parameters({ count, added }: BtfRecord): string {
    const parameters: string[] = [];
    for (let i = 0; i < count && this.#left > 0; i++) {
      const type = added(2 * i + 1);
      // A last parameter without name and type: any number of them.
      parameters.push(type === 0 && added(2 * i) === 0 && i === count - 1 ? '...' : this.of(type, ''));
    }
    return parameters.length === 0 ? 'void' : parameters.join(', ');
  }
}

function around(name: string, inner: string): string {
  return inner === '' ? name : `${name} ${inner}`;
}
