// What a container holds, as values with names: elements by number or key, and what smart pointers and optionals have.
import { type Content, type Contents, contentsOf, type Entry } from '../../expressions/index.js';
import type { Type } from '../../symbols/types.js';
import { type Item, operand, plainType } from './item.js';

export type { Contents } from '../../expressions/index.js';

/** Which parts are wanted. */
export interface Page {
  readonly start: number;
  readonly count: number;
}

/** Null for what is no container, or is to be shown by its members. */
export function contentsOfItem({ type, at, memory, absence, bits, raw }: Item): Contents | null {
  return type === null || absence !== null || bits !== null || raw === true ? null : contentsOf({ address: at, type }, memory);
}

/** What is counted, and asked for page by page: not what a pointer has. */
export function contentCount(contents: Contents): number {
  return contents.kind === 'owned' ? 0 : contents.count;
}

/** Elements; or the one thing that `owner` points to or holds. */
export function contentParts(owner: Item, contents: Contents, { start, count }: Page): Item[] {
  switch (contents.kind) {
    case 'row': {
      const { element } = contents;
      const size = BigInt(element.size);
      const end = Math.min(contents.count, start + count);
      return Array.from({ length: Math.max(0, end - start) }, (_, i) =>
        partAt(owner, { address: contents.start + BigInt(start + i) * size, type: element }, indexed(owner, start + i)),
      );
    }
    case 'entries': {
      const { entries, isCounted } = contents;
      const nameOf = (entry: Entry, index: number): Named => (isCounted ? indexed(owner, index) : entryName(owner, entry, index));
      return entriesIn(entries, { start, count }).map((entry, i) => partAt(owner, entry, nameOf(entry, start + i)));
    }
    case 'owned': {
      const { value } = contents;
      if (value === null || start > 0 || count < 1) return [];
      const { expression } = owner;
      return [
        partAt(owner, value, { name: `*${operand(owner.name)}`, expression: expression === null ? null : `*${operand(expression)}` }),
      ];
    }
  }
}

/** Whether the elements are characters, to be shown as a text. */
export function isTextRow({ type }: Item, { element }: Extract<Contents, { kind: 'row' }>): boolean {
  const plain = plainType(element);
  if (plain.kind !== 'base' || plain.size !== 1) return false;
  if (plain.encoding === 'character') return isString(type);
  // Rust's texts are bytes.
  return type !== null && /^(&(mut )?str|(.*::)?String|string)$/.test(type.name);
}

/** Not of vectors, whose bytes need be no text. */
function isString(type: Type | null): boolean {
  return type !== null && !/(^|::)(vector|array|span|Vec)</.test(plainType(type).name);
}

interface Named {
  readonly name: string;
  readonly expression: string | null;
}

function indexed({ expression }: Item, index: number): Named {
  return { name: `[${index}]`, expression: expression === null ? null : `${operand(expression)}[${index}]` };
}

function entryName(owner: Item, { key }: Entry, index: number): Named {
  if (key === null) return { name: `[${index}]`, expression: null };
  const written = JSON.stringify(key);
  // What the grammar of expressions has no way to write.
  const isTypeable = typeof key === 'number' ? Number.isSafeInteger(key) && key >= 0 : /^[ !#-[\]-~]*$/.test(key);
  return { name: `[${written}]`, expression: owner.expression === null || !isTypeable ? null : `${operand(owner.expression)}[${written}]` };
}

function entriesIn(entries: Iterable<Entry>, { start, count }: Page): Entry[] {
  const found: Entry[] = [];
  let index = 0;
  for (const entry of entries) {
    if (index >= start + count) break;
    if (index >= start) found.push(entry);
    index++;
  }
  return found;
}

function partAt(owner: Item, { address, type }: Content, named: Named): Item {
  const isInside = address >= owner.at && address < owner.at + BigInt(owner.size);
  return {
    ...named,
    ...{ type, size: type.size, bits: null, memory: owner.memory, at: address, absence: null },
    // What a value in registers has in itself is in registers too.
    address: isInside && owner.address === null ? null : address,
  };
}
