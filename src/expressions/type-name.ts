// Names of types as people write them in casts: `struct foo *`, `unsigned long`, `game::Unit *`, `u8[16]`.
import type { Scanner } from './scanner.js';

/** A type as written: a name, and what is made of it. */
export interface TypeName {
  /** In full, without needless spaces: `struct foo *`. */
  readonly text: string;
  /** Where it must be one: `struct foo`. */
  readonly keyword: 'struct' | 'union' | 'enum' | null;
  /** Without keyword, `const` and `volatile`: `foo`, `unsigned long`. */
  readonly name: string;
  /** What is made of it, in order: pointers, and arrays of so many. */
  readonly made: readonly ('*' | number)[];
}

const QUALIFIERS = ['const', 'volatile', '_Atomic', 'restrict'];
const KEYWORDS: ReadonlyMap<string, TypeName['keyword']> = new Map([
  ['struct', 'struct'],
  ['class', 'struct'],
  ['union', 'union'],
  ['enum', 'enum'],
]);
/** What an operand of a cast can begin with. */
const OPERAND = /^[\p{L}\p{N}_$'(*&:]/u;

/** Of `(p + 1)`: no type holds such, unless between quotes. */
const SUM = /^[^']*(?:\+|-(?!>))/;

/** Whether "(" at the scanner's place begins a cast: a type in brackets, and something behind it that can be cast. */
export function atCast(scanner: Scanner): boolean {
  const { text, position } = scanner;
  const end = closing(text, position);
  const inside = text.slice(position + 1, end).trim();
  return end > 0 && /^[\p{L}_'<:]/u.test(inside) && !SUM.test(inside) && OPERAND.test(text.slice(end + 1).trimStart());
}

/** Reads `(type)`. Throws ExpressionError. */
export function parseCast(scanner: Scanner): TypeName {
  scanner.expect('(');
  const type = parseTypeName(scanner);
  scanner.skipSpaces();
  scanner.expect(')');
  return type;
}

function parseTypeName(scanner: Scanner): TypeName {
  const words: string[] = [];
  let keyword: TypeName['keyword'] = null;
  const made: ('*' | number)[] = [];
  for (;;) {
    scanner.skipSpaces();
    const word = parseWord(scanner);
    if (word === '') {
      const next = parseMade(scanner);
      if (next === null) break;
      made.push(next);
    } else if (QUALIFIERS.includes(word)) continue;
    else if (made.length > 0) throw scanner.error('a type ends with its stars');
    else if (KEYWORDS.has(word) && keyword === null && words.length === 0) keyword = KEYWORDS.get(word) ?? null;
    else words.push(word);
  }
  if (words.length === 0) throw scanner.error(`expected the name of a type${scanner.instead()}`);
  const name = words.join(' ');
  return { text: textOf({ keyword, name, made }), keyword, name, made };
}

/** A name with its scopes: `std::vector<int>`. */
function parseWord(scanner: Scanner): string {
  scanner.take('::');
  let word = scanner.name('', false);
  while (word !== '' && scanner.take('::')) word += `::${scanner.name('', false)}`;
  return word;
}

/** `*` or `[4]`; null where there is neither. */
function parseMade(scanner: Scanner): '*' | number | null {
  if (scanner.take('*')) return '*';
  if (!scanner.take('[')) return null;
  const count = scanner.number('the number of elements');
  scanner.expect(']');
  return count;
}

/** A type as one writes it: `struct foo **`, `char[16] *`. */
function textOf({ keyword, name, made }: Omit<TypeName, 'text'>): string {
  let text = `${keyword === null ? '' : `${keyword} `}${name}`;
  for (const one of made) text += one === '*' ? `${text.endsWith('*') ? '' : ' '}*` : `[${one}]`;
  return text;
}

/** Position of the bracket that closes the one at `at`; -1 where none does. */
function closing(text: string, at: number): number {
  let open = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') open++;
    if (text[i] === ')' && --open === 0) return i;
  }
  return -1;
}
