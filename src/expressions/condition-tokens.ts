// Cuts a condition's text into words, numbers, quoted text and operators; whatever does not fit becomes a ConditionError at its place.
import { ConditionError, type ConditionProblem } from './condition-error.js';
import type { Part } from './condition-syntax.js';

export type Token = { readonly at: number } & (
  | { readonly kind: 'operator'; readonly text: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'side'; readonly part: Part }
);

const SPACE = /\s+/y;
const IDENTIFIER = String.raw`[\p{L}_$][\p{L}\p{N}_$]*`;
/** What holds other characters stands between single quotes, as in expressions. */
const QUOTED = "'[^']+'";
const ARGUMENTS = '<[^<>=&|]*(?:<[^<>=&|]*>[^<>=&|]*)*>(?=::)';
const MODULE = String.raw`(?:[\p{L}_][\p{L}\p{N}_.+-]*|${QUOTED})!(?!=)`;
const FILE = String.raw`[\p{L}_][\p{L}\p{N}_./]*\.[\p{L}\p{N}]+::`;
/** A name as expressions have it: `libfoo.so!net/util.c::count`, `pool<int>::free`, `'my-file.c'::count`. */
const WORD = new RegExp(
  `(?:${MODULE})?(?:${FILE}|::)?(?:(?:${IDENTIFIER}|${QUOTED})(?:${ARGUMENTS})?::)*(?:${IDENTIFIER}|(?<=::|!)${QUOTED})`,
  'uy',
);
/** Behind "." and "->"; Rust's tuples have numbers. */
const MEMBER = /[\p{L}\p{N}_$]+/uy;
/** Where a side has ended. */
const STEP = /->|\.|\[/y;
/** With whatever letters follow, so that 10x is one mistake and not two tokens. */
const NUMBER = /(?:0[xXbB][\p{L}\p{N}_]*|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[\p{L}\p{N}_.]*)/uy;
const OPERATOR = /\|\||&&|==|!=|<=|>=|<<|>>|[|^&<>+\-*/%!~()\]]/y;
const WHOLE = /^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)$/;
const FRACTION = /^(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const MOST = (1n << 64n) - 1n;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\', "'": "'", '"': '"' };

/** All tokens of `text`, the end included. Throws ConditionError. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const cutter = new Cutter(text);
  for (;;) {
    const token = cutter.next();
    tokens.push(token);
    if (token.kind === 'end') return tokens;
  }
}

class Cutter {
  readonly #text: string;
  #position = 0;
  /** What came last: the end of a side, which steps can follow; a step, which a member follows; anything else. */
  #last: 'side' | 'step' | 'other' = 'other';

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    this.#take(SPACE);
    const at = this.#position;
    if (at >= this.#text.length) return { kind: 'end', at };
    if (this.#last === 'step') return this.#side(at, this.#member(at));
    const step = this.#last === 'side' ? this.#take(STEP) : null;
    if (step !== null) return this.#operator(at, step);
    const word = this.#take(WORD);
    if (word !== null) return this.#side(at, { kind: 'word', at, name: word });
    const quote = this.#text[at];
    if (quote === '"' || quote === "'") return this.#side(at, this.#quoted(quote));
    const number = this.#take(NUMBER);
    if (number !== null) return this.#side(at, this.#number(number, at));
    const operator = this.#take(OPERATOR);
    if (operator !== null) return this.#operator(at, operator);
    throw this.#strange(at);
  }

  #side(at: number, part: Part): Token {
    this.#last = 'side';
    return { kind: 'side', at, part };
  }

  #operator(at: number, text: string): Token {
    const ends = text === ')' || text === ']';
    this.#last = ends ? 'side' : text === '.' || text === '->' ? 'step' : 'other';
    return { kind: 'operator', at, text };
  }

  #member(at: number): Part {
    const name = this.#take(MEMBER);
    if (name === null) throw this.#error(at, { what: 'the name of a member is missing here' });
    return { kind: 'word', at, name };
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#position += found.length;
    return found;
  }

  #error(at: number, problem: ConditionProblem): ConditionError {
    return new ConditionError(this.#text, at, problem);
  }

  #strange(at: number): ConditionError {
    const character = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
    if (character === '=') return this.#error(at, { what: '"=" would be an assignment', hint: 'Write == to compare.' });
    if (character === '?' || character === ':')
      return this.#error(at, { what: `there is no "? :" here`, hint: 'Write it with && and ||.' });
    return this.#error(at, { what: `${JSON.stringify(character)} does not belong here` });
  }

  #number(text: string, at: number): Part {
    if (WHOLE.test(text)) {
      if (/^0[0-9]/.test(text)) throw this.#error(at, { what: `${text} would be octal in C`, hint: `Write it without the leading 0.` });
      const value = BigInt(text);
      if (value > MOST) throw this.#error(at, { what: `${text} does not fit 64 bits` });
      return { kind: 'whole', at, value };
    }
    if (FRACTION.test(text)) return { kind: 'fraction', at, value: Number(text), text };
    throw this.#error(at, { what: `${text} is no number`, hint: 'Numbers are written 10, 0x1f, 0b101 or 1.5, without a suffix.' });
  }

  #quoted(quote: string): Part {
    const at = this.#position;
    this.#position++;
    let text = '';
    while (this.#text[this.#position] !== quote) {
      if (this.#position >= this.#text.length) throw this.#error(at, { what: 'this quote is never closed' });
      text += this.#character();
    }
    this.#position++;
    const [only = ''] = text;
    if (quote === '"' || only !== text || text === '') return { kind: 'text', at, text };
    return { kind: 'character', at, value: BigInt(only.codePointAt(0) ?? 0), text };
  }

  /** One character between quotes, which may be escaped as in C. */
  #character(): string {
    const at = this.#position;
    const first = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
    this.#position += first.length;
    if (first !== '\\') return first;
    const hex = this.#take(/x[0-9a-fA-F]{1,2}/y);
    if (hex !== null) return String.fromCharCode(Number.parseInt(hex.slice(1), 16));
    const escaped = ESCAPES[this.#text[this.#position] ?? ''];
    if (escaped === undefined)
      throw this.#error(at, { what: 'this escape is not known', hint: String.raw`Known are \n \t \r \0 \\ \' \" \x41.` });
    this.#position++;
    return escaped;
  }
}
