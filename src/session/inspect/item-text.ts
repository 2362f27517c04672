// How a value is shown in a line.
import { valueToText } from '../../model/format-value.js';
import type { Type } from '../../symbols/types.js';
import { type Contents, contentParts, contentsOfItem, isTextRow } from './contents.js';
import { isKeptBy } from './frame-memory.js';
import { type Item, plainType, pointerIn, valueTypeOfItem } from './item.js';
import { partsOf } from './parts.js';
import type { ProcessView } from './process-view.js';

/** Compound values up to this size are shown with what is in them, bytes. */
const MOST_SHOWN = 256;
/** Characters of a text behind a pointer. */
const MOST_TEXT = 200;
/** Elements of a container, and members of a struct around one, that are shown in a line. */
const MOST_ELEMENTS = 16;
/** Containers in containers that are. */
const DEEPEST = 3;

/** Its value as text; what cannot be read is said. */
export function itemText(view: ProcessView, item: Item, depth = 0): string {
  if (item.absence !== null) return `<${item.absence}>`;
  const contents = contentsOfItem(item);
  if (contents !== null) return contentText(view, item, { contents, depth });
  const plain = item.type === null ? null : plainType(item.type);
  if (plain !== null && isLarge(plain, item.size)) return plain.kind === 'array' ? `[${plain.count ?? 0} elements]` : '{...}';
  const around = plain?.kind === 'struct' && item.raw !== true && depth < DEEPEST ? textAround(view, item, depth) : null;
  if (around !== null) return around;
  const bytes = item.memory.read(item.at, item.size);
  if (bytes === null) return '<cannot be read>';
  if (plain?.kind === 'pointer' && isKeptBy(item.memory, pointerIn(bytes))) return '<optimised away, but not what it points to>';
  const text = valueToText(bytes, valueTypeOfItem(item, { symbol: (address) => view.symbolAt(address) }));
  const pointed = plain?.kind === 'pointer' ? textBehind(view, plain, bytes) : null;
  return pointed === null ? text : `${text} ${pointed}`;
}

function isLarge(type: Type, size: number): boolean {
  return size > MOST_SHOWN && (type.kind === 'struct' || type.kind === 'union' || type.kind === 'array');
}

interface Shown {
  readonly contents: Contents;
  readonly depth: number;
}

function contentText(view: ProcessView, item: Item, { contents, depth }: Shown): string {
  switch (contents.kind) {
    case 'row': {
      if (isTextRow(item, contents)) return quoted(item, contents);
      if (contents.count > MOST_ELEMENTS || depth >= DEEPEST) return `[${counted(contents.count)}]`;
      const parts = contentParts(item, contents, { start: 0, count: contents.count });
      return `[${parts.map((part) => itemText(view, part, depth + 1)).join(', ')}]`;
    }
    case 'entries': {
      if (contents.count > MOST_ELEMENTS || depth >= DEEPEST) return `{${counted(contents.count)}}`;
      const parts = contentParts(item, contents, { start: 0, count: contents.count });
      const texts = parts.map(
        (part) => (contents.isCounted || part.expression === null ? '' : `${part.name} = `) + itemText(view, part, depth + 1),
      );
      return `{${texts.join(', ')}}`;
    }
    case 'owned': {
      if (contents.value === null) return '<empty>';
      const isInside = contents.value.address >= item.at && contents.value.address < item.at + BigInt(item.size);
      const [value] = contentParts(item, contents, { start: 0, count: 1 });
      return isInside && value !== undefined ? itemText(view, value, depth + 1) : `0x${contents.value.address.toString(16)}`;
    }
  }
}

function counted(count: number): string {
  return `${count} element${count === 1 ? '' : 's'}`;
}

function quoted({ memory }: Item, { start, count }: Extract<Contents, { kind: 'row' }>): string {
  const size = Math.min(count, MOST_TEXT);
  const bytes = memory.read(start, size);
  if (bytes === null) return '<cannot be read>';
  return `${valueToText(bytes, { kind: 'text', size, name: '' })}${count > size ? '...' : ''}`;
}

/** Of a struct that has containers among its members; null for others, which need no look at each. */
function textAround(view: ProcessView, item: Item, depth: number): string | null {
  const parts = partsOf(view, item, { start: 0, count: MOST_ELEMENTS + 1 });
  if (!parts.some((part) => contentsOfItem(part) !== null)) return null;
  const texts = parts.slice(0, MOST_ELEMENTS).map((part) => `${part.name} = ${itemText(view, part, depth + 1)}`);
  return `{${[...texts, ...(parts.length > MOST_ELEMENTS ? ['...'] : [])].join(', ')}}`;
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
